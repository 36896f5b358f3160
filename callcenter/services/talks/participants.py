"""What a counsellor does in a running talk: hold, mute, and playing announcements.

Hold and mute are wishes kept in the database; the errand makes the room follow them and looks
again afterwards, so that of two presses the later one wins, whatever becomes of the requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.talks.talk import ABUSE, Help, NotNow, TooEarly, may_say
from callcenter.models.calls.calls import Call, CallEvent, Offer
from callcenter.services.calls import calls
from callcenter.services.delivery import live, outbox
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

SAID = "said"
"""The event that an announcement was played to the caller; its fact is the announcement's code."""

PLAYED = "played"
"""The event that it was over; its fact is the code, too."""

SHORTEST = timedelta(seconds=2)
"""What is told as over so soon after the press was the announcement before it."""

LONGEST = timedelta(seconds=60)
"""By then every announcement is over, whether or not we were told."""

PLAYED_FOR = timedelta(seconds=15)
"""So long it is news that an announcement is over."""

NOT_HANDED_OVER = "D06"
"""The announcement that nobody could take over; not a counsellor's button, but a failed hand-over says it."""

COLLEAGUE_COMES = "D15"
"""The announcement that a colleague joins the talk."""

TWICE = timedelta(seconds=3)
"""The same button pressed again within this is one press."""

LOOK_AGAIN = timedelta(seconds=20)
"""So often a room whose caller hears music is looked into; news of a lost leg may itself be lost."""


@dataclass(frozen=True)
class RequestedHold:
    """Whether the caller should be on hold, and the room and leg it concerns."""

    call_id: str
    room: str
    room_sid: str | None
    caller_sid: str
    held: bool
    announced: bool
    """The music is preceded by the words that somebody else takes over."""


def holds_talk(call: Call, offer: Offer) -> bool:
    """Return whether the talk runs and this leg is its counsellor's."""
    return call.state is CallState.TALKING and call.offer_id == offer.id and not offer.ending


