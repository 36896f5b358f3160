"""What the telephone company keeps of old calls, and how it is made to forget them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callcenter.domain.ports import LineGone, LineInUse
from tests.desk import Desk


def test_ended_legs_are_found_by_the_day_they_began_and_forgotten_once(desk: Desk) -> None:
    first, second = desk.line.dial("+81312345678"), desk.line.dial()
    first.hangs_up()
    today = desk.clock.now().date()
    assert desk.telephony.ended_legs(today, limit=5) == []
    tomorrow = today + timedelta(days=1)
    assert desk.telephony.ended_legs(tomorrow, limit=5) == [first.sid]
    with pytest.raises(LineInUse):
        desk.telephony.forget_leg(second.sid)
    desk.telephony.forget_leg(first.sid)
    with pytest.raises(LineGone):
        desk.telephony.forget_leg(first.sid)
    assert desk.telephony.ended_legs(tomorrow, limit=5) == []


def test_ended_legs_are_found_behind_those_that_still_run(desk: Desk) -> None:
    ended = desk.line.dial()
    ended.hangs_up()
    for _ in range(3):
        desk.line.dial()
    tomorrow = desk.clock.now().date() + timedelta(days=1)
    assert desk.telephony.ended_legs(tomorrow, limit=2) == [ended.sid]
