"""A consultation that comes to nothing: whoever declines, drops or is lost, the caller has somebody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.models.calls.calls import Offer
from callcenter.models.staff.accounts import Staff
from callcenter.services.administration import duty_changes
from callcenter.services.trail.audit import OPERATOR
from tests.calls.talking.talks import consult_offer, consulting, hears, on_music, owner_of_the_record, talking
from tests.desk import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """One database is enough for what one process does; ``test_two_at_once`` holds both to the rest."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.mark.parametrize("told", [True, False])
def test_cancelling_brings_the_caller_back_and_frees_the_colleague(desk: Desk, told: bool) -> None:
    caller, one, other = consulting(desk, told=told)
    idle_since = other.who.presence.idle_since
    one.cancels()
    one.cancels()
    desk.line.advance(5)
    assert hears(caller, one.who.handset)
    assert other.who.handset.state == "completed"
    assert (other.who.work, other.who.presence.idle_since) == (Work.AVAILABLE, idle_since)
    assert any("別の相談員に、かわります" in text for text in caller.heard) is told
    assert any("今は、かわれませんでした" in text for text in caller.heard) is told
    assert desk.events().count("consult_over") == 1


def test_cancelling_while_it_rings_stops_the_ring(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    assert colleague.rings
    talker.cancels()
    desk.line.advance(2)
    assert not colleague.rings
    assert colleague.work is Work.AVAILABLE
    assert hears(caller, talker.who.handset)


@pytest.mark.parametrize("told", [True, False])
def test_a_colleague_who_does_not_answer_leaves_the_caller_with_their_counsellor(desk: Desk, told: bool) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague, told=told)
    desk.line.advance(40)
    assert consult_offer(desk).state is OfferState.MISSED
    assert hears(caller, talker.who.handset)
    assert any("もとの相談員に、もどります" in text for text in caller.heard) is told
    assert desk.call(caller.sid).consult_id is None


def test_a_ring_whose_news_is_lost_ends_by_the_watchdog_and_the_caller_is_back(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.consults(desk.counsellor("tanto03", phone="+819000000003"))
    desk.line.faults.lost = 1.0
    desk.line.advance(60)
    assert hears(caller, talker.who.handset)
    assert consult_offer(desk).state is OfferState.MISSED


def test_a_colleague_who_declines_leaves_the_caller_with_their_counsellor(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    colleague.handset.answers()
    assert any("引きつぎの相談" in text for text in colleague.handset.heard)
    colleague.handset.presses("2")
    desk.line.advance(3)
    assert consult_offer(desk).state is OfferState.DECLINED
    assert hears(caller, talker.who.handset)
    assert colleague.work is Work.AVAILABLE


def test_a_colleague_whose_browser_cannot_be_reached_leaves_the_caller_with_their_counsellor(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone=None)
    desk.line.unregistered.add(colleague.address.removeprefix("client:"))
    talker.consults(colleague)
    desk.line.advance(10)
    assert hears(caller, talker.who.handset)
    assert not colleague.presence.registered  # and so they are not rung before their browser says it can be


def test_a_colleague_who_hangs_up_while_consulted_leaves_the_caller_with_their_counsellor(desk: Desk) -> None:
    caller, one, other = consulting(desk, told=True)
    other.who.handset.hangs_up()
    desk.line.advance(5)
    assert hears(caller, one.who.handset)
    assert any("もとの相談員に、もどります" in text for text in caller.heard)
    assert (one.who.work, other.who.work) == (Work.ON_CALL, Work.AVAILABLE)


def test_a_counsellor_lost_while_consulting_leaves_the_caller_to_the_colleague(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.who.handset.hangs_up()
    desk.line.advance(5)
    assert hears(caller, other.who.handset)
    assert owner_of_the_record(desk, caller) == other.who.staff_id
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.ON_CALL)


def test_a_counsellor_lost_while_the_colleague_is_rung_leaves_the_caller_at_the_head(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    talker.who.handset.hangs_up()
    desk.line.advance(6)
    call = desk.call(caller.sid)
    assert (call.state, call.priority, call.consult_id) == (CallState.WAITING, 1, None)
    assert consult_offer(desk).state is OfferState.CANCELLED
    assert not on_music(desk, caller)
    desk.line.advance(3)
    assert colleague.rings  # now for the caller


def test_both_counsellors_lost_while_consulting_leave_the_caller_at_the_head(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.who.handset.hangs_up()
    other.who.handset.hangs_up()
    desk.line.advance(8)
    call = desk.call(caller.sid)
    assert (call.state, call.priority) == (CallState.WAITING, 1)
    assert not on_music(desk, caller)


def test_both_lost_without_a_word_of_it_are_found_by_looking_into_the_room(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    desk.line.advance(20)
    desk.line.faults.lost = 1.0
    one.who.handset.hangs_up()
    other.who.handset.hangs_up()
    desk.line.advance(60)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert not on_music(desk, caller)


def test_a_caller_who_hangs_up_while_consulted_about_keeps_their_counsellors_record(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    caller.hangs_up()
    desk.line.advance(6)
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.AVAILABLE)
    assert owner_of_the_record(desk, caller) == one.who.staff_id
    assert {one.who.handset.state, other.who.handset.state} == {"completed"}


def test_whatever_order_the_news_of_an_end_comes_in_the_record_stays(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    desk.line.holds_news()
    caller.hangs_up()
    desk.line.advance(0.5)
    kept = len(desk.line.engine.news_tray or [])
    desk.line.sends_news(reversed(range(kept)))
    desk.line.advance(6)
    assert desk.call(caller.sid).state is CallState.ENDED
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.AVAILABLE)
    assert owner_of_the_record(desk, caller) == one.who.staff_id


@pytest.mark.parametrize("talks", [True, False])
def test_a_colleague_taken_off_the_line_leaves_the_caller_with_their_counsellor(desk: Desk, talks: bool) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    if talks:
        colleague.takes_the_call()
        desk.line.advance(2)
    with desk.work() as session:
        duty_changes.force_off(session, session.get_one(Staff, colleague.staff_id), by=OPERATOR, now=desk.clock.now())
    desk.line.advance(3)
    assert hears(caller, talker.who.handset)
    assert colleague.work is Work.OFFLINE
    assert not colleague.rings
    assert desk.call(caller.sid).consult_id is None


def test_a_counsellor_taken_off_the_line_while_consulting_leaves_the_caller_to_the_colleague(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    with desk.work() as session:
        duty_changes.force_off(session, session.get_one(Staff, one.who.staff_id), by=OPERATOR, now=desk.clock.now())
    desk.line.advance(5)
    assert hears(caller, other.who.handset)
    assert owner_of_the_record(desk, caller) == other.who.staff_id


def test_a_consultation_that_was_closed_without_a_word_is_found_by_looking_into_the_room(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    with desk.work() as session:
        session.get_one(Offer, consult_offer(desk).id).state = OfferState.CANCELLED
    desk.line.advance(30)
    assert hears(caller, talker.who.handset)
