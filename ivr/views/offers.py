"""Webhooks of a counsellor's leg: picked up, key pressed, progress, end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.staff.roles import Contact
from callcenter.domain.telephony import LegState
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.talks import consult, ringing, room, summons, supervision
from ivr import scenes
from ivr.answer import news, script, words_only
from ivr.blueprint import bp
from ivr.payloads import Form, LegNews, call_sid, keys
from ivr.scripts import ending, offers
from ivr.stand_ins import hang_up, on_pick_up

QUICKLY = 2.0
"""Seconds after the dial; a device that is busy before then cannot have rung."""


@bp.post("/offer/<offer_id>/answer")
@script(on_pick_up)
def answer(form: Form, session: Session, now: datetime, offer_id: str) -> str:
    """Answer a leg that was picked up: a browser takes the call, a telephone must still press 1."""
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or call is None or offer.state not in OPEN_OFFERS:
        return _decided(session, offer, form)
    offer.leg_sid, offer.answered_at = call_sid(form) or None, now
    if offer.contact is Contact.BROWSER:
        return _claim(session, offer, call, now)
    offer.state = OfferState.SCREENING
    if offer.purpose is Purpose.LISTEN:
        return offers.ask_to_listen(scenes.webhook_urls().offer(offer.id, "screen"), summoned=offer.summoned)
    whisper = None if offer.purpose is Purpose.CONSULT else scenes.whisper(session, call, now)
    return offers.screen(offers.Screen(scenes.webhook_urls().offer(offer.id, "screen"), whisper))


@bp.post("/offer/<offer_id>/screen")
@script(hang_up)
def screen(form: Form, session: Session, now: datetime, offer_id: str) -> str:
    """Answer the key on a counsellor's telephone: 1 takes the call, another declines it, none is a miss."""
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or call is None or offer.state not in OPEN_OFFERS:
        return _decided(session, offer, form)
    pressed = keys(form)
    if offer.summoned and pressed in {"1", "2"}:
        summons.acknowledge_by_telephone(session, offer, now=now)
    if pressed == "1":
        return _claim(session, offer, call, now)
    not_taken = OfferState.DECLINED if pressed else OfferState.MISSED
    room.end_ring(session, call, offer, not_taken, now=now, leg_open=False)
    return offers.seen() if offer.summoned and pressed == "2" else offers.declined()


@bp.post("/offer/<offer_id>/enter")
@script(hang_up, fresh=True)
def enter(form: Form, session: Session, _now: datetime, offer_id: str) -> str:
    """Answer a colleague who waits until the caller is on hold."""
    return _decided(session, ringing.find(session, offer_id), form)


def _claim(session: Session, offer: Offer, call: Call, now: datetime) -> str:
    if offer.purpose is Purpose.LISTEN:
        entered = supervision.admit_supervisor(session, offer, call, now=now)
        return _in(call, offer) if entered else offers.talk_over()
    claim = consult.claim if offer.purpose is Purpose.CONSULT else ringing.claim
    return _in(call, offer) if claim(session, offer, call, now=now) else _too_late(session, offer)


def _in(call: Call, offer: Offer) -> str:
    """Return the script into the room; two colleagues are let in only while the caller cannot hear them."""
    if offer.purpose is Purpose.LISTEN:
        return scenes.listener_in_room(call, offer)
    if offer.purpose is Purpose.CONSULT and not consult.may_enter(call, offer):
        return scenes.wait_for_hold(offer)
    return scenes.counsellor_in_room(call, offer)


def _decided(session: Session, offer: Offer | None, form: Form) -> str:
    """Answer for an offer that is no longer open: its own claimed leg enters again, any other is too late."""
    if offer is not None and offer.state in LIVE_OFFERS and offer.leg_sid == (call_sid(form) or None):
        call = session.get_one(Call, offer.call_id)
        if call.state is not CallState.ENDED:
            return _in(call, offer)
    if offer is not None and offer.purpose is Purpose.LISTEN:
        return offers.talk_over()
    return _too_late(session, offer)


def _too_late(session: Session, offer: Offer | None) -> str:
    call = None if offer is None else session.get(Call, offer.call_id)
    gone, taken = call is None or call.state is CallState.ENDED, offer is not None and offer.state is OfferState.LOST
    return offers.lost(gone=gone, taken=taken)


@bp.post("/offer/<offer_id>/status")
@news
def ring_news(form: Form, session: Session, now: datetime, offer_id: str) -> None:
    """Take in the progress of a ring, and the end of the leg."""
    read = LegNews.read(form)
    if not read.state.over:
        rings = read.state is LegState.RINGING
        ringing.record_leg_news(session, offer_id, read.call_sid, ringing=rings, now=now)
        return
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None:
        return
    offer.leg_sid = offer.leg_sid or read.call_sid
    if offer.state in OPEN_OFFERS:
        picked_up = read.state is LegState.ENDED  # and put down again, as whoever cannot take the call is asked to
        quick = not picked_up and (now - ringing.dialled_at(offer)).total_seconds() < QUICKLY
        not_taken = OfferState.DECLINED if picked_up else OfferState.MISSED
        room.end_ring(session, call, offer, not_taken, now=now, unreachable=quick, leg_open=False)
    else:
        room.leg_left(session, call, offer, at=read.at or now, now=now)


@bp.post("/leg/<offer_id>/end")
@words_only
def leg_end() -> str:
    """Answer a counsellor's leg whose room has ended."""
    return ending.bye()