def put_on_hold(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Put the caller on hold; twice is once. ``NotNow`` unless the talk is this counsellor's."""
    if not holds_talk(call, offer):
        raise NotNow
    if call.held_at is None:
        calls.log_event(session, call, "held", now=now, staff_id=offer.staff_id)
        request_hold(session, call, held=True, now=now)


def take_off_hold(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Take the caller off hold; not while a colleague is consulted, as they speak about the caller."""
    if not holds_talk(call, offer) or call.consult_id is not None:
        raise NotNow
    if call.held_at is not None:
        calls.log_event(session, call, "unheld", now=now, staff_id=offer.staff_id)
        request_hold(session, call, held=False, now=now)


def request_hold(session: Session, call: Call, *, held: bool, now: datetime) -> None:
    """Store whether the caller should be on hold, and send the errand that changes the room."""
    call.held_at = (call.held_at or now) if held else None
    call.hold_asked_at = now
    outbox.put(session, "set_hold", now=now, call=call.id)
    live.publish(session, live.LINE, now=now)


def requested_hold(session: Session, call_id: str) -> RequestedHold | None:
    """Return whether the caller should be on hold; None once the talk is over."""
    call = session.get(Call, call_id)
    if call is None or call.state is not CallState.TALKING:
        return None
    consulted = session.get(Offer, call.consult_id) if call.consult_id else None
    announced = consulted is not None and consulted.announced
    return RequestedHold(call.id, call.room, call.conference_sid, call.caller_sid, call.held_at is not None, announced)


def confirm_hold(session: Session, call_id: str, *, held: bool, now: datetime) -> None:
    """Store that the room has put the caller on hold, or taken them off."""
    call = calls.find_by_id(session, call_id)
    if call is not None and call.on_hold is not held:
        call.on_hold = held
        live.publish(session, live.LINE, now=now)


def recheck_holds(session: Session, *, now: datetime) -> None:
    """Send the errands that check calls on hold again and again, so that nobody is left with music."""
    query = (
        select(Call)
        .where(Call.state == CallState.TALKING, or_(Call.held_at.is_not(None), Call.on_hold.is_(True)))
        .where(Call.hold_asked_at <= now - LOOK_AGAIN)
        .with_for_update(skip_locked=True, key_share=True)
    )
    for call in session.scalars(query):
        call.hold_asked_at = now
        if call.on_hold is not (call.held_at is not None):
            outbox.put(session, "set_hold", now=now, call=call.id)
        outbox.put(session, "look_into_hold", now=now, call=call.id)


def set_muted(session: Session, offer: Offer, *, muted: bool, now: datetime) -> None:
    """Mute or unmute this leg; ``NotNow`` before it is in the room."""
    if offer.state is not OfferState.JOINED:
        raise NotNow
    if offer.muted is not muted:
        offer.muted = muted
        outbox.put(session, "set_mute", now=now, offer=offer.id)
        live.publish(session, live.staff_topic(offer.staff_id), now=now)


def phrases_said(session: Session, call: Call) -> list[CallEvent]:
    """Return the announcements played to the caller by a button so far, oldest first."""
    query = select(CallEvent).where(CallEvent.call_id == call.id, CallEvent.kind == SAID)
    return list(session.scalars(query.order_by(CallEvent.seq)))


@dataclass(frozen=True)
class Playing:
    """The announcement that is playing to the caller, or has just been played."""

    what: Help
    over: bool


def playing(session: Session, call: Call, *, now: datetime) -> Playing | None:
    """Return the announcement that plays or was played a moment ago; None after that, or if its end is not told."""
    last = _last_played(session, call)
    if last is None or now - last.at > (PLAYED_FOR if last.kind == PLAYED else LONGEST):
        return None
    return Playing(Help(last.facts["code"]), last.kind == PLAYED)


def note_played(session: Session, call: Call, *, at: datetime, now: datetime) -> None:
    """Record that the announcement of a counsellor's button is over; the line's own ones are none of these."""
    last = _last_played(session, call)
    if last is None or last.kind == PLAYED or at - last.at < SHORTEST:
        return
    calls.log_event(session, call, PLAYED, now=now, staff_id=last.staff_id, code=last.facts["code"])
    if last.staff_id is not None:
        live.publish(session, live.staff_topic(last.staff_id), now=now)


def _last_played(session: Session, call: Call) -> CallEvent | None:
    query = select(CallEvent).where(CallEvent.call_id == call.id, CallEvent.kind.in_((SAID, PLAYED)))
    return session.scalars(query.order_by(CallEvent.seq.desc()).limit(1)).first()


def say(session: Session, call: Call, offer: Offer, what: Help, *, now: datetime) -> bool:
    """Play *what* to the caller, and return whether it was not just played.

    ``NotNow`` unless the caller is in the talk, ``TooEarly`` by ``may_say``. G03 is to be followed by the end.
    """
    if not holds_talk(call, offer) or call.held_at is not None:
        raise NotNow
    before = phrases_said(session, call)
    if any(one.facts["code"] == what and now - one.at < TWICE for one in before):
        return False
    talked = now - (call.talked_at or now)
    if not may_say(what, talked=talked, said={one.facts["code"] for one in before}):
        raise TooEarly
    calls.log_event(session, call, SAID, now=now, staff_id=offer.staff_id, code=what)
    if what in ABUSE:  # who was warned, when and by whom must be provable if the call is ended for it
        subject, by = Subject("call", call.id), staff_member(offer.staff_id)
        audit.record(session, actor=by, action="call.warn", subject=subject, facts={"code": what}, now=now)
    if what is not Help.END:
        announce(session, call, what, now=now)
    live.publish(session, live.staff_topic(offer.staff_id), now=now)
    return True


def announce(session: Session, call: Call, code: str, *, now: datetime) -> None:
    """Send the errand that plays an announcement to the caller; if late, it is not played any more."""
    outbox.put(session, "announce", now=now, call=call.id, code=code, at=now.isoformat())
