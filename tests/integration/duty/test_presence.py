"""Counsellors come, stay and go; one tab of theirs rings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.duty import presence
from callcenter.services.duty.presence import OnTheLine, OtherTab
from tests.desk import Counsellor, Desk
from tests.integration.consoles import opened
from tests.line import A_WEDNESDAY_AFTERNOON as NOW


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


@pytest.fixture
def counsellor(desk: Desk) -> Counsellor:
    """A counsellor at a browser."""
    return desk.counsellor(phone=None)


def test_a_second_tab_does_not_take_the_telephone_by_itself(desk: Desk, counsellor: Counsellor) -> None:
    with pytest.raises(OtherTab), desk.work() as session:
        presence.take_lease(session, session.get_one(Staff, counsellor.staff_id), force=False, now=desk.clock.now())


def test_a_second_tab_takes_the_telephone_when_the_person_says_so(desk: Desk, counsellor: Counsellor) -> None:
    first = counsellor.presence.lease
    with desk.work() as session:
        presence.take_lease(session, session.get_one(Staff, counsellor.staff_id), force=True, now=desk.clock.now())
    assert counsellor.presence.lease != first
    with pytest.raises(OtherTab), desk.work() as session:
        presence.record_heartbeat(
            session, session.get_one(Staff, counsellor.staff_id), first or "", registered=True, now=NOW
        )


@pytest.mark.parametrize("registered", [True, False])
def test_colleagues_hear_when_somebody_can_be_rung_or_no_more(
    desk: Desk, counsellor: Counsellor, registered: bool
) -> None:
    lease = counsellor.presence.lease or ""
    with desk.work() as session:
        presence.record_heartbeat(
            session, session.get_one(Staff, counsellor.staff_id), lease, registered=not registered, now=NOW
        )
    with desk.work() as session:
        before = live.newest_seq(session)
        presence.record_heartbeat(
            session, session.get_one(Staff, counsellor.staff_id), lease, registered=registered, now=NOW
        )
    with desk.work() as session:
        assert live.LINE in [topic for _, topic in live.hints_after(session, before)]


@pytest.mark.parametrize("step", [timedelta(seconds=16), timedelta(hours=-1)])
def test_a_silent_tab_keeps_nobody_from_the_telephone_even_if_the_clock_is_put_back(
    desk: Desk, counsellor: Counsellor, step: timedelta
) -> None:
    first, now = counsellor.presence.lease, desk.clock.now() + step
    with desk.work() as session:
        presence.take_lease(session, session.get_one(Staff, counsellor.staff_id), force=False, now=now)
    assert counsellor.presence.lease != first


def test_who_is_on_the_line_goes_away_only_afterwards(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(5)
    with desk.work() as session:
        staff = session.get_one(Staff, counsellor.staff_id)
        presence.become_unavailable(session, staff, Work.AWAY, now=desk.clock.now(), reason=AwayReason.BREAK)
    assert counsellor.presence.away_after is AwayReason.BREAK
    with pytest.raises(OnTheLine), desk.work() as session:
        presence.become_available(session, session.get_one(Staff, counsellor.staff_id), now=desk.clock.now())
    phone.hangs_up()
    desk.line.advance(5)
    assert counsellor.work is Work.WRAP_UP


def test_who_comes_back_from_a_break_stands_at_the_back_of_the_line(desk: Desk) -> None:
    counsellor = desk.counsellor()
    before = counsellor.presence.idle_since
    with desk.work() as session:
        staff = session.get_one(Staff, counsellor.staff_id)
        presence.become_unavailable(session, staff, Work.AWAY, now=desk.clock.now(), reason=AwayReason.CARE)
    desk.line.advance(60)
    counsellor.is_ready_again()
    assert counsellor.presence.idle_since > before


def test_being_available_already_moves_nobody_back(desk: Desk) -> None:
    counsellor = desk.counsellor()
    before = counsellor.presence.idle_since
    desk.line.advance(60)
    counsellor.is_ready_again()
    assert counsellor.presence.idle_since == before
