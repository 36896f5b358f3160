"""What the telephone company keeps of calls: how they are found again, and how it is made to forget them."""

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


def test_a_leg_that_was_just_rung_is_found_by_its_telephone(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial("+81312345678")
    before = desk.clock.now()
    desk.line.advance(4)
    (leg,) = desk.telephony.legs_to(counsellor.address, since=before)
    assert (leg.sid, leg.state) == (counsellor.handset.sid, "ringing")
    assert counsellor.address not in repr(leg)
    assert desk.telephony.legs_to(counsellor.address, since=desk.clock.now() + timedelta(seconds=5)) == []
    assert desk.telephony.legs_to("+819000000099", since=before) == []


def test_callers_and_rung_legs_are_listed_apart(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial("+81312345678")
    before = desk.clock.now() - timedelta(seconds=1)
    desk.line.advance(4)
    phone.hangs_up()
    desk.line.advance(1)
    (caller,) = desk.telephony.callers_of("+81120529528", since=before)
    assert (caller.sid, caller.state, caller.number) == (phone.sid, "completed", "+81312345678")
    assert caller.ended_at is not None
    assert caller.ended_at > caller.began_at
    assert [leg.sid for leg in desk.telephony.rung_legs(since=before)] == [counsellor.handset.sid]
    assert desk.telephony.callers_of("+81120529528", since=desk.clock.now() + timedelta(seconds=5)) == []


def test_rooms_are_listed_while_they_run(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(2)
    assert desk.telephony.rooms() == [desk.call(phone.sid).room]
    phone.hangs_up()
    assert desk.telephony.rooms() == []
