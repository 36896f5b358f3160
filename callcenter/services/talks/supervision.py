"""Listening: a supervisor hears a talk, may whisper to the counsellor or join in, and leaves again.

The supervisor's leg is an offer with the purpose ``listen``. It never owns the call, so whatever becomes
of it ends nothing. How they take part is a wish kept in the database; the errand makes the room follow
and looks again afterwards. Every start, change and end leaves an entry in the trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.duty.presence import BOUND
from callcenter.domain.errors import HelplineError
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.domain.talks.supervision import Mode
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls
from callcenter.services.delivery import live, outbox
from callcenter.services.duty import availability, presence
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor, Subject, staff_member


class TalkOver(HelplineError):
    """Raised when nobody talks in that call (any more)."""

    message = "この通話は、もう終わりました。ほかの通話を選んでください。"


class NotConnectedYet(HelplineError):
    """Raised while caller and counsellor are still being connected."""

    message = "いま、つながるところです。通話中になってから、もう一度お試しください。"


class Busy(HelplineError):
    """Raised when the supervisor is being rung or talks with a caller."""

    message = "ご自分の電話が終わってから、お聴きください。"


class OtherTalk(HelplineError):
    """Raised when the supervisor listens to another talk."""

    message = "ほかの通話を聴いています。「やめる」を押してから、もう一度お試しください。"


class NoPhone(HelplineError):
    """Raised when the supervisor's browser cannot be rung."""

    message = "ご自分の電話が、つながっていません。「相談員の画面」を別のタブで開いたまま、もう一度お試しください。"


class NotListening(HelplineError):
    """Raised when the supervisor is not (or no longer) in that talk."""

    message = "この通話は、もう聴いていません。聴くときは、いまの回線の「聴く」を押してください。"


@dataclass(frozen=True)
class RequestedMode:
    """How a supervisor's leg should take part, and the room and legs it concerns."""

    offer_id: str
    leg_sid: str
    room: str
    room_sid: str | None
    mode: Mode
    coached_sid: str | None
    """The leg that alone hears a whisper."""


def listen(session: Session, call_id: str, *, by: Staff, now: datetime, policy: Policy) -> Offer:
    """Ring the supervisor's telephone to listen to a talk; twice is once.

    Raises ``NotAllowed``, ``TalkOver``, ``NotConnectedYet``, ``Busy``, ``OtherTalk`` or ``NoPhone``.
    """
    check(by.role, Action.LEAD)
    call = calls.find_by_id(session, call_id)
    row = presence.lock_or_create(session, by, now=now)
    known = session.get(Offer, row.listening_id) if row.listening_id else None
    if known is not None and known.call_id == call_id:
        return known
    if call is None or call.state in {CallState.ENDED, CallState.WAITING}:
        raise TalkOver
    if call.state is not CallState.TALKING:
        raise NotConnectedYet
    _check(row, known, now, policy)
    return ring_listener(session, call, row, row.contact, now=now)


def ring_listener(
    session: Session, call: Call, row: Presence, contact: Contact, *, now: datetime, summoned: bool = False
) -> Offer:
    """Ring a supervisor's device for a talk: one who wished to listen, or is *summoned* by its counsellor."""
    offer = Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=row.staff_id,
        purpose=Purpose.LISTEN,
        state=OfferState.PENDING,
        contact=contact,
        rung_at=now,
        mode=Mode.LISTEN,
        summoned=summoned,
    )
    session.add(offer)
    row.listening_id = offer.id
    session.flush()  # a second live leg fails here, before anything is rung
    what, by = ("summon", SYSTEM) if summoned else ("listen", staff_member(row.staff_id))
    _note(session, offer, what, by=by, now=now, counsellor=_counsellor(session, call))
    outbox.put(session, "ring", now=now, offer=offer.id)
    return offer


def _check(row: Presence, known: Offer | None, now: datetime, policy: Policy) -> None:
    if row.work in BOUND:
        raise Busy
    if known is not None:
        raise OtherTalk
    if not availability.can_ring(row, now=now, policy=policy):
        raise NoPhone


