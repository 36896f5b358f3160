"""Lists at the telephone company are empty or behind while people talk: nothing they do not show is believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.jobs import reconcile
from callcenter.models.staff.accounts import Staff
from callcenter.services.talks import ringing, takeover
from ivr.simulator.line.queues import is_waiting
from tests.calls.talking.supervisors import Chief
from tests.calls.talking.talks import consulting, hears, on_music, talking
from tests.desk import Desk

Lie = Callable[[Desk], None]


def show_nothing(desk: Desk) -> None:
    desk.line.faults.empty_lists = True


def stay_behind(desk: Desk) -> None:
    """Let lists go on showing this moment."""
    desk.line.faults.stale_lists = True
    desk.telephony.rooms()


lies = pytest.mark.parametrize("lie", [show_nothing, stay_behind])


@lies
def test_a_caller_on_hold_is_taken_from_nobody(desk: Desk, lie: Lie) -> None:
    lie(desk)
    caller, talker = talking(desk)
    talker.holds()
    desk.line.advance(150)
    assert desk.call(caller.sid).state is CallState.TALKING
    assert talker.who.work is Work.ON_CALL
    assert on_music(desk, caller)
    talker.takes_back()
    desk.line.advance(2)
    assert hears(caller, talker.who.handset)


@lies
def test_a_long_silent_talk_goes_on(desk: Desk, lie: Lie) -> None:
    lie(desk)
    caller, talker = talking(desk)
    desk.line.advance(200)
    with desk.app.app_context():
        assert reconcile.reconcile() == "done"
    desk.line.advance(10)
    assert desk.call(caller.sid).state is CallState.TALKING
    assert talker.who.work is Work.ON_CALL
    assert hears(caller, talker.who.handset)


@lies
def test_a_colleague_and_the_supervisor_who_listens_are_not_missed(desk: Desk, lie: Lie) -> None:
    lie(desk)
    caller, talker, colleague = consulting(desk)
    chief = Chief(desk)
    offer_id = chief.hears(caller)
    desk.line.advance(100)
    states = {offer.id: offer.state for offer in desk.offers()}
    assert set(states.values()) == {OfferState.JOINED}
    assert chief.desk_of.presence.listening_id == offer_id
    assert hears(colleague.who.handset, talker.who.handset)


@lies
def test_two_who_met_unheard_are_not_parted(desk: Desk, lie: Lie) -> None:
    lie(desk)
    desk.line.faults.lost = 1
    caller, talker = talking(desk)
    desk.line.advance(100)
    assert desk.call(caller.sid).state is CallState.CONNECTING
    assert hears(caller, talker.who.handset)
    desk.line.faults.empty_lists = desk.line.faults.stale_lists = False
    desk.line.advance(40)
    assert desk.call(caller.sid).state is CallState.TALKING
    assert hears(caller, talker.who.handset)


@lies
def test_a_counsellor_whose_leg_says_itself_that_it_ended_is_missed_all_the_same(desk: Desk, lie: Lie) -> None:
    lie(desk)
    caller, talker = talking(desk)
    desk.line.faults.lost = 1
    talker.who.handset.hangs_up()
    desk.line.advance(95)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert talker.who.work is Work.WRAP_UP


@lies
def test_a_counsellor_who_hung_up_before_the_caller_came_is_missed_all_the_same(desk: Desk, lie: Lie) -> None:
    lie(desk)
    desk.line.faults.lost = 1
    caller, talker = talking(desk)
    talker.who.handset.hangs_up()
    desk.line.advance(90)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert any("もう一度おつなぎします" in text for text in caller.heard)


@pytest.mark.parametrize("fault", ["rest_404", "rest_21220"])
def test_one_answer_that_a_leg_is_gone_is_asked_again(desk: Desk, fault: str) -> None:
    caller, talker = talking(desk)
    desk.line.advance(50)
    desk.line.faults.next_rest = [fault] * 2  # for the caller's leg, and for the counsellor's
    desk.line.advance(30)
    assert desk.line.faults.next_rest == []
    assert desk.call(caller.sid).state is CallState.TALKING
    assert talker.who.work is Work.ON_CALL


def test_a_caller_whose_leg_cannot_be_led_is_asked_whether_they_are_there(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.working = False
    talker.who.handset.hangs_up()
    desk.line.advance(2.5)
    desk.line.faults.next_rest = ["rest_404"]
    desk.working = True
    desk.line.advance(20)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert is_waiting(caller.leg)


@lies
def test_a_former_counsellor_stays_until_the_supervisor_who_takes_over_is_heard(desk: Desk, lie: Lie) -> None:
    caller, talker = talking(desk)
    chief = Chief(desk)
    offer_id = chief.hears(caller)
    lie(desk)
    desk.line.faults.next_rest = ["rest_404"]
    with desk.work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        assert offer is not None
        assert call is not None
        by = session.get_one(Staff, chief.staff_id)
        takeover.take_over(session, offer, call, by=by, now=desk.clock.now())
    desk.line.settle()
    assert talker.who.handset.state == "in-progress"
    desk.line.advance(10)
    assert hears(caller, chief.handset)
    assert talker.who.handset.state == "completed"


def test_a_hold_that_no_list_helps_to_find_its_room_is_tried_until_one_does(desk: Desk) -> None:
    caller, talker = talking(desk)
    with desk.work() as session:
        desk.call_in(session, caller.sid).conference_sid = None
    desk.line.faults.empty_lists = True
    talker.holds()
    desk.line.advance(4)
    assert not on_music(desk, caller)
    desk.line.faults.empty_lists = False
    desk.line.advance(6)
    assert on_music(desk, caller)


@lies
def test_a_caller_who_waits_is_not_fetched_out_of_a_room_that_they_left(desk: Desk, lie: Lie) -> None:
    caller, talker = talking(desk)
    lie(desk)
    talker.who.handset.hangs_up()
    desk.line.advance(30)
    assert is_waiting(caller.leg)
    with desk.work() as session:
        call = desk.call_in(session, caller.sid)
        call.last_news_at = call.arrived_at  # as if it had been silent
    desk.working = False
    heard = len(caller.heard)
    with desk.app.app_context():
        assert reconcile.reconcile(every=timedelta(0)) == "done"
    desk.line.settle()
    assert len(caller.heard) == heard


@lies
def test_a_ring_of_unknown_fate_that_no_list_shows_ends_without_blame(desk: Desk, lie: Lie) -> None:
    counsellor = desk.counsellor()
    lie(desk)
    desk.line.faults.next_rest = ["rest_timeout"]
    desk.line.faults.lost = 1
    phone = desk.line.dial()
    desk.line.advance(6)
    assert counsellor.rings
    assert desk.offers()[0].state is OfferState.PENDING
    counsellor.takes_the_call()
    desk.line.advance(8)
    assert hears(phone, counsellor.handset)
    assert counsellor.presence.misses == 0
