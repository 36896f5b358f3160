"""Dispatching: rings free counsellors for waiting callers, a few at a time so that no webhook has to wait."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.calls.matching import DueCaller, FreeCounsellor, Match, match
from callcenter.domain.duty.presence import Work
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.calls.calls import LIVE_ANSWER, Call, Offer, Presence
from callcenter.models.columns import Moment
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls, pull, queue, reserved
from callcenter.services.delivery import outbox
from callcenter.services.duty import availability, presence

PASSED_BY = (OfferState.MISSED, OfferState.DECLINED)
BATCH = 20
"""Rings of one transaction. On a morning on which hundreds become free at once, webhooks come in between."""

_RUNG = select(Offer.call_id).where(LIVE_ANSWER)
_WAITS = and_(Call.state == CallState.WAITING, Call.id.not_in(_RUNG))
_LOST_ONE = and_(_WAITS, Call.priority > 0, ~reserved.RESERVED)
"""Callers who have lost a counsellor, and are not kept for them: they are due at once …"""
_GREETED = and_(_WAITS, Call.priority == 0, Call.waiting_since <= bindparam("greeted_since"))
"""… and those who have heard enough of the greeting. Apart, each is read in the order of an index."""

_WANTED = select(
    or_(
        and_(
            or_(select(Call.id).where(_LOST_ONE).exists(), select(Call.id).where(_GREETED).exists()),
            select(Presence.staff_id).where(availability.OFFERABLE).exists(),
        ),
        reserved.IS_ANYBODY_BACK,
    )
)
_A_FEW_FREE = select(Presence.staff_id).where(availability.OFFERABLE).limit(BATCH).subquery()
_HOW_MANY = select(func.count()).select_from(_A_FEW_FREE).scalar_subquery()


def _callers(most: ColumnElement[int]) -> Select[Call]:
    """Return the query of callers who are due, the next one first."""
    first, then = (
        select(select(Call.id).where(whose).order_by(*queue.ORDER).limit(most).subquery())
        for whose in (_LOST_ONE, _GREETED)
    )
    query = select(Call).where(Call.id.in_(union_all(first, then)), Call.state == CallState.WAITING)
    return query.order_by(*queue.ORDER).limit(most).with_for_update(skip_locked=True, key_share=True)


_AS_MANY_AS_ARE_FREE, _A_BATCH = _callers(_HOW_MANY), _callers(literal(BATCH))
_RINGS = (
    select(Offer.call_id, Offer.staff_id, Offer.state, Offer.left_at)
    .join(Call, Call.id == Offer.call_id)
    .where(Offer.call_id.in_(bindparam("call_ids", expanding=True)), Offer.purpose == Purpose.ANSWER)
    .where(
        or_(
            Offer.state.in_(LIVE_OFFERS),
            and_(Offer.state.in_(PASSED_BY), Offer.round == Call.round),
            and_(Offer.state == OfferState.DECLINED, Offer.left_at > bindparam("rested_since", type_=Moment)),
        )
    )
)
_FREE = (
    select(Presence, Presence.staff_id.in_(pull.SUPERVISORS).label("supervisor"), Staff.prefers)
    .join(Staff, Staff.id == Presence.staff_id)
    .where(availability.OFFERABLE)
    .order_by(Presence.idle_since, Presence.staff_id)
    .limit(bindparam("most"))
    .with_for_update(of=Presence, skip_locked=True, key_share=True)
)
_WITH_A_PREFERENCE = select(func.count(Staff.id)).where(Staff.prefers.is_not(None))
EVERYBODY = 10_000
"""More than ever work at one line."""


def is_dispatch_due(session: Session, *, now: datetime, policy: Policy) -> bool:
    """Return whether a due caller and a free counsellor exist, without locking anything."""
    return bool(session.scalar(_WANTED, _moments(now, policy)))


def dispatch(session: Session, *, now: datetime, policy: Policy) -> list[Offer]:
    """Ring one free counsellor for each due caller who is not being rung for; at most ``BATCH`` at once.

    Whoever lost a caller and is back comes before everybody else.
    """
    made = _ring_those_who_are_back(session, now=now, policy=policy)
    if made:
        session.flush()
        return made
    for query in (_AS_MANY_AS_ARE_FREE, _A_BATCH):  # behind callers whom those who are free declined wait others
        due = {call.id: call for call in session.scalars(query, _moments(now, policy))}
        if not due:
            return []
        callers = _as_next(session, list(due.values()), now=now, policy=policy)
        free = _free(session, callers, now=now, policy=policy)
        found = list(match(callers, [one for _, one in free]))
        if len(found) == len(due) or query is _A_BATCH:
            rows = {one.staff_id: row for row, one in free}
            made = [_ring(session, due[one.call_id], rows[one.staff_id], now=now, made=one) for one in found]
            break
    session.flush()  # a second live offer fails here, before anything is rung
    return made


def _moments(now: datetime, policy: Policy) -> dict[str, Any]:
    times = {"greeted_since": now - policy.offer_delay, "fresh_since": now - policy.fresh_for}
    return times | reserved.moments(now, policy)


def _ring_those_who_are_back(session: Session, *, now: datetime, policy: Policy) -> list[Offer]:
    found = reserved.pairs(session, _moments(now, policy))
    return [_ring(session, pair.call, pair.presence, now=now) for pair in found]


def _as_next(session: Session, due: list[Call], *, now: datetime, policy: Policy) -> list[DueCaller]:
    """Return the due callers with their rings; one who was rung for since the first look is left out."""
    passed, resting, rung = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set), set[str]()
    rested_since = now - policy.decline_rest
    asked = {"call_ids": [call.id for call in due], "rested_since": rested_since}
    for call_id, staff_id, state, left_at in session.execute(_RINGS, asked):
        if state not in PASSED_BY:
            rung.add(call_id)
            continue
        passed[call_id].add(staff_id)
        if state is OfferState.DECLINED and left_at is not None and left_at > rested_since:
            resting[call_id].add(staff_id)
    kept_since = pull.pulled_since(session, now=now, policy=policy)
    return [
        DueCaller(
            call.id,
            frozenset(passed[call.id]),
            pull.is_pulled(call, kept_since),
            frozenset(resting[call.id]),
            call.key,
            respect_preferences=call.priority == 0 and call.waiting_since > now - policy.prefer_for,
        )
        for call in due
        if call.id not in rung
    ]


def _free(
    session: Session, callers: list[DueCaller], *, now: datetime, policy: Policy
) -> list[tuple[Presence, FreeCounsellor]]:
    """Return as many free counsellors as the callers can need, the longest idle first, locked."""
    most = len(callers) + len(frozenset[str]().union(*(caller.passed_by for caller in callers)))
    if any(caller.supervisors_only for caller in callers):
        most = EVERYBODY  # supervisors may come far behind
    elif any(caller.key for caller in callers):
        most += session.scalar(_WITH_A_PREFERENCE) or 0  # they may stand before those who are rung
    found = session.execute(_FREE, _moments(now, policy) | {"most": most})
    return [(row.Presence, FreeCounsellor(row.Presence.staff_id, bool(row.supervisor), row.prefers)) for row in found]


def _ring(session: Session, call: Call, free: Presence, *, now: datetime, made: Match | None = None) -> Offer:
    """Ring somebody for a caller; out of a wrap-up, to which they return, the caller stays reserved for them."""
    call.round += made is not None and made.new_round
    if free.work is not Work.WRAP_UP:
        call.reserved_for = None
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
    calls.log_event(session, call, "rung", now=now, staff_id=free.staff_id)
    outbox.put(session, "ring", now=now, offer=offer.id)
    return offer