def admit_supervisor(session: Session, offer: Offer, call: Call, *, now: datetime) -> bool:
    """Let the supervisor who picked up into the room; False if the talk has just ended."""
    if offer.state not in OPEN_OFFERS:
        return False
    if call.state is not CallState.TALKING:
        end_listening(session, offer, OfferState.LOST, now=now, leg_open=False)
        return False
    offer.state = OfferState.CLAIMED
    if offer.summoned:
        by, counsellor = staff_member(offer.staff_id), _counsellor(session, call)
        _note(session, offer, "listen", by=by, now=now, counsellor=counsellor)
    _tell(session, offer, now=now)
    return True


def supervisor_joined(session: Session, offer: Offer, *, at: datetime, now: datetime) -> None:
    """Record that the supervisor's leg is in the room, muted."""
    if offer.state not in LIVE_OFFERS or offer.joined_at is not None:
        return
    offer.state, offer.joined_at, offer.mode_set = OfferState.JOINED, at, Mode.LISTEN
    if offer.mode is not Mode.LISTEN:
        outbox.put(session, "set_listening", now=now, offer=offer.id)
    _tell(session, offer, now=now)


def set_mode(session: Session, offer: Offer, mode: Mode, *, by: Staff, now: datetime) -> None:
    """Request another mode; ``NotListening`` if the leg is not there or somebody else's."""
    if offer.purpose is not Purpose.LISTEN or offer.staff_id != by.id or offer.state not in LIVE_OFFERS:
        raise NotListening
    _request_mode(session, offer, mode, by=staff_member(by.id), now=now)


def stop_listening(session: Session, offer: Offer, *, by: Staff, now: datetime) -> None:
    """End the supervisor's leg; the talk goes on. Twice is once. ``NotListening`` for others."""
    if offer.purpose is not Purpose.LISTEN or offer.staff_id != by.id:
        raise NotListening
    _end(session, offer, by=staff_member(by.id), now=now)


def _end(session: Session, offer: Offer, *, by: Actor, now: datetime) -> None:
    state = OfferState.CANCELLED if offer.state in OPEN_OFFERS else OfferState.LEFT
    end_listening(session, offer, state, now=now, by=by)


def end_listening(
    session: Session,
    offer: Offer,
    state: OfferState,
    *,
    now: datetime,
    at: datetime | None = None,
    by: Actor = SYSTEM,
    leg_open: bool = True,
) -> None:
    """Record that the supervisor's part is over, however it ended."""
    if offer.state not in LIVE_OFFERS:
        return
    what = "summon_end" if offer.summoned and offer.state in OPEN_OFFERS else "listen_end"
    offer.state, offer.left_at = state, at or now
    row = presence.lock(session, offer.staff_id)
    if row is not None and row.listening_id == offer.id:
        row.listening_id = None
    _note(session, offer, what, by=by, now=now, state=state, heard=offer.joined_at is not None)
    if leg_open:
        outbox.put(session, "hang_up", now=now, offer=offer.id)


def end_listening_of(session: Session, staff_id: str, *, now: datetime) -> None:
    """End the listening of somebody who signs out or is no supervisor any more."""
    row = session.get(Presence, staff_id)
    offer = session.get(Offer, row.listening_id) if row is not None and row.listening_id else None
    if offer is not None:
        calls.find_by_id(session, offer.call_id)  # locked first, as everywhere
        session.refresh(offer, with_for_update=True)
        _end(session, offer, by=SYSTEM, now=now)


def end_listening_for_take_over(session: Session, offer: Offer, *, now: datetime) -> None:
    """Record that the supervisor stays in the room as its counsellor."""
    offer.mode = offer.mode_set = None
    row = presence.lock(session, offer.staff_id)
    if row is not None:
        row.listening_id = None
    _note(session, offer, "listen_end", by=staff_member(offer.staff_id), now=now, state="took_over", heard=True)


def end_all_listening(session: Session, legs: Sequence[Offer], *, now: datetime) -> None:
    """End the listening of *legs*, as the caller has left and the room has ended."""
    for offer in legs:
        if offer.purpose is Purpose.LISTEN and offer.state in LIVE_OFFERS:
            _end(session, offer, by=SYSTEM, now=now)


