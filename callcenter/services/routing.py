"""Who is rung for whom: the longest-idle counsellor for the caller who is next.

Whatever two processes do at once, the database allows one live offer per caller and one per
counsellor, and a claim changes exactly one row of each kind or nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from callcenter.domain.calls import LIVE_OFFERS, OPEN_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.consultations import Channel
from callcenter.domain.people import Contact
from callcenter.domain.policy import Policy
from callcenter.domain.presence import Work
from callcenter.models.base import new_id
from callcenter.models.columns import Moment
from callcenter.models.telephony import Call, Offer, Presence
from callcenter.services import calls, consultations, outbox, presence, pull, queue, supervision

_BY_ID = select(Offer).where(Offer.id == bindparam("offer_id")).with_for_update(key_share=True)
_WITH_CALL = (
    select(Call, Offer)
    .join(Offer, Offer.call_id == Call.id)
    .where(Offer.id == bindparam("offer_id"))
    .with_for_update(of=(Call, Offer), key_share=True)
)
_RINGING_FOR = (
    select(Offer)
    .where(Offer.call_id == bindparam("call_id"), Offer.state.in_(OPEN_OFFERS))
    .with_for_update(key_share=True)
)

_HEARD_OF = (
    update(Offer)
    .where(Offer.id == bindparam("offer_id"), Offer.leg_sid.is_(None))
    .values(leg_sid=func.coalesce(Offer.leg_sid, bindparam("sid", type_=String)))
)
_HEARD_RINGING = (
    update(Offer)
    .where(Offer.id == bindparam("offer_id"))
    .where(or_(Offer.leg_sid.is_(None), Offer.heard_ringing_at.is_(None), Offer.state == OfferState.PENDING))
    .values(
        leg_sid=func.coalesce(Offer.leg_sid, bindparam("sid", type_=String)),
        heard_ringing_at=func.coalesce(Offer.heard_ringing_at, bindparam("moment", type_=Moment)),
        state=case((Offer.state == OfferState.PENDING, OfferState.RINGING), else_=Offer.state),
    )
)


def is_wanted(session: Session, *, now: datetime, policy: Policy) -> bool:
    """Tell, without locking anything, whether somebody waits whom somebody could be rung for."""
    waits = select(Call.id).where(Call.state == CallState.WAITING, _due(now, policy)).exists()
    free = select(Presence.staff_id).where(queue.offerable(now, policy)).exists()
    return bool(session.scalar(select(and_(waits, free))))


def dispatch(session: Session, *, now: datetime, policy: Policy) -> list[Offer]:
    """Ring one free counsellor for each caller who is due and not being rung for."""
    made = []
    free = session.scalar(select(func.count(Presence.staff_id)).where(queue.offerable(now, policy))) or 0
    due = _callers_due(session, now, policy, limit=free) if free else []
    kept_since = pull.kept_since(session, now=now, policy=policy) if due else None
    for call in due:
        chosen = _longest_idle(session, call, now, policy, supervisors_only=pull.keeps(call, kept_since))
        if chosen is None:
            break  # meanwhile somebody else has rung them
        made.append(_ring(session, call, chosen, now=now))
    return made


def _due(now: datetime, policy: Policy) -> ColumnElement[bool]:
    """The caller has heard enough of the greeting, or has lost a counsellor; and nobody is being rung for them."""
    to_answer = and_(Offer.purpose == Purpose.ANSWER, Offer.state.in_(LIVE_OFFERS))
    rung = select(Offer.id).where(Offer.call_id == Call.id, to_answer).exists()
    return and_(or_(Call.waiting_since <= now - policy.offer_delay, Call.priority > 0), ~rung)


def _callers_due(session: Session, now: datetime, policy: Policy, *, limit: int) -> list[Call]:
    query = (
        queue.waiting_calls().where(_due(now, policy)).limit(limit).with_for_update(skip_locked=True, key_share=True)
    )
    return list(session.scalars(query))


def _longest_idle(
    session: Session, call: Call, now: datetime, policy: Policy, *, supervisors_only: bool
) -> Presence | None:
    """The next counsellor who has not yet let this caller ring out; when all have, a new round begins."""
    free = (
        select(Presence)
        .where(queue.offerable(now, policy))
        .order_by(Presence.idle_since, Presence.staff_id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if supervisors_only:
        free = free.where(Presence.staff_id.in_(pull.SUPERVISORS))
    missed = select(Offer.staff_id).where(
        Offer.call_id == call.id,
        Offer.purpose == Purpose.ANSWER,
        Offer.state.in_((OfferState.MISSED, OfferState.DECLINED)),
        Offer.round == call.round,
    )
    chosen = session.scalar(free.where(Presence.staff_id.not_in(missed)))
    if chosen is not None:
        return chosen
    again = session.scalar(free)
    if again is not None:
        call.round += 1
    return again


def _ring(session: Session, call: Call, free: Presence, *, now: datetime) -> Offer:
    offer = Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=free.staff_id,
        state=OfferState.PENDING,
        purpose=Purpose.ANSWER,
        contact=free.contact,
        rung_at=now,
        round=call.round,
    )
    session.add(offer)
    presence.set_work(free, Work.OFFERED, session, now=now)
    free.offer_id = offer.id
    session.flush()  # a second live offer fails here, before anything is rung
    calls.note(session, call, "rung", now=now, staff_id=free.staff_id)
    outbox.put(session, "ring", now=now, offer=offer.id)
    return offer


def find(session: Session, offer_id: str) -> Offer | None:
    """Return the offer, locked against a second writer."""
    return session.scalar(_BY_ID, {"offer_id": offer_id})


def find_with_call(session: Session, offer_id: str) -> tuple[Offer | None, Call | None]:
    """Return the offer and its call, both locked: the call first, as everybody does; so nobody waits in a circle."""
    found = session.execute(_WITH_CALL, {"offer_id": offer_id}).one_or_none()
    return (None, None) if found is None else (found.Offer, found.Call)


def claim(session: Session, offer: Offer, call: Call, *, now: datetime) -> bool:
    """Let this counsellor have the caller: one offer, one call and one counsellor change, or nothing does.

    *offer* and *call* come locked from ``find_with_call``; the database decides whether the call is still to be had.
    """
    if offer.state not in OPEN_OFFERS:
        return False
    row = presence.find(session, offer.staff_id)
    if row is None:
        return False
    if row.offer_id != offer.id or not _win(session, offer, call, now):
        close(session, offer, OfferState.LOST, now=now)
        return False
    offer.state, offer.claimed_at = OfferState.CLAIMED, now
    row.misses = 0
    presence.set_work(row, Work.CONNECTING, session, now=now)
    calls.note(session, call, "claimed", now=now, staff_id=offer.staff_id)
    consultations.open_draft(
        session,
        call_id=call.id,
        channel=Channel.PHONE,
        counsellor_id=offer.staff_id,
        hint=None if call.key is None else call.key.value,
        now=now,
    )
    outbox.put(session, "bring_caller", now=now, offer=offer.id)
    return True


def _win(session: Session, offer: Offer, call: Call, now: datetime) -> bool:
    """Compare and set: the call is this offer's if it still waits at this very moment."""
    won = session.execute(
        update(Call)
        .where(Call.id == call.id, Call.state == CallState.WAITING)
        .values(state=CallState.CLAIMED, offer_id=offer.id, claimed_at=now, last_news_at=now)
        .returning(Call.id)
    )
    return won.one_or_none() is not None


