"""A caller whose counsellor's browser was lost goes back to that counsellor first, for twenty seconds."""

from __future__ import annotations

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.calls.calls import Presence
from callcenter.models.records import ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.delivery import outbox
from callcenter.services.duty import presence
from callcenter.services.records import consultations
from tests.calls.ringing.test_browsers_come_and_go import beats, passes, tab_of, talks
from tests.calls.talking.talks import hears, owner_of_the_record
from tests.desk import Counsellor, Desk
from tests.line import Phone

LOST = "途切れてしまいました"


@pytest.fixture
def counsellor(desk: Desk) -> Counsellor:
    """A counsellor at a browser."""
    return desk.counsellor(phone=None)


def lose_browser(counsellor: Counsellor) -> Phone:
    """Let the browser die in a talk; return the caller, who has just come back to the queue."""
    phone = talks(counsellor)
    counsellor.handset.hangs_up()
    while counsellor.desk.call(phone.sid).state is not CallState.WAITING:
        counsellor.desk.line.advance(1)
    return phone


def with_colleague(counsellor: Counsellor) -> tuple[Phone, Counsellor]:
    """Let the browser die while a colleague at a telephone is free."""
    phone = lose_browser(counsellor)
    return phone, counsellor.desk.counsellor("tanto03", phone="+819000000003")


def rung_since(desk: Desk) -> list[str]:
    """Who was rung after the first talk, in order."""
    return [offer.staff_id for offer in desk.offers()][1:]


