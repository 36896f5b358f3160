"""Errands at the telephone company: one handler for each topic of the outbox.

No transaction is open while we talk to the world. Every errand first asks the database whether it
is still wanted, so a second run of the same errand finds nothing to do; the one act that cannot be
undone by repeating it, ringing somebody, is never repeated when its fate is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.context import context, unit_of_work
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Contact
from callcenter.domain.telephony import Browser, LineBusy, LineGone, LineRefused
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls
from callcenter.services.duty import presence
from callcenter.services.talks import handover, ringing, room

Facts = dict[str, Any]

ATTEMPT = "attempt"
"""Under this name an errand finds the how manieth try this is."""

ERRAND = "errand"
"""And under this one its own id in the outbox."""

CLOCKS_APART = timedelta(minutes=6)
"""So far the telephone company's clock and ours may differ; a leg asked for earlier is known to its own offer."""

SURELY_LISTED = timedelta(seconds=5)
"""So long after a ring was asked for, a leg that no list has shown is not waited for any more …"""
LOOKED_TWICE = 3
"""… if a list has been looked at twice (the first try of the errand was the ring itself) …"""
RINGS_ON = timedelta(seconds=5)
"""… or if the ring must be over in any case, as so much is added to the time that was asked for."""

HANDLERS: dict[str, Callable[[Facts], str]] = {}
"""Topic → handler; a handler returns a code of how it went, or raises ``LineBusy`` to be run again."""


class NotReady(Exception):
    """Raised when an errand cannot be done yet, as the leg's SID is unknown; it is tried again shortly."""


def handles(topic: str) -> Callable[[Callable[[Facts], str]], Callable[[Facts], str]]:
    def register(handler: Callable[[Facts], str]) -> Callable[[Facts], str]:
        HANDLERS[topic] = handler
        return handler

    return register


@handles("ring")
def ring(facts: Facts) -> str:
    """Ring the counsellor of an offer, at most once.

    Whoever comes here again, after no answer or a worker's death, looks for the leg instead of asking for another.
    """
    here, offer_id = context(), facts["offer"]
    with unit_of_work() as session:
        offer = session.get(Offer, offer_id)
        if offer is None or offer.state is not OfferState.PENDING:
            return "not_wanted"
        now = here.ports.clock.now()
        asked_at, offer.dialled_at = offer.dialled_at, offer.dialled_at or now
        to, seconds = _destination(session, offer), ringing.ring_seconds(offer, here.settings.policy)
    if asked_at is not None:
        age, rung_out = now - asked_at, timedelta(seconds=seconds) + RINGS_ON
        surely = age >= rung_out or (age >= SURELY_LISTED and facts[ATTEMPT] >= LOOKED_TWICE)
        return _look_for_ring(offer_id, to, asked_at, surely=surely)
    urls = WebhookUrls(here.settings.public_base_url)
    try:
        if to is None:
            raise LineRefused("nowhere to ring")
        sid = here.ports.telephony.ring(
            to,
            answer_url=urls.offer(offer_id, "answer"),
            status_url=urls.offer(offer_id, "status"),
            timeout=seconds,
        )
    except LineRefused as refused:
        return _unreachable(offer_id, type(refused).__name__)
    except (LineBusy, LineGone) as not_taken:
        with unit_of_work() as session:
            session.get_one(Offer, offer_id).dialled_at = None  # surely not rung, so it may be tried again
        raise (NotReady if isinstance(not_taken, LineGone) else not_taken) from None  # gone: no such account
    with unit_of_work() as session:
        offer = ringing.find(session, offer_id)
        if offer is not None:
            offer.leg_sid = offer.leg_sid or sid
    return "done"


def _look_for_ring(offer_id: str, to: str | Browser | None, asked_at: datetime, *, surely: bool) -> str:
    """Find a ring of unknown fate among the newest legs of that telephone; if *surely* not there, free the counsellor.

    The telephone company knows nothing of offers, only of the legs to a number; one that no offer knows is this one's.
    """
    legs = [] if to is None else context().ports.telephony.legs_to(to, since=asked_at - CLOCKS_APART)
    with unit_of_work() as session:
        offer = ringing.find(session, offer_id)
        if offer is None or offer.leg_sid is not None or offer.state is not OfferState.PENDING:
            return "not_wanted"
        known = set(session.scalars(select(Offer.leg_sid).where(Offer.leg_sid.in_([leg.sid for leg in legs]))))
        leg = next((leg for leg in legs if leg.sid not in known and not leg.state.over), None)
        if leg is not None:
            offer.leg_sid = leg.sid
            return "found"
        if not surely:
            raise NotReady
    return _not_rung(offer_id)


def _not_rung(offer_id: str) -> str:
    """Close an offer whose ring seems never to have been taken, so that somebody else is rung at once.

    Nobody is blamed, and a leg that shows itself later after all is hung up.
    """
    with unit_of_work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        if offer is not None:
            room.end_ring(session, call, offer, OfferState.CANCELLED, now=context().ports.clock.now())
    return "not_rung"


def _destination(session: Session, offer: Offer) -> str | Browser | None:
    if offer.contact is Contact.PHONE:
        staff = session.get(Staff, offer.staff_id)
        return None if staff is None else staff.phone
    row = session.get(Presence, offer.staff_id)
    return None if row is None or row.lease is None else Browser(row.identity)


def _unreachable(offer_id: str, why: str) -> str:
    with unit_of_work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        if offer is not None:
            now = context().ports.clock.now()
            room.end_ring(session, call, offer, OfferState.MISSED, now=now, unreachable=True, leg_open=False)
            row = presence.lock(session, offer.staff_id)
            if row is not None and row.work is Work.AVAILABLE:  # what is refused once is refused every time
                presence.set_unreachable(session, row, now=now)
    return why


