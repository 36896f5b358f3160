"""Handing a caller over: two counsellors talk first, and whatever fails meanwhile, the caller has somebody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.talk import NotNow
from callcenter.services.talks.consult import NotFree, NotThereYet
from tests.calls.talking.talks import consult_offer, consulting, hears, on_music, owner_of_the_record, talking
from tests.desk import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """One database is enough for what one process does; ``test_two_at_once`` holds both to the rest."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


def test_the_caller_hears_music_while_two_counsellors_talk(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    assert on_music(desk, caller)
    assert hears(other.who.handset, one.who.handset)
    assert hears(one.who.handset, other.who.handset)
    assert not hears(caller, one.who.handset)
    assert not hears(caller, other.who.handset)
    assert (one.who.work, other.who.work) == (Work.ON_CALL, Work.ON_CALL)
    assert desk.call(caller.sid).state is CallState.TALKING


def test_a_colleague_comes_in_only_once_the_caller_hears_music(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    with desk.work() as session:
        desk.call_in(session, caller.sid).on_hold = False  # as if the room had not confirmed it yet
    colleague.takes_the_call()
    desk.line.advance(3)
    assert consult_offer(desk).state is OfferState.CLAIMED
    assert not hears(colleague.handset, talker.who.handset)
    with desk.work() as session:
        desk.call_in(session, caller.sid).on_hold = True
    desk.line.advance(10)
    assert consult_offer(desk).state is OfferState.JOINED
    assert hears(colleague.handset, talker.who.handset)


def test_completing_leaves_the_caller_and_the_record_to_the_colleague(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.hands_over()
    desk.line.advance(3)
    assert not on_music(desk, caller)
    assert hears(caller, other.who.handset)
    assert one.who.handset.state == "completed"
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.ON_CALL)
    assert owner_of_the_record(desk, caller) == other.who.staff_id
    caller.hangs_up()
    desk.line.advance(3)
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert other.who.work is Work.WRAP_UP


def test_completing_twice_is_completing_once(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.hands_over()
    one.hands_over()
    desk.line.advance(5)
    one.hands_over()
    assert desk.events().count("handed_over") == 1
    assert hears(caller, other.who.handset)
    assert desk.call(caller.sid).state is CallState.TALKING


def test_who_took_over_may_hand_over_again(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.hands_over()
    desk.line.advance(2)
    one.who.is_ready_again()
    other.consults(one.who)
    desk.line.advance(2)
    one.who.takes_the_call()
    desk.line.advance(2)
    other.hands_over()
    desk.line.advance(2)
    assert hears(caller, one.who.handset)
    assert owner_of_the_record(desk, caller) == one.who.staff_id
    assert (one.who.work, other.who.work) == (Work.ON_CALL, Work.WRAP_UP)


def test_nobody_hands_over_to_a_telephone_that_still_rings(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.consults(desk.counsellor("tanto03", phone="+819000000003"))
    desk.line.advance(2)
    with pytest.raises(NotThereYet):
        talker.hands_over()
    assert on_music(desk, caller)


def test_only_somebody_free_can_be_consulted_and_only_one_at_a_time(desk: Desk) -> None:
    caller, talker = talking(desk)
    busy = desk.counsellor("tanto04", phone="+819000000004")
    other = desk.line.dial()
    desk.line.advance(5)
    busy.takes_the_call()
    with pytest.raises(NotFree):
        talker.consults(busy)
    with pytest.raises(NotFree):
        talker.consults(talker.who)
    assert not on_music(desk, caller)
    free = desk.counsellor("tanto05", phone="+819000000005")
    talker.consults(free)
    with pytest.raises(NotNow):
        talker.consults(desk.counsellor("tanto06", phone="+819000000006"))
    other.hangs_up()


def test_the_caller_is_not_taken_back_while_two_speak_about_them(desk: Desk) -> None:
    caller, one, _ = consulting(desk)
    with pytest.raises(NotNow):
        one.takes_back()
    assert on_music(desk, caller)


def test_who_took_over_answers_the_call_like_anybody(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    one.hands_over()
    desk.line.advance(2)
    other.who.handset.hangs_up()
    desk.line.advance(5)
    call = desk.call(caller.sid)
    assert (call.state, call.priority) == (CallState.WAITING, 1)
    assert [offer.purpose for offer in desk.offers()] == ["answer", "answer"]
