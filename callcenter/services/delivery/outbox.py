"""The outbox: errands to the world outside, written with the decision, leased, run at least once, marked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from callcenter.models.base import append, info
from callcenter.models.columns import Moment
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import leases

LEASE = timedelta(seconds=20)
"""A worker that dies leaves its errand to the next one after this long."""


class Lane(Enum):
    """Which errands are carried together, so that none waits for those of another kind."""

    LINE = "line"
    """Everything but the others: people are on the line."""
    SLOW = "slow"
    """Errands that may wait for a mail server."""
    MEMBERS = "members"
    """Mails to members; there may be very many, and each may wait for a day."""


SLOW = frozenset({"audit_head", "alarm_mail"})
MEMBERS = frozenset({"member_mail"})


@dataclass(frozen=True)
class Patience:
    """How long an errand is tried again, and the longest pause between two tries."""

    pause: timedelta
    altogether: timedelta


ON_THE_LINE = Patience(timedelta(seconds=32), timedelta(minutes=2))
"""An errand of the telephone is about people who are on the line now; older ones are left to the watchdog."""
OF_MEMBERS = Patience(timedelta(minutes=15), timedelta(hours=24))
"""A mail server may be away for a day."""


def patience_with(topic: str) -> Patience:
    """Return how long errands of that topic are tried."""
    return OF_MEMBERS if topic in MEMBERS else ON_THE_LINE


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
    due_at: datetime
    attempts: int


_NOW, _LATEST = bindparam("now", type_=Moment), bindparam("latest", type_=Moment)
# Every process looks every second: built anew for each look, the query would cost more than its answer.
_DUE = (
    select(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.facts, OutboxMessage.due_at, OutboxMessage.attempts)
    .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= _NOW)
    .where(leases.is_free_at(OutboxMessage, _NOW, _LATEST))
    .order_by(OutboxMessage.due_at, OutboxMessage.id)
    .limit(AT_ONCE)
)
_DUE_IN = {
    Lane.LINE: _DUE.where(OutboxMessage.topic.not_in(SLOW | MEMBERS)),
    Lane.SLOW: _DUE.where(OutboxMessage.topic.in_(SLOW)),
    Lane.MEMBERS: _DUE.where(OutboxMessage.topic.in_(MEMBERS)),
}


def due(session: Session, *, now: datetime, lane: Lane = Lane.LINE) -> list[DueMessage]:
    """Return the errands of a lane that may be run now, oldest first."""
    moments = {"now": now, "latest": leases.latest_end(LEASE, now=now)}
    return [DueMessage(*row) for row in session.connection().execute(_DUE_IN[lane], moments)]


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


def renew(session: Session, held: LeasedErrand, *, now: datetime) -> bool:
    """Keep the lease while the errand still runs; False if it was lost."""
    return leases.renew(
        session, OutboxMessage, OutboxMessage.id == held.message_id, token=held.token, length=LEASE, now=now
    )


def finish(session: Session, held: LeasedErrand, result: str, *, now: datetime) -> bool:
    """Mark the errand done; False if the lease was lost."""
    return _release(session, held, done_at=now, result=result)


def retry(session: Session, held: LeasedErrand, why: str, *, now: datetime) -> bool:
    """Schedule another try of the errand, after a pause that grows; *why* is what this one came to."""
    pause = min(patience_with(held.topic).pause, timedelta(seconds=2 ** min(held.attempts, 16) / 2))
    return _release(session, held, due_at=now + pause, result=why)


def _release(session: Session, held: LeasedErrand, **values: Any) -> bool:
    return leases.release(session, OutboxMessage, OutboxMessage.id == held.message_id, token=held.token, **values)
