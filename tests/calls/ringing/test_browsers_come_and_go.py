"""A counsellor's browser falls silent, is loaded anew, rests in the back of the browser, or has a second tab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.duty.presence import CallInOtherTab
from tests.desk import Counsellor, Desk
from tests.line import Phone


@pytest.fixture
def counsellor(desk: Desk) -> Counsellor:
    """A counsellor at a browser."""
    return desk.counsellor(phone=None)


@contextmanager
def tab_of(counsellor: Counsellor) -> Iterator[tuple[Session, Staff]]:
    with counsellor.desk.work() as session:
        yield session, session.get_one(Staff, counsellor.staff_id)


def beats(counsellor: Counsellor, *, registered: bool = True) -> None:
    with tab_of(counsellor) as (session, staff):
        lease = session.get_one(Presence, staff.id).lease
        assert lease is not None
        presence.record_heartbeat(session, staff, lease, registered=registered, now=counsellor.desk.clock.now())


def passes(counsellor: Counsellor, seconds: int, *, registered: bool = True) -> None:
    """Let time pass beside a living page."""
    for _ in range(0, seconds, 5):
        beats(counsellor, registered=registered)
        counsellor.desk.line.advance(5)


def talks(counsellor: Counsellor) -> Phone:
    phone = counsellor.desk.line.dial()
    passes(counsellor, 5)
    counsellor.takes_the_call()
    passes(counsellor, 5)
    assert counsellor.work is Work.ON_CALL
    return phone


def test_a_page_that_fell_silent_is_not_rung_and_rings_again_when_it_is_back_with_its_turn_kept(
    desk: Desk, counsellor: Counsellor
) -> None:
    before = counsellor.presence.idle_since
    desk.line.advance(20)
    desk.line.dial()
    desk.line.advance(8)
    assert not counsellor.handset.calls
    passes(counsellor, 5)
    assert counsellor.rings
    assert counsellor.presence.idle_since == before


def test_a_frozen_page_whose_voice_goes_on_keeps_its_caller(desk: Desk, counsellor: Counsellor) -> None:
    phone = talks(counsellor)
    desk.line.advance(120)  # no heartbeat any more, and no leg has left
    assert (counsellor.work, desk.call(phone.sid).state) == (Work.ON_CALL, CallState.TALKING)


def test_a_browser_that_dies_in_a_talk_loses_its_caller_to_the_head_of_the_queue(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone = talks(counsellor)
    counsellor.handset.hangs_up()
    desk.line.advance(10)
    call = desk.call(phone.sid)
    assert (call.state, call.priority, phone.state) == (CallState.WAITING, 1, "in-progress")
    assert counsellor.work is Work.WRAP_UP


def test_loading_the_page_anew_keeps_the_tab_the_turn_and_the_name_at_twilio(
    desk: Desk, counsellor: Counsellor
) -> None:
    before = counsellor.presence
    beats(counsellor, registered=False)  # the new page knows its lease and has no device yet
    desk.line.advance(4)
    beats(counsellor)
    after = counsellor.presence
    assert (after.lease, after.idle_since, after.work) == (before.lease, before.idle_since, Work.AVAILABLE)
    assert after.identity == before.identity
    desk.line.dial()
    passes(counsellor, 5)
    assert counsellor.rings


def test_a_ring_into_a_page_that_is_just_being_loaded_anew_puts_nobody_away(desk: Desk, counsellor: Counsellor) -> None:
    identity = counsellor.presence.identity
    desk.line.unregistered.add(identity)
    desk.line.dial()
    beats(counsellor)
    desk.line.advance(4)
    assert (counsellor.work, counsellor.presence.misses) == (Work.AVAILABLE, 1)
    assert len(desk.offers()) == 1  # not rung in a loop while the device is away
    desk.line.unregistered.discard(identity)
    passes(counsellor, 5)
    assert counsellor.rings
    counsellor.takes_the_call()
    assert counsellor.presence.misses == 0


def test_busy_at_once_is_counted_from_the_dial_and_not_from_the_decision_to_ring(
    desk: Desk, counsellor: Counsellor
) -> None:
    desk.line.unregistered.add(counsellor.presence.identity)
    desk.line.faults.next_rest = ["rest_429", "rest_429"]  # the dial is taken three seconds later
    desk.line.dial()
    desk.line.advance(8)
    (offer,) = desk.offers()
    assert offer.dialled_at is not None
    assert offer.dialled_at - offer.rung_at >= timedelta(seconds=2)
    assert counsellor.presence.registered is False  # it cannot have rung, and is not rung in a loop


def test_a_ring_that_is_dialled_late_rings_for_its_whole_time(desk: Desk, counsellor: Counsellor) -> None:
    desk.line.faults.lost = 1
    desk.line.faults.next_rest = ["rest_429"] * 4  # fifteen seconds of pauses
    phone = desk.line.dial()
    passes(counsellor, 30)
    assert counsellor.rings
    assert len(counsellor.handset.calls) == 1
    counsellor.takes_the_call()
    passes(counsellor, 5)
    assert desk.call(phone.sid).state is not CallState.WAITING


def test_a_device_that_is_missing_twice_puts_its_person_away(desk: Desk, counsellor: Counsellor) -> None:
    desk.line.unregistered.add(counsellor.presence.identity)
    phone = desk.line.dial()
    passes(counsellor, 15)
    assert (counsellor.work, counsellor.presence.reason) == (Work.AWAY, AwayReason.UNREACHABLE)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_flip_through_the_back_of_the_browser_changes_neither_state_nor_turn(
    desk: Desk, counsellor: Counsellor
) -> None:
    before = counsellor.presence
    beats(counsellor, registered=False)  # the voice kit says so when the page is put by, and again when it is back
    desk.line.dial()
    desk.line.advance(8)
    assert not counsellor.handset.calls
    beats(counsellor)
    desk.line.advance(1)
    after = counsellor.presence
    assert (after.since if after.work is Work.AVAILABLE else before.since, after.idle_since) == (
        before.since,
        before.idle_since,
    )
    assert counsellor.rings


def test_a_second_tab_cannot_take_the_telephone_out_of_a_talk(desk: Desk, counsellor: Counsellor) -> None:
    phone = talks(counsellor)
    with pytest.raises(CallInOtherTab), tab_of(counsellor) as (session, staff):
        presence.take_lease(session, staff, force=True, now=desk.clock.now())
    assert phone.state == "in-progress"


def test_a_second_tab_takes_over_once_the_first_has_died(desk: Desk, counsellor: Counsellor) -> None:
    talks(counsellor)
    desk.line.advance(16)
    with tab_of(counsellor) as (session, staff):
        presence.take_lease(session, staff, force=False, now=desk.clock.now())
    assert counsellor.work is Work.ON_CALL