def retarget_whispers(session: Session, call: Call, *, now: datetime) -> None:
    """Let whispers go to the new counsellor of the talk; without one the whisperer only listens."""
    coached = session.get(Offer, call.offer_id) if call.offer_id else None
    there = coached is not None and coached.state is OfferState.JOINED
    for offer in listeners(session, call.id):
        if offer.mode is Mode.WHISPER:
            offer.mode_set = None
            _request_mode(session, offer, Mode.WHISPER if there else Mode.LISTEN, by=SYSTEM, now=now, anew=True)


def listeners(session: Session, call_id: str) -> Sequence[Offer]:
    """Return the supervisors' legs in a call, locked, the first one first."""
    query = select(Offer).where(Offer.call_id == call_id, Offer.purpose == Purpose.LISTEN, Offer.state.in_(LIVE_OFFERS))
    return session.scalars(query.order_by(Offer.rung_at, Offer.id).with_for_update(key_share=True)).all()


def requested_mode(session: Session, offer_id: str) -> RequestedMode | None:
    """Return how the leg should take part; None once the supervisor has left."""
    offer = session.get(Offer, offer_id)
    if offer is None or offer.state is not OfferState.JOINED or offer.mode is None or offer.leg_sid is None:
        return None
    call = session.get_one(Call, offer.call_id)
    coached = session.get(Offer, call.offer_id) if call.offer_id else None
    coached_sid = coached.leg_sid if coached is not None and offer.mode is Mode.WHISPER else None
    return RequestedMode(offer.id, offer.leg_sid, call.room, call.conference_sid, offer.mode, coached_sid)


def confirm_mode(session: Session, offer_id: str, mode: Mode, *, now: datetime) -> None:
    """Store that the room has set the mode, unless another one was requested meanwhile."""
    offer = session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is not None and offer.state in LIVE_OFFERS and offer.mode is not None:
        offer.mode_set = mode if offer.mode is mode else None
        _tell(session, offer, now=now)


def fall_back_to_listening(session: Session, offer_id: str, *, now: datetime) -> None:
    """Request listening instead of whispering, as the counsellor's leg is not in the room."""
    offer = session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is not None and offer.state in LIVE_OFFERS and offer.mode is Mode.WHISPER:
        _request_mode(session, offer, Mode.LISTEN, by=SYSTEM, now=now)


def _request_mode(session: Session, offer: Offer, mode: Mode, *, by: Actor, now: datetime, anew: bool = False) -> None:
    """Request a mode for the leg; the same one again only resends the errand if the room has not followed."""
    if offer.mode is not mode or anew:
        offer.mode = mode
        counsellor = _counsellor(session, session.get(Call, offer.call_id))
        _note(session, offer, "listen_mode", by=by, now=now, mode=mode, counsellor=counsellor)
    elif offer.mode_set is mode:
        return
    if offer.state is OfferState.JOINED:
        outbox.put(session, "set_listening", now=now, offer=offer.id)


def _counsellor(session: Session, call: Call | None) -> str | None:
    answered = session.get(Offer, call.offer_id) if call is not None and call.offer_id else None
    return None if answered is None else answered.staff_id


def _note(session: Session, offer: Offer, what: str, *, by: Actor, now: datetime, **facts: Any) -> None:
    """Write the trail, the call's log and a hint to the screens, in this transaction."""
    known = {"staff": offer.staff_id, "offer": offer.id} | facts
    subject = Subject("call", offer.call_id)
    audit.record(session, actor=by, action=f"call.{what}", subject=subject, facts=known, now=now)
    call = session.get(Call, offer.call_id)
    if call is not None:
        calls.log_event(session, call, what, now=now, staff_id=offer.staff_id, **facts)
    _tell(session, offer, now=now)


def _tell(session: Session, offer: Offer, *, now: datetime) -> None:
    live.publish(session, live.LINE, now=now)
    live.publish(session, live.staff_topic(offer.staff_id), now=now)
