"""Dispatching: rings free counsellors for waiting callers, a few at a time so that no webhook has to wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import LIVE_OFFERS, PASSED_BY, CallerKey, CallState, OfferState, Purpose
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

BATCH = 20
"""Rings of one transaction. On a morning on which hundreds become free at once, webhooks come in between."""

_RUNG = select(Offer.call_id).where(LIVE_ANSWER)
_RUNG_ONCE = _RUNG.group_by(Offer.call_id).having(func.count() == 1)
_WAITS = and_(Call.state == CallState.WAITING, Call.id.not_in(_RUNG))
_SECOND_DUE = and_(Call.state == CallState.WAITING, Call.unanswered >= bindparam("two_from"), Call.id.in_(_RUNG_ONCE))
"""Callers for whom one rings and another shall, once nobody waits for whom nobody rings."""
_ESCALATED = or_(and_(_WAITS, Call.unanswered >= bindparam("supervisors_from")), _SECOND_DUE)
_STANDS_BY = and_(availability.AT_THE_DESK, Presence.staff_id.in_(pull.SUPERVISORS))
_LOST_ONE = and_(_WAITS, Call.priority > 0, ~reserved.RESERVED)
"""Callers who have lost a counsellor, and are not kept for them: they are due at once …"""
_GREETED = and_(_WAITS, Call.priority == 0, Call.waiting_since <= bindparam("greeted_since"))
"""… and those who have heard enough of the greeting. Apart, each is read in the order of an index."""

_WANTED = select(
    or_(
        and_(
            or_(*(select(Call.id).where(whose).exists() for whose in (_LOST_ONE, _GREETED, _SECOND_DUE))),
            select(Presence.staff_id).where(availability.OFFERABLE).exists(),
        ),
        and_(
            select(Call.id).where(_ESCALATED).exists(),
            select(Presence.staff_id).where(_STANDS_BY).exists(),
        ),
        reserved.IS_ANYBODY_BACK,
    )
)
_A_FEW_FREE = select(Presence.staff_id).where(availability.OFFERABLE).limit(BATCH).subquery()
_FREE_NOW = select(func.count()).select_from(_A_FEW_FREE).scalar_subquery()
_HOW_MANY = case((_FREE_NOW == 0, 1), else_=_FREE_NOW)
"""With nobody free it may be that somebody stands by."""


def _callers(most: ColumnElement[int]) -> Select[Call]:
    """Return the query of callers who are due, the next one first."""
    first, then = (
        select(select(Call.id).where(whose).order_by(*queue.ORDER).limit(most).subquery())
        for whose in (_LOST_ONE, _GREETED)
    )
    query = select(Call).where(Call.id.in_(union_all(first, then)), Call.state == CallState.WAITING)
    return query.order_by(*queue.ORDER).limit(most).with_for_update(skip_locked=True, key_share=True)


_AS_MANY_AS_ARE_FREE, _A_BATCH = _callers(_HOW_MANY), _callers(literal(BATCH))
_FOR_A_SECOND = (
    select(Call)
    .where(_SECOND_DUE)
    .order_by(*queue.ORDER)
    .limit(BATCH)
    .with_for_update(skip_locked=True, key_share=True)
)
_RINGS = (
    select(Offer.call_id, Offer.staff_id, Offer.state, Offer.left_at, Offer.companion)
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
_PEOPLE = (
    select(Presence, Presence.staff_id.in_(pull.SUPERVISORS).label("supervisor"), Staff.prefers)
    .join(Staff, Staff.id == Presence.staff_id)
    .order_by(Presence.idle_since, Presence.staff_id)
    .limit(bindparam("most"))
    .with_for_update(of=Presence, skip_locked=True, key_share=True)
)
_FREE, _STANDING_BY = _PEOPLE.where(availability.OFFERABLE), _PEOPLE.where(_STANDS_BY)
_WITH_A_PREFERENCE = select(func.count(Staff.id)).where(Staff.prefers.is_not(None))
EVERYBODY = 10_000
"""More than ever work at one line."""


def is_dispatch_due(session: Session, *, now: datetime, policy: Policy) -> bool:
    """Return whether a due caller and a free counsellor exist, without locking anything."""
    return bool(session.scalar(_WANTED, _moments(now, policy)))


def dispatch(session: Session, *, now: datetime, policy: Policy) -> list[Offer]:
    """Ring one free counsellor for each due caller who is not being rung for; at most ``BATCH`` callers at once.

    When rings stay unanswered, supervisors who stand by are rung as well, and then two at once.
    Whoever lost a caller and is back comes before everybody else.
    """
    made = _ring_those_who_are_back(session, now=now, policy=policy)
    # behind callers whom those who are free declined wait others
    made = made or _ring_for(session, _AS_MANY_AS_ARE_FREE, or_nobody=True, now=now, policy=policy)
    made = made or _ring_for(session, _A_BATCH, now=now, policy=policy)
    made = made or _ring_for(session, _FOR_A_SECOND, now=now, policy=policy)
    session.flush()  # a second live offer of its kind fails here, before anything is rung
    return made


def _ring_for(
    session: Session, query: Select[Call], *, now: datetime, policy: Policy, or_nobody: bool = False
) -> list[Offer]:
    """Ring for the callers whom *query* finds; with *or_nobody* only if there is somebody for each of them."""
    due = {call.id: call for call in session.scalars(query, _moments(now, policy))}
    if not due:
        return []
    rings = _rings(session, due, now=now, policy=policy)
    callers = _as_next(session, list(due.values()), rings, now=now, policy=policy)
    free = _free(session, callers, now=now, policy=policy)
    found = list(match(callers, [one for _, one in free]))
    if or_nobody and len({one.call_id for one in found}) < len(due):
        return []
    rows = {one.staff_id: row for row, one in free}
    return [
        _ring(session, due[one.call_id], rows[one.staff_id], now=now, made=one, beside=rings.live[one.call_id])
        for one in found
    ]


def _moments(now: datetime, policy: Policy) -> dict[str, Any]:
    times = {"greeted_since": now - policy.offer_delay, "fresh_since": now - policy.fresh_for}
    limits = {"supervisors_from": policy.rings_until_supervisors, "two_from": policy.rings_until_two}
    return times | limits | reserved.moments(now, policy)


def _ring_those_who_are_back(session: Session, *, now: datetime, policy: Policy) -> list[Offer]:
    found = reserved.pairs(session, _moments(now, policy))
    return [_ring(session, pair.call, pair.presence, now=now) for pair in found]


@dataclass(frozen=True)
class Rings:
    """What became of earlier rings, by call."""

    passed: defaultdict[str, set[str]]
    """Who passed by in the present round."""
    resting: defaultdict[str, set[str]]
    """Who declined a moment ago."""
    live: defaultdict[str, list[bool]]
    """The rings under way: whether each is a companion."""


def _rings(session: Session, due: Mapping[str, Call], *, now: datetime, policy: Policy) -> Rings:
    rings = Rings(defaultdict(set), defaultdict(set), defaultdict(list))
    rested_since = now - policy.decline_rest
    asked = {"call_ids": list(due), "rested_since": rested_since}
    for call_id, staff_id, state, left_at, companion in session.execute(_RINGS, asked):
        if state not in PASSED_BY:
            rings.live[call_id].append(companion)
            continue
        rings.passed[call_id].add(staff_id)
        if state is OfferState.DECLINED and left_at is not None and left_at > rested_since:
            rings.resting[call_id].add(staff_id)
    return rings


def _as_next(session: Session, due: list[Call], rings: Rings, *, now: datetime, policy: Policy) -> list[DueCaller]:
    """Return the due callers, those who are due a second ring after all others once more.

    One who was rung for since the first look is left out.
    """
    kept_since = pull.pulled_since(session, now=now, policy=policy)
    wanted = {
        call.id: (2 if call.unanswered >= policy.rings_until_two else 1) - len(rings.live[call.id]) for call in due
    }
    return [
        DueCaller(
            call.id,
            frozenset(rings.passed[call.id]),
            pull.is_pulled(call, kept_since),
            frozenset(rings.resting[call.id]),
            call.key,
            respect_preferences=call.priority == 0 and call.waiting_since > now - policy.prefer_for,
            escalated=call.unanswered >= policy.rings_until_supervisors,
        )
        for turn in (1, 2)
        for call in due
        if wanted[call.id] >= turn
    ]


def _free(
    session: Session, callers: list[DueCaller], *, now: datetime, policy: Policy
) -> list[tuple[Presence, FreeCounsellor]]:
    """Return as many free counsellors as the callers can need, the longest idle first, locked; then who stands by."""
    most = len(callers) + len(frozenset[str]().union(*(caller.passed_by for caller in callers)))
    if any(caller.supervisors_only for caller in callers):
        most = EVERYBODY  # supervisors may come far behind
    elif any(caller.key for caller in callers):
        most += session.scalar(_WITH_A_PREFERENCE) or 0  # they may stand before those who are rung
    asked = _moments(now, policy) | {"most": most}
    found = _read(session, _FREE, asked, standby=False)
    if any(caller.escalated for caller in callers):
        found += _read(session, _STANDING_BY, asked, standby=True)
    return found


def _read(
    session: Session, query: Select[Presence, bool, CallerKey | None], asked: dict[str, Any], *, standby: bool
) -> list[tuple[Presence, FreeCounsellor]]:
    return [
        (row.Presence, FreeCounsellor(row.Presence.staff_id, bool(row.supervisor), row.prefers, standby))
        for row in session.execute(query, asked)
    ]


def _ring(
    session: Session,
    call: Call,
    free: Presence,
    *,
    now: datetime,
    made: Match | None = None,
    beside: list[bool] | None = None,
) -> Offer:
    """Ring somebody for a caller, *beside* the rings under way; afterwards they return to what they were doing.

    That is the wrap-up of somebody for whom the caller stays reserved, or the absence of somebody who stood by.
    """
    call.round += made is not None and made.new_round
    if free.work is not Work.WRAP_UP:
        call.reserved_for = None
    if free.work in (Work.AWAY, Work.OFFLINE):
        free.draining, free.away_after = free.work is Work.OFFLINE, free.reason
    companion = beside is not None and False in beside
    if beside is not None:
        beside.append(companion)
    offer = Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=free.staff_id,
        state=OfferState.PENDING,
        purpose=Purpose.ANSWER,
        contact=free.contact,
        companion=companion,
        rung_at=now,
        round=call.round,
    )
    session.add(offer)
    presence.set_work(free, Work.OFFERED, session, now=now)
    free.offer_id = offer.id
    calls.log_event(session, call, "rung", now=now, staff_id=free.staff_id)
    outbox.put(session, "ring", now=now, offer=offer.id)
    return offer
