"""Rare forms of ordinary things: odd signatures, odd callers, and people who act in the same moment."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from tests.calls.webhooks import INCOMING, form, post, sign
from tests.desk import ORIGIN, Desk
from tests.line import ACCOUNT

# ---------------------------------------------------------------- signatures


def test_an_address_signed_with_its_port_is_the_same_address(desk: Desk) -> None:
    fields = form()
    with_port = sign(INCOMING, fields, origin=ORIGIN + ":443")
    assert post(desk, INCOMING, fields, signature=with_port).status_code == 200


@pytest.mark.parametrize("query", ["?n=%E3%81%82", "?u=https%3A%2F%2Fx", "?a=1%2B1&a=", "?"])
def test_a_query_is_verified_as_it_stood_in_the_request_line(desk: Desk, query: str) -> None:
    assert post(desk, INCOMING + query, form()).status_code == 200


def test_repeated_and_blank_parameters_belong_to_the_signature(desk: Desk) -> None:
    pairs = [*form().items(), ("Twice", "b"), ("Twice", "a"), ("Blank", "")]
    signature = RequestValidator(ACCOUNT.auth_token).compute_signature(ORIGIN + INCOMING, MultiDict(pairs))
    target: dict[str, Any] = {"RAW_URI": INCOMING, "REQUEST_URI": INCOMING}
    kind = "application/x-www-form-urlencoded"
    for sent, status in ((pairs, 200), (pairs[:-2], 403)):
        answer = desk.app.test_client().post(
            INCOMING,
            data=urlencode(sent),
            content_type=kind,
            headers={"X-Twilio-Signature": signature},
            environ_overrides=target,
        )
        assert answer.status_code == status


def test_a_signed_body_in_json_opens_nothing_as_no_webhook_of_ours_speaks_it(desk: Desk) -> None:
    validator, body = RequestValidator(ACCOUNT.auth_token), '{"AccountSid": "' + ACCOUNT.sid + '"}'
    path = f"{INCOMING}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    answer = desk.app.test_client().post(
        path,
        data=body,
        content_type="application/json",
        headers={"X-Twilio-Signature": validator.compute_signature(ORIGIN + path, {})},
        environ_overrides={"RAW_URI": path, "REQUEST_URI": path},
    )
    assert answer.status_code == 403
    assert desk.calls() == []


# ---------------------------------------------------------------- callers


@pytest.mark.parametrize(
    "shown",
    ["anonymous", "Anonymous", "", "+266696687", "+7378742833", "client:somebody", "sip:a@b.invalid", "+811045000"],
)
def test_whatever_a_caller_shows_they_wait_like_anybody_and_two_of_them_are_two(desk: Desk, shown: str) -> None:
    first, second = desk.line.dial(shown), desk.line.dial(shown)
    desk.line.advance(2)
    assert first.heard == second.heard != []
    calls = desk.calls()
    assert [call.state for call in calls] == [CallState.WAITING] * 2
    assert calls[0].caller_kind == calls[1].caller_kind != "number"
    first.hangs_up()
    assert desk.call(second.sid).state is CallState.WAITING


def test_a_caller_who_hangs_up_in_mid_greeting_has_not_waited(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(1)
    phone.hangs_up()
    desk.line.advance(5)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.ABANDONED_GREETING)
    assert desk.offers() == []


# ---------------------------------------------------------------- news of a ring


@pytest.mark.parametrize("order", [[2, 1, 0], [2, 2, 1, 0, 1], [0, 0, 1, 2, 2], []])
def test_the_news_of_a_declined_ring_in_reverse_twice_or_never_ends_alike(desk: Desk, order: list[int]) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.holds_news()
    desk.line.advance(8)
    counsellor.handset.declines()
    desk.line.sends_news(order)  # initiated, ringing, completed
    desk.line.advance(1 if order else 60)
    assert desk.offers()[0].state is OfferState.MISSED
    assert desk.call(phone.sid).state is CallState.WAITING
    rung = [offer.rung_at for offer in desk.offers()]
    assert all(later > earlier for earlier, later in pairwise(rung))
    assert len({offer.leg_sid for offer in desk.offers()}) == len(rung)


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
def test_however_a_ring_ends_the_caller_goes_on_waiting(desk: Desk, status: str) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(8)
    desk.working = False
    (offer,) = desk.offers()
    told = form(offer.leg_sid or "", CallStatus=status, Direction="outbound-api")
    assert post(desk, f"/ivr/offer/{offer.id}/status", told).status_code == 200
    assert desk.offers()[0].state is OfferState.MISSED
    assert desk.call(phone.sid).state is CallState.WAITING


def test_news_without_a_time_stamp_or_a_number_happened_now(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(9)
    post(desk, "/ivr/voice/status", form(phone.sid, CallStatus="completed"))
    call = desk.call(phone.sid)
    assert call.state is CallState.ENDED
    assert call.ended_at == desk.clock.now()


# ---------------------------------------------------------------- the same moment


def test_a_caller_who_hangs_up_on_the_way_from_the_queue_into_the_room_is_gone_for_good(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    post_webhook = desk.line.engine._post

    def hang_up_first(method: str, url: str, *more: Any) -> Any:
        if "/voice/join/" in url:
            desk.line.engine.hang_up(phone.sid)
        return post_webhook(method, url, *more)

    desk.line.engine._post = hang_up_first
    counsellor.takes_the_call()
    desk.line.advance(10)
    assert desk.call(phone.sid).state is CallState.ENDED
    assert counsellor.work is Work.WRAP_UP
    assert counsellor.handset.state == "completed"


def test_a_telephone_picked_up_in_the_moment_in_which_its_ring_is_cancelled_is_let_go(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    phone.hangs_up()  # the cancelling is still in the outbox …
    counsellor.handset.answers()  # … when the telephone is picked up
    desk.working = True
    desk.line.advance(12)
    assert counsellor.handset.state == "completed"
    assert counsellor.work is Work.AVAILABLE
    assert any("切れました" in text for text in counsellor.handset.heard)


def test_a_one_pressed_after_the_ring_was_given_up_takes_nobody(desk: Desk) -> None:
    first = desk.counsellor("tanto01", phone="+819000000001")
    second = desk.counsellor("tanto02", phone="+819000000002")
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    early, late = (first, second) if first.rings else (second, first)
    early.handset.answers()
    told = form(desk.offers()[0].leg_sid or "", CallStatus="completed", Direction="outbound-api")
    post(desk, f"/ivr/offer/{desk.offers()[0].id}/status", told)  # news that is not true: the leg is still there
    desk.working = True
    desk.line.advance(3)
    late.takes_the_call()
    early.handset.presses("1")
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert late.work is Work.ON_CALL
    assert early.work is Work.AVAILABLE
    assert any("対応済みです" in text for text in early.handset.heard)
