"""The counsellor introduces the colleague to the caller: all three talk, and the caller always has somebody."""

from __future__ import annotations

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.talk import NotNow
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.talks import ringing, takeover
from callcenter.services.talks.consult import NotThereYet
from callcenter.services.talks.takeover import Consulting
from tests.calls.talking.supervisors import Chief
from tests.calls.talking.talks import Talker, consulting, hears, on_music, owner_of_the_record, talking
from tests.desk import Desk
from tests.line import Phone

JOINS = "もうひとりの相談員が、加わります"
NOT_HANDED_OVER = "かわれませんでした"

Three = tuple[Phone, Talker, Talker]


@pytest.fixture
def three(desk: Desk) -> Three:
    """Caller, counsellor and colleague in one talk."""
    caller, one, other = consulting(desk, told=True)
    one.introduces()
    desk.line.advance(8)
    return caller, one, other


def test_all_three_hear_one_another_and_the_caller_heard_that_somebody_joins(three: Three) -> None:
    caller, one, other = three
    assert sum(JOINS in text for text in caller.heard) == 1
    phones = (caller, one.who.handset, other.who.handset)
    assert all(hears(listener, speaker) for listener in phones for speaker in phones if listener is not speaker)
    assert (one.who.work, other.who.work) == (Work.ON_CALL, Work.ON_CALL)


def test_pressing_twice_introduces_once(desk: Desk, three: Three) -> None:
    caller, one, _ = three
    one.introduces()
    desk.line.advance(8)
    assert sum(JOINS in text for text in caller.heard) == 1
    assert desk.events().count("introduced") == 1


def test_nobody_is_introduced_who_still_rings_or_by_the_colleague_or_without_one(desk: Desk) -> None:
    caller, talker = talking(desk)
    with pytest.raises(NotNow):
        talker.introduces()
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    with pytest.raises(NotThereYet):
        talker.introduces()
    colleague.takes_the_call()
    desk.line.advance(2)
    with pytest.raises(NotNow):
        Talker(desk, colleague).introduces()
    assert on_music(desk, caller)


def test_the_colleague_sees_no_record_before_the_caller_is_theirs(desk: Desk, three: Three) -> None:
    caller, one, other = three

    def sees_record(who: Talker) -> bool:
        with desk.work() as session:
            return on_the_line.record_at_hand(session, session.get_one(Presence, who.who.staff_id)) is not None

    assert (sees_record(one), sees_record(other)) == (True, False)
    one.hands_over()
    desk.line.advance(2)
    assert (sees_record(one), sees_record(other)) == (False, True)
    assert owner_of_the_record(desk, caller) == other.who.staff_id


def test_the_counsellor_leaves_and_the_talk_goes_on_with_the_colleague(desk: Desk, three: Three) -> None:
    caller, one, other = three
    one.hands_over()
    desk.line.advance(3)
    assert hears(caller, other.who.handset)
    assert one.who.handset.state == "completed"
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.ON_CALL)
    assert owner_of_the_record(desk, caller) == other.who.staff_id
    caller.hangs_up()
    desk.line.advance(3)
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert other.who.work is Work.WRAP_UP


@pytest.mark.parametrize("how", ["leaves", "hangs up", "is sent away"])
def test_the_colleague_leaves_and_the_talk_goes_on_as_before(desk: Desk, three: Three, how: str) -> None:
    caller, one, other = three
    if how == "leaves":
        other.withdraws()
    elif how == "hangs up":
        other.who.handset.hangs_up()
    else:
        one.cancels()
    desk.line.advance(10)
    assert hears(caller, one.who.handset)
    assert not on_music(desk, caller)
    assert other.who.handset.state == "completed"
    assert (one.who.work, other.who.work) == (Work.ON_CALL, Work.AVAILABLE)
    assert owner_of_the_record(desk, caller) == one.who.staff_id
    assert not any(NOT_HANDED_OVER in text for text in caller.heard)  # they were there, and said so themselves
    assert desk.call(caller.sid).consult_id is None


def test_the_counsellor_is_lost_and_the_caller_stays_with_the_colleague(desk: Desk, three: Three) -> None:
    caller, one, other = three
    heard = len(caller.heard)
    one.who.handset.hangs_up()
    desk.line.advance(8)
    assert hears(caller, other.who.handset)
    assert len(caller.heard) == heard + 1  # nothing but the colleague's voice
    assert desk.call(caller.sid).state is CallState.TALKING
    assert owner_of_the_record(desk, caller) == other.who.staff_id
    assert one.who.work is Work.WRAP_UP


def test_both_are_lost_and_the_caller_is_at_the_head_of_the_queue(desk: Desk, three: Three) -> None:
    caller, one, other = three
    one.who.handset.hangs_up()
    other.who.handset.hangs_up()
    desk.line.advance(8)
    call = desk.call(caller.sid)
    assert (call.state, call.priority, caller.state) == (CallState.WAITING, 1, "in-progress")


def test_the_caller_hangs_up_and_everybody_is_free(desk: Desk, three: Three) -> None:
    caller, one, other = three
    caller.hangs_up()
    desk.line.advance(5)
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert (one.who.handset.state, other.who.handset.state) == ("completed", "completed")
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.AVAILABLE)


def test_the_counsellor_ends_the_call_for_all(desk: Desk, three: Three) -> None:
    caller, one, other = three
    one.who.ends_the_call()
    desk.line.advance(5)
    assert caller.state == "completed"
    assert (one.who.work, other.who.work) == (Work.WRAP_UP, Work.AVAILABLE)


def test_the_two_may_speak_alone_again_and_introduce_once_more(desk: Desk, three: Three) -> None:
    caller, one, other = three
    one.holds()
    desk.line.advance(3)
    assert on_music(desk, caller)
    assert hears(one.who.handset, other.who.handset)
    one.introduces()
    desk.line.advance(8)
    assert hears(caller, other.who.handset)


def test_a_hand_over_and_a_leaving_at_once_leave_the_caller_with_somebody(desk: Desk, three: Three) -> None:
    caller, one, other = three
    one.hands_over()
    with pytest.raises(NotNow):
        other.withdraws()
    desk.line.advance(5)
    assert hears(caller, other.who.handset)


def test_a_supervisor_who_follows_takes_nothing_over_while_two_are_there(desk: Desk, three: Three) -> None:
    caller, _, _ = three
    chief = Chief(desk)
    offer_id = chief.hears(caller)

    def take_over() -> None:
        with desk.work() as session:
            offer, call = ringing.find_with_call(session, offer_id)
            assert offer is not None
            assert call is not None
            by = session.get_one(Staff, chief.staff_id)
            takeover.take_over(session, offer, call, by=by, now=desk.clock.now())

    with pytest.raises(Consulting):
        take_over()