def heard_of(session: Session, offer_id: str, leg_sid: str, *, ringing: bool, now: datetime) -> None:
    """The counsellor's leg exists, and may be *ringing*; news that adds nothing changes, and locks, no row."""
    learnt = {"offer_id": offer_id, "sid": leg_sid or None, "moment": now}
    session.connection().execute(_HEARD_RINGING if ringing else _HEARD_OF, learnt)


def close(
    session: Session,
    offer: Offer,
    state: OfferState,
    *,
    now: datetime,
    unreachable: bool = False,
    leg_open: bool = True,
) -> None:
    """An offer that nobody took is over; the counsellor is free (or put away) and the caller is rung for elsewhere."""
    if offer.state not in OPEN_OFFERS:
        return
    if offer.purpose is Purpose.LISTEN:
        supervision.over(session, offer, state, now=now, leg_open=leg_open)
        return
    offer.state, offer.left_at = state, now
    row = presence.find(session, offer.staff_id)
    if row is not None and row.offer_id == offer.id:
        if state is OfferState.MISSED:
            presence.missed(session, row, now=now, unreachable=unreachable)
        else:
            presence.freed(session, row, now=now, to_the_back=state is OfferState.DECLINED)
    call = session.get(Call, offer.call_id)
    if call is not None:
        calls.note(session, call, state, now=now, staff_id=offer.staff_id)
    if leg_open:
        outbox.put(session, "hang_up", now=now, offer=offer.id)


def let_go(session: Session, call: Call, *, now: datetime) -> None:
    """The caller is gone: whoever is being rung for them is left in peace, idle time unchanged."""
    for offer in session.scalars(_RINGING_FOR, {"call_id": call.id}):
        close(session, offer, OfferState.CANCELLED, now=now)


def ring_seconds(offer: Offer, policy: Policy) -> int:
    return policy.ring_browser if offer.contact is Contact.BROWSER else policy.ring_telephone
