"""Rings of which nobody knows what became: found again, or given up soon and without blame."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.services.calls import dispatching
from tests.desk import Desk


def test_a_ring_that_a_dead_worker_never_asked_for_is_given_up_without_blame(desk: Desk) -> None:
    counsellor = desk.counsellor()
    _dies_before_ringing(desk)
    assert counsellor.handset.calls == []
    desk.line.advance(8)
    assert desk.offers()[0].state is OfferState.CANCELLED
    assert len(counsellor.handset.calls) == 1
    assert counsellor.presence.misses == 0


def test_a_ring_whose_every_news_was_lost_is_found_by_its_telephone(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.faults.next_rest, desk.line.faults.lost = ["rest_timeout"], 1
    phone = desk.line.dial()
    desk.line.advance(6)
    (offer,) = desk.offers()
    assert offer.leg_sid == counsellor.handset.sid
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert len(counsellor.handset.calls) == 1
    assert desk.call(phone.sid).state in {CallState.CONNECTING, CallState.TALKING}


def test_a_leg_of_an_earlier_ring_is_not_taken_for_a_new_one(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(7)
    desk.line.faults.next_rest = ["rest_lost"]
    counsellor.handset.declines()
    desk.line.advance(12)
    first, lost, *_ = desk.offers()
    assert (lost.state, lost.leg_sid) == (OfferState.CANCELLED, None)
    assert counsellor.rings
    assert counsellor.handset.sid != first.leg_sid


def test_nobody_is_put_away_for_rings_that_were_never_made(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.faults.rest_429 = 1
    desk.line.dial()
    desk.line.advance(100)
    assert {offer.state for offer in desk.offers()} <= {OfferState.CANCELLED, OfferState.PENDING}
    assert counsellor.presence.misses == 0
    desk.line.faults.rest_429 = 0
    desk.line.advance(20)
    assert len(counsellor.handset.calls) == 1


def test_wrong_keys_are_told_to_the_operator_and_held_against_nobody(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    counsellor = desk.counsellor()
    desk.line.faults.next_rest = ["rest_401"] * 3
    desk.line.dial()
    desk.line.advance(20)
    assert caplog.text.count("does not let us in") == 1
    assert counsellor.rings


def _dies_before_ringing(desk: Desk) -> None:
    desk.working = False
    desk.line.dial()
    desk.line.advance(4)
    with desk.work() as session:
        (offer,) = dispatching.dispatch(session, now=desk.clock.now(), policy=desk.settings.policy)
        offer.dialled_at = desk.clock.now()
    desk.working = True


def test_a_leg_that_we_cannot_answer_hears_the_fallback(desk: Desk) -> None:
    object.__setattr__(desk.telephony, "fallback_url", "https://handler.test/bin")
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    fallback = counsellor.handset.leg.fallback
    assert fallback is not None
    assert fallback.url == "https://handler.test/bin"


def test_the_first_news_of_a_ring_may_be_quicker_than_the_answer_to_our_request(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counsellor = desk.counsellor()
    rings = TwilioLine.ring

    def answers_late(line: TwilioLine, *args: Any, **more: Any) -> str:
        sid = rings(line, *args, **more)
        desk.working = False
        desk.line.advance(1)  # initiated and ringing are told meanwhile
        desk.working = True
        (offer,) = desk.offers()
        assert (offer.leg_sid, offer.state) == (sid, OfferState.RINGING)
        return sid

    monkeypatch.setattr(TwilioLine, "ring", answers_late)
    phone = desk.line.dial()
    desk.line.advance(6)
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert len(counsellor.handset.calls) == 1
