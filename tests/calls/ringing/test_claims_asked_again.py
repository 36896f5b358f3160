"""What the network repeats after a counsellor has taken the call, and what another leg then hears."""

from __future__ import annotations

from callcenter.domain.calls.lifecycle import CallState
from callcenter.models.calls.calls import Offer
from tests.calls.webhooks import form, post
from tests.desk import Counsellor, Desk

LEG = "CA" + "7" * 32


def taken(desk: Desk) -> tuple[Counsellor, str, str]:
    """Let a counsellor take a call by hand; return who, the address of the key and the script they got."""
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(4)
    offer = desk.offers()[0]
    path = f"/ivr/offer/{offer.id}"
    post(desk, f"{path}/answer", form(LEG))
    return counsellor, path, post(desk, f"{path}/screen", form(LEG, Digits="1")).text


def test_the_leg_that_won_is_led_into_the_same_room_under_every_token(desk: Desk) -> None:
    _, path, script = taken(desk)
    assert "<Conference" in script
    for token in ("one", "two"):
        again = post(desk, f"{path}/screen", form(LEG, Digits="1"), I_Twilio_Idempotency_Token=token)
        assert again.text == script


def test_another_leg_does_not_get_into_the_room(desk: Desk) -> None:
    _, path, _ = taken(desk)
    stranger = post(desk, f"{path}/screen", form("CA" + "8" * 32, Digits="1"))
    assert "<Conference" not in stranger.text
    assert "<Hangup" in stranger.text


def test_the_leg_that_won_hears_the_truth_once_the_caller_is_gone(desk: Desk) -> None:
    _, path, _ = taken(desk)
    caller = desk.calls()[0]
    post(desk, "/ivr/voice/status", form(caller.caller_sid, CallStatus="completed"))
    assert desk.call(caller.caller_sid).state is CallState.ENDED
    late = post(desk, f"{path}/screen", form(LEG, Digits="1"), I_Twilio_Idempotency_Token="late")
    assert "<Conference" not in late.text


def test_who_ends_a_call_before_the_caller_is_led_in_leaves_them_at_the_head_of_the_queue(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.line.faults.next_rest = ["rest_429", "rest_429", "rest_429"]
    counsellor.takes_the_call()
    counsellor.ends_the_call()
    call = desk.call(phone.sid)
    assert (call.state, call.priority) == (CallState.WAITING, 1)
    desk.line.advance(20)
    assert phone.state == "in-progress"
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(8)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_a_caller_who_is_led_in_after_the_goodbye_is_let_go_of_all_the_same(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(2)
    with desk.work() as session:  # the goodbye went out first, and then the request that led the caller in
        session.get_one(Offer, desk.offers()[0].id).ending = True
    call = desk.call(phone.sid)
    news = {"StatusCallbackEvent": "participant-join", "ParticipantLabel": "caller", "ConferenceSid": "CF" + "1" * 32}
    post(desk, f"/ivr/conference/{call.id}", form(phone.sid, **news))
    desk.line.advance(10)
    assert phone.state == "completed"
    assert desk.call(phone.sid).state is CallState.ENDED
