"""The outbox: errands to the world outside, written with the decision, leased, run at least once, marked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from callcenter.models.base import append, info
from callcenter.models.columns import Moment
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import leases

LEASE = timedelta(seconds=20)
"""A worker that dies leaves its errand to the next one after this long."""

PATIENCE = timedelta(seconds=60)
"""The longest pause between two tries."""

SLOW = frozenset({"audit_head", "alarm_mail"})
"""Errands that may wait for a mail server; they have a thread of their own, so that no ring waits with them."""


NO_ANSWER = "no_answer"
"""The result of a try to which the telephone company said nothing, or would say nothing; another try follows."""

AT_ONCE = 200
"""Errands of one look; more than ever wait behind a telephone company that does not answer."""


@dataclass(frozen=True)
class LeasedErrand:
    """One errand leased to one worker until ``OutboxMessage.leased_until``."""

    message_id: int
    token: str
    topic: str
    facts: dict[str, Any]
    attempts: int
    created_at: datetime


def put(session: Session, topic: str, *, now: datetime, after: timedelta = timedelta(0), **facts: Any) -> None:
    """Write an errand into this transaction, to be run from *now* + *after* on."""
    append(session, OutboxMessage, topic=topic, facts=facts, created_at=now, due_at=now + after, attempts=0)
    info(session).rings_worker = True


class DueMessage(NamedTuple):
    """An errand that nobody works on and that may be run now."""

    message_id: int
    topic: str
    facts: dict[str, Any]


_NOW, _LATEST = bindparam("now", type_=Moment), bindparam("latest", type_=Moment)
# Every process looks every second: built anew for each look, the query would cost more than its answer.
_DUE = (
    select(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.facts)
    .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= _NOW)
    .where(leases.is_free_at(OutboxMessage, _NOW, _LATEST))
    .order_by(OutboxMessage.due_at, OutboxMessage.id)
    .limit(AT_ONCE)
)
_DUE_SLOW, _DUE_QUICK = _DUE.where(OutboxMessage.topic.in_(SLOW)), _DUE.where(OutboxMessage.topic.not_in(SLOW))


def due(session: Session, *, now: datetime, slow: bool = False) -> list[DueMessage]:
    """Return the errands that may be run now, oldest first; the *slow* ones, or all the others."""
    moments = {"now": now, "latest": leases.latest_end(LEASE, now=now)}
    found = session.connection().execute(_DUE_SLOW if slow else _DUE_QUICK, moments)
    return [DueMessage(message_id, of, facts) for message_id, of, facts in found]


def has_undone(session: Session) -> bool:
    """Return whether an errand is not done yet, be it due or not."""
    undone = select(OutboxMessage.id).where(OutboxMessage.done_at.is_(None))
    return bool(session.scalar(select(undone.exists())))


def count_undone(session: Session) -> int:
    """Return how many errands are not done yet."""
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.done_at.is_(None))) or 0


def lease(session: Session, message_id: int, *, now: datetime) -> LeasedErrand | None:
    """Lease the errand; None if it is done or leased."""
    which = (OutboxMessage.id == message_id, OutboxMessage.done_at.is_(None))
    attempts = OutboxMessage.attempts + 1
    held = leases.take(session, OutboxMessage, *which, length=LEASE, now=now, attempts=attempts)
    if held is None:
        return None
    row = held.row
    return LeasedErrand(message_id, held.token, row.topic, row.facts, row.attempts, row.created_at)


def finish(session: Session, held: LeasedErrand, result: str, *, now: datetime) -> bool:
    """Mark the errand done; False if the lease was lost."""
    return _release(session, held, done_at=now, result=result)


def retry(session: Session, held: LeasedErrand, why: str, *, now: datetime) -> bool:
    """Schedule another try of the errand, after a pause that grows; *why* is what this one came to."""
    pause = min(PATIENCE, timedelta(seconds=2 ** min(held.attempts, 6) / 2))
    return _release(session, held, due_at=now + pause, result=why)


def _release(session: Session, held: LeasedErrand, **values: Any) -> bool:
    return leases.release(session, OutboxMessage, OutboxMessage.id == held.message_id, token=held.token, **values)
