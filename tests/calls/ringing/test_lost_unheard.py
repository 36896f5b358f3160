"""A counsellor's leg is lost and no news of it arrives: nobody stays alone in a room."""

from __future__ import annotations

from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import Work
from tests.calls.talking.supervisors import Chief, offer
from tests.calls.talking.talks import talking
from tests.desk import Desk


def test_a_caller_whose_counsellor_is_lost_unheard_waits_again_before_two_minutes_are_over(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.line.faults.lost = 1.0
    talker.who.handset.hangs_up()
    desk.line.advance(90)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert desk.call(caller.sid).priority == 1
    assert talker.who.work is Work.WRAP_UP


def test_a_long_silent_talk_goes_on_undisturbed(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.line.advance(400)
    assert desk.call(caller.sid).state is CallState.TALKING
    assert talker.who.work is Work.ON_CALL
    assert talker.who.handset.state == "in-progress"


def test_a_supervisor_whose_leg_is_lost_unheard_is_free_before_two_minutes_are_over(desk: Desk) -> None:
    caller, talker = talking(desk)
    chief = Chief(desk)
    offer_id = chief.hears(caller)
    desk.line.faults.lost = 1.0
    chief.handset.hangs_up()
    desk.line.advance(90)
    assert offer(desk, offer_id).state is OfferState.LEFT
    assert chief.desk_of.presence.listening_id is None
    assert desk.call(caller.sid).state is CallState.TALKING
    assert talker.who.work is Work.ON_CALL
