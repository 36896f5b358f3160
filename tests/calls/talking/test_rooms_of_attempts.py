"""A caller who goes back to the queue talks in another room: whoever could not be hung up hears nobody's talk."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState, CallStep
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.room import RoomEvent
from callcenter.domain.telephony import LineRefused
from callcenter.jobs import reconcile
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Presence
from callcenter.services.calls import calls
from callcenter.services.talks import ringing, room
from callcenter.services.talks.room import News
from ivr.simulator.line.queues import is_waiting
from tests.calls.talking.supervisors import Chief
from tests.calls.talking.talks import Talker, hears, on_music, talking
from tests.desk import Counsellor, Desk
from tests.line import Phone


def refuse(*_args: Any, **_more: Any) -> None:
    raise LineRefused("not today")


def released(desk: Desk) -> tuple[Counsellor, Phone]:
    """Let a counsellor's claim be undone, as the caller never came, while their leg cannot be hung up."""
    first = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    first.takes_the_call()
    (offer_id,) = [offer.id for offer in desk.offers()]
    with desk.work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        assert offer is not None
        assert call is not None
        room.release_claim(session, call, offer, now=desk.clock.now())
        session.get_one(Presence, first.staff_id).work = Work.AWAY
    desk.working = True
    return first, phone


def test_a_released_counsellor_whose_leg_lives_on_is_not_in_the_next_ones_talk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TwilioLine, "hang_up", refuse)
    first, phone = released(desk)
    second = desk.counsellor("tanto03", phone="+819000000003")
    _until_taken(desk, second)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert hears(phone, second.handset)
    assert first.handset.state == "in-progress"
    assert not hears(first.handset, phone)
    assert not hears(phone, first.handset)


def test_every_leg_of_the_next_talk_comes_into_its_room(desk: Desk) -> None:
    caller, talker = talking(desk)
    talker.who.handset.hangs_up()
    desk.line.advance(20)
    assert is_waiting(caller.leg)
    assert desk.call(caller.sid).room != f"hl-{desk.call(caller.sid).id}"
    talker.who.is_ready_again()
    desk.line.advance(6)
    talker.who.takes_the_call()
    desk.line.advance(6)
    assert hears(caller, talker.who.handset)
    talker.holds()
    desk.line.advance(2)
    assert on_music(desk, caller)
    talker.takes_back()
    colleague, chief = desk.counsellor("tanto03", phone="+819000000003"), Chief(desk)
    chief.hears(caller)
    talker.consults(colleague)
    desk.line.advance(2)
    colleague.takes_the_call()
    desk.line.advance(2)
    assert hears(chief.handset, talker.who.handset)
    assert hears(colleague.handset, talker.who.handset)
    talker.hands_over()
    desk.line.advance(3)
    assert hears(caller, colleague.handset)
    Talker(desk, colleague).holds()
    desk.line.advance(2)
    assert on_music(desk, caller)


def test_news_of_the_former_room_brings_nobody_together_in_the_next(desk: Desk) -> None:
    caller, talker = talking(desk)
    former = desk.call(caller.sid)
    talker.who.handset.hangs_up()
    desk.line.advance(8)
    talker.who.is_ready_again()
    desk.line.advance(6)
    desk.working = False
    talker.who.takes_the_call()
    late = News(RoomEvent.JOINED, "caller", former.conference_sid or "", desk.clock.now(), hung_up=False)
    with desk.work() as session:
        room.take_news(session, former.id, News(**vars(late) | {"room": former.room}), now=desk.clock.now())
    call = desk.call(caller.sid)
    assert call.state is CallState.CLAIMED
    assert call.conference_sid != former.conference_sid
    with desk.work() as session:
        gone = News(RoomEvent.LEFT, "caller", "", desk.clock.now(), hung_up=True, room=former.room)
        room.take_news(session, former.id, gone, now=desk.clock.now())
    assert desk.call(caller.sid).state is CallState.ENDED


def test_a_talk_from_before_the_update_goes_on_in_its_own_room(desk: Desk) -> None:
    caller, talker = talking(desk)
    call = desk.call(caller.sid)
    assert (call.room_id, call.room) == (None, f"hl-{call.id}")
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    colleague.takes_the_call()
    desk.line.advance(2)
    assert hears(colleague.handset, talker.who.handset)


def test_two_whom_an_update_led_into_two_rooms_are_brought_back_together(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    desk.line.holds_news()
    counsellor.takes_the_call()  # led in by a process from before the update
    with desk.work() as session:
        desk.call_in(session, phone.sid).room_id = new_id()
    desk.line.sends_news()
    desk.working = True
    desk.line.advance(3)
    assert not hears(phone, counsellor.handset)
    assert desk.call(phone.sid).state is CallState.CONNECTING
    desk.line.advance(60)
    assert any("もう一度おつなぎします" in text for text in phone.heard)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_caller_left_in_a_former_room_is_fetched_out_of_it(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.working = False
    desk.line.faults.lost = 1
    talker.who.handset.hangs_up()
    with desk.work() as session:
        calls.return_to_queue(session, desk.call_in(session, caller.sid), CallStep.REQUEUED, now=desk.clock.now())
    desk.line.advance(130)
    assert not is_waiting(caller.leg)
    with desk.app.app_context():
        assert reconcile.reconcile() == "done"
    desk.line.faults.lost = 0
    desk.line.advance(2)
    assert is_waiting(caller.leg)


def _until_taken(desk: Desk, counsellor: Counsellor) -> None:
    for _ in range(30):
        if counsellor.rings:
            break
        desk.line.advance(1)
    counsellor.takes_the_call()
    desk.line.advance(6)