def test_the_caller_hears_what_happened_and_the_same_counsellor_is_rung_although_somebody_else_is_free(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone, colleague = with_colleague(counsellor)
    desk.line.advance(3)
    assert any(LOST in text for text in phone.heard)
    assert rung_since(desk) == []
    passes(counsellor, 5)
    assert counsellor.rings
    assert not colleague.handset.calls
    counsellor.takes_the_call()
    passes(counsellor, 5)
    assert hears(phone, counsellor.handset)
    assert counsellor.work is Work.ON_CALL
    assert owner_of_the_record(desk, phone) == counsellor.staff_id


@pytest.mark.parametrize("after, same", [(0, True), (19, True), (21, False)])
def test_who_comes_back_within_twenty_seconds_is_rung_and_afterwards_somebody_else_is(
    desk: Desk, counsellor: Counsellor, after: int, same: bool
) -> None:
    phone, colleague = with_colleague(counsellor)
    since = desk.call(phone.sid).requeued_at
    assert since is not None
    desk.line.advance(after - (desk.clock.now() - since).total_seconds() if after else 0)
    beats(counsellor)
    desk.line.advance(1)
    assert rung_since(desk) == [counsellor.staff_id if same else colleague.staff_id]
    assert counsellor.rings is same


def test_who_is_back_before_the_caller_is_in_the_queue_again_is_rung_at_once(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone = talks(counsellor)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    counsellor.handset.hangs_up()
    desk.line.advance(1)
    beats(counsellor)
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert counsellor.rings
    assert not colleague.handset.calls


def test_a_sign_of_life_from_before_the_loss_rings_nobody(desk: Desk, counsellor: Counsellor) -> None:
    phone = talks(counsellor)
    beats(counsellor)
    counsellor.handset.hangs_up()
    desk.line.advance(10)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert rung_since(desk) == []


def test_who_never_comes_back_costs_the_caller_twenty_seconds_and_no_more(desk: Desk, counsellor: Counsellor) -> None:
    phone, colleague = with_colleague(counsellor)
    desk.line.advance(15)
    assert not colleague.handset.calls
    desk.line.advance(6)
    assert colleague.rings
    colleague.takes_the_call()
    desk.line.advance(6)
    assert hears(phone, colleague.handset)
    assert owner_of_the_record(desk, phone) == colleague.staff_id


def test_a_reserved_caller_holds_nobody_up_who_waits_behind_them(desk: Desk, counsellor: Counsellor) -> None:
    _, colleague = with_colleague(counsellor)
    other = desk.line.dial()
    desk.line.advance(5)
    assert colleague.rings
    colleague.takes_the_call()
    desk.line.advance(2)
    assert hears(other, colleague.handset)


def test_a_caller_who_hangs_up_meanwhile_leaves_the_counsellor_to_the_record(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone = lose_browser(counsellor)
    passes(counsellor, 5)
    assert counsellor.rings
    phone.hangs_up()
    passes(counsellor, 5)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert (counsellor.rings, counsellor.work, counsellor.presence.misses) == (False, Work.WRAP_UP, 0)


def test_a_ring_that_is_not_answered_goes_on_to_somebody_else_and_counts_as_no_miss(
    desk: Desk, counsellor: Counsellor
) -> None:
    _, colleague = with_colleague(counsellor)
    passes(counsellor, 5)
    assert counsellor.rings
    passes(counsellor, 40)
    assert (counsellor.work, counsellor.presence.misses) == (Work.WRAP_UP, 0)
    assert rung_since(desk)[:2] == [counsellor.staff_id, colleague.staff_id]
    assert len(counsellor.handset.calls) == 2


def test_whoever_declines_it_writes_on_and_is_not_rung_again(desk: Desk, counsellor: Counsellor) -> None:
    _, colleague = with_colleague(counsellor)
    passes(counsellor, 5)
    counsellor.handset.declines()
    passes(counsellor, 10)
    assert counsellor.work is Work.WRAP_UP
    assert colleague.rings


@pytest.mark.parametrize("work", [Work.AWAY, Work.OFFLINE])
def test_whoever_goes_away_on_purpose_gives_the_caller_up_at_once(
    desk: Desk, counsellor: Counsellor, work: Work
) -> None:
    _, colleague = with_colleague(counsellor)
    with tab_of(counsellor) as (session, staff):
        reason = AwayReason.BREAK if work is Work.AWAY else None
        presence.become_unavailable(session, staff, work, now=desk.clock.now(), reason=reason)
    desk.line.advance(2)
    assert colleague.rings
    passes(counsellor, 5)
    assert counsellor.work is work


def test_whoever_is_available_again_by_then_is_rung_before_all_others(desk: Desk, counsellor: Counsellor) -> None:
    phone, _ = with_colleague(counsellor)
    with tab_of(counsellor) as (session, staff):
        presence.become_available(session, staff, now=desk.clock.now())
    desk.line.advance(2)
    assert rung_since(desk) == []  # not registered yet
    passes(counsellor, 5)
    assert counsellor.rings
    assert desk.call(phone.sid).reserved_for is None
    passes(counsellor, 20)
    assert (counsellor.work, counsellor.presence.misses) == (Work.AVAILABLE, 1)  # a ring like any other


def test_a_telephone_that_was_put_down_keeps_nobody_waiting(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(2)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    counsellor.handset.hangs_up()
    desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert colleague.rings


def test_the_browser_comes_back_in_the_moment_in_which_somebody_else_is_rung(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone, colleague = with_colleague(counsellor)
    desk.line.advance(21)
    assert colleague.rings
    beats(counsellor)
    desk.line.advance(2)
    assert not counsellor.rings
    assert [offer.state for offer in desk.offers()][1:] == [OfferState.RINGING]
    colleague.takes_the_call()
    desk.line.advance(6)
    assert hears(phone, colleague.handset)


def test_a_second_loss_reserves_the_caller_anew(desk: Desk, counsellor: Counsellor) -> None:
    phone = lose_browser(counsellor)
    passes(counsellor, 5)
    counsellor.takes_the_call()
    passes(counsellor, 5)
    counsellor.handset.hangs_up()
    desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.WAITING
    passes(counsellor, 5)
    assert counsellor.rings


def test_the_record_of_the_interrupted_talk_stays_at_hand_while_it_rings(desk: Desk, counsellor: Counsellor) -> None:
    phone = lose_browser(counsellor)
    passes(counsellor, 5)
    assert counsellor.rings
    with desk.work() as session:
        record = on_the_line.record_at_hand(session, session.get_one(Presence, counsellor.staff_id))
        assert record is not None
        assert record.call_id == desk.call_in(session, phone.sid).id


def test_a_record_that_was_finished_meanwhile_is_open_again_when_the_caller_is_back(
    desk: Desk, counsellor: Counsellor
) -> None:
    phone = lose_browser(counsellor)
    with desk.work() as session:
        record = consultations.of_call(session, desk.call_in(session, phone.sid).id)
        assert record is not None
        record.state, record.finished_at = ConsultationState.FINISHED, desk.clock.now()
        presence.become_available(session, session.get_one(Staff, counsellor.staff_id), now=desk.clock.now())
    passes(counsellor, 5)
    counsellor.takes_the_call()
    with desk.work() as session:
        record = consultations.of_call(session, desk.call_in(session, phone.sid).id)
        assert record is not None
        assert record.state is ConsultationState.DRAFT


def test_without_anything_to_carry_no_errand_is_left(desk: Desk, counsellor: Counsellor) -> None:
    phone = lose_browser(counsellor)
    passes(counsellor, 5)
    counsellor.takes_the_call()
    passes(counsellor, 10)
    phone.hangs_up()
    passes(counsellor, 30)
    with desk.work() as session:
        assert outbox.count_undone(session) == 0