@handles("bring_caller")
def bring_caller(facts: Facts) -> str:
    """Take the claimed caller out of the holding queue into the room; the caller also comes by itself within 20 s.

    Only the queue is asked: it lets go of a caller once. A redirect would reach them wherever they are, and tear
    apart two who talk already because the caller came by itself between our look and our request.
    """
    here, offer_id = context(), facts["offer"]
    with unit_of_work() as session:
        call = _claimed(session, offer_id)
        if call is None:
            return "not_wanted"
        caller_sid, queue_sid = call.caller_sid, call.queue_sid
    if not queue_sid:
        raise NotReady  # their first wait document tells which queue it is
    try:
        url = WebhookUrls(here.settings.public_base_url).join(offer_id)
        here.ports.telephony.take_from_queue(queue_sid, caller_sid, url)
    except LineGone:
        return _not_in_queue(offer_id, caller_sid)
    return "done"


def _not_in_queue(offer_id: str, caller_sid: str) -> str:
    """Find out why a claimed caller is not in the queue: gone, in the room by itself, or still on the way."""
    try:
        over = context().ports.telephony.leg_state(caller_sid).over
    except LineGone:
        over = False  # nobody knows this leg: that it has ended is not said
    if over:
        _caller_gone(caller_sid)
        return "gone"
    with unit_of_work() as session:
        ringing.find_with_call(session, offer_id)  # locked before it is looked at
        if _claimed(session, offer_id) is None:
            return "came_by_itself"
    raise NotReady


def _claimed(session: Session, offer_id: str) -> Call | None:
    """Return the call that this offer has claimed while its caller has not been let into the room."""
    call = _call_of(session, offer_id)
    return call if call is not None and call.state is CallState.CLAIMED else None


@handles("rescue_caller")
def rescue_caller(facts: Facts) -> str:
    """Give a caller whose counsellor was lost to the colleague who is there, or to the head of the queue."""
    with unit_of_work() as session:
        ringing.find_with_call(session, facts["offer"])  # locked before it is looked at
        call = _call_of(session, facts["offer"])
        if call is None or call.state is CallState.WAITING:
            return "not_wanted"
        if handover.promote_colleague(session, call, now=context().ports.clock.now()):
            return "promoted"
        caller_sid = call.caller_sid
    return _lead(caller_sid, WebhookUrls(context().settings.public_base_url).requeue(facts["offer"]))


@handles("say_bye")
def say_bye(facts: Facts) -> str:
    """End the caller's leg after the counsellor's goodbye, or with the announcement that replaces it."""
    with unit_of_work() as session:
        call = _call_of(session, facts["offer"])
        if call is None:
            return "not_wanted"
        caller_sid = call.caller_sid
    way = f"bye/{facts['parting']}" if facts.get("parting") else "bye"
    return _lead(caller_sid, WebhookUrls(context().settings.public_base_url).voice(way))


@handles("hang_up")
def hang_up(facts: Facts) -> str:
    """End a counsellor's leg that is no longer wanted."""
    with unit_of_work() as session:
        offer = session.get(Offer, facts["offer"])
        if offer is None or offer.state in LIVE_OFFERS:
            return "not_wanted"
        leg_sid, answered = offer.leg_sid, offer.joined_at is not None or offer.answered_at is not None
    if leg_sid is None:
        raise NotReady
    try:
        context().ports.telephony.hang_up(leg_sid, answered=answered)
    except LineRefused:
        if answered:
            raise
        # answered in the same moment: cancelling is no longer possible
        context().ports.telephony.hang_up(leg_sid, answered=True)
    return "done"


@handles("say_taken")
def say_taken(facts: Facts) -> str:
    """Tell a counsellor who picked up beside another that the other one has the caller; their leg ends with it."""
    with unit_of_work() as session:
        offer = session.get(Offer, facts["offer"])
        if offer is None or offer.leg_sid is None:
            return "not_wanted"
        leg_sid = offer.leg_sid
    url = WebhookUrls(context().settings.public_base_url).offer(facts["offer"], "enter")
    context().ports.telephony.redirect(leg_sid, url)
    return "done"


def _call_of(session: Session, offer_id: str) -> Call | None:
    """Return the running call that this offer holds, read anew: an errand looks more than once."""
    offer = session.get(Offer, offer_id, populate_existing=True)
    held = offer is not None and offer.state not in OPEN_OFFERS
    call = session.get(Call, offer.call_id, populate_existing=True) if offer is not None and held else None
    return None if call is None or call.state is CallState.ENDED or call.offer_id != offer_id else call


def _lead(caller_sid: str, url: str) -> str:
    """Make the caller's leg fetch *url*; if it says itself that it has ended, end the call."""
    try:
        context().ports.telephony.redirect(caller_sid, url)
    except LineGone:
        if not has_ended(caller_sid):
            raise NotReady from None
        _caller_gone(caller_sid)
        return "gone"
    return "done"


def has_ended(leg_sid: str) -> bool:
    """Return whether the leg says that it has ended, or is unknown there; one such answer alone decides nothing."""
    try:
        return context().ports.telephony.leg_state(leg_sid).over
    except LineGone:
        return True


def _caller_gone(caller_sid: str) -> None:
    with unit_of_work() as session:
        call = calls.find(session, caller_sid)
        if call is not None:
            room.caller_leg_ended(session, call, now=context().ports.clock.now())
