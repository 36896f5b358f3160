"""Errands for the world outside: written with the decision, leased, done at least once, marked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from callcenter.models.base import append, info, new_id
from callcenter.models.delivery.outbox import OutboxMessage

LEASE = timedelta(seconds=20)
"""A worker that dies leaves its errand to the next one after this long."""

PATIENCE = timedelta(seconds=60)
"""The longest pause between two tries."""


SLOW = frozenset({"audit_head"})
"""Errands that may wait for a mail server; they have a thread of their own, so that no ring waits with them."""

_FREE = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= bindparam("now"))
_DUE = (
    select(OutboxMessage.id)
    .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= bindparam("now"), _FREE)
    .order_by(OutboxMessage.due_at, OutboxMessage.id)
    .limit(bindparam("most"))
)
_DUE_AT_ONCE = _DUE.where(OutboxMessage.topic.not_in(SLOW))
_DUE_SLOW = _DUE.where(OutboxMessage.topic.in_(SLOW))


@dataclass(frozen=True)
class Lease:
    """One errand, held by one worker until ``OutboxMessage.leased_until``."""

    message_id: int
    token: str
    topic: str
    facts: dict[str, Any]
    attempts: int
    created_at: datetime


def put(session: Session, topic: str, *, now: datetime, after: timedelta = timedelta(0), **facts: Any) -> None:
    """Write an errand into the transaction at hand, to be run from *now* + *after* on."""
    append(session, OutboxMessage, topic=topic, facts=facts, created_at=now, due_at=now + after)
    info(session).rings_worker = True


def due(session: Session, *, now: datetime, limit: int = 50, slow: bool = False) -> list[int]:
    """Return the ids of errands that may be run now, oldest first; the *slow* ones, or all the others."""
    return list(session.scalars(_DUE_SLOW if slow else _DUE_AT_ONCE, {"now": now, "most": limit}))


def undone(session: Session) -> int:
    """Return how many messages are not delivered yet."""
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.done_at.is_(None))) or 0


def lease(session: Session, message_id: int, *, now: datetime) -> Lease | None:
    """Take the errand for this worker alone; None if it is done or somebody else has it."""
    token = new_id()
    taken = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.done_at.is_(None))
        .where((OutboxMessage.leased_until.is_(None)) | (OutboxMessage.leased_until <= now))
        .values(lease=token, leased_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage.topic, OutboxMessage.facts, OutboxMessage.attempts, OutboxMessage.created_at)
    ).one_or_none()
    if taken is None:
        return None
    return Lease(message_id, token, taken.topic, taken.facts, taken.attempts, taken.created_at)


def finish(session: Session, held: Lease, result: str, *, now: datetime) -> bool:
    """Mark the errand done; False if the lease was lost meanwhile."""
    return _update(session, held, done_at=now, result=result, leased_until=None)


def retry(session: Session, held: Lease, *, now: datetime) -> bool:
    """Let the errand rest, longer each time, and be tried again."""
    pause = min(PATIENCE, timedelta(seconds=2 ** min(held.attempts, 6) / 2))
    return _update(session, held, due_at=now + pause, leased_until=None)


def _update(session: Session, held: Lease, **values: Any) -> bool:
    done = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == held.message_id, OutboxMessage.lease == held.token)
        .values(lease=None, **values)
        .returning(OutboxMessage.id)
    )
    return done.one_or_none() is not None
