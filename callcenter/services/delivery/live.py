"""Hints to open screens that something changed; the screens then fetch it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.models.base import append, appended
from callcenter.models.delivery.outbox import LiveEvent

LINE = "line"
"""The queue or somebody's state changed: every console looks again."""
MAIL = "mail"
"""A consultation by mail came in, or is somebody else's turn: every mail desk looks again."""

KEEP = timedelta(hours=1)


def publish(session: Session, topic: str, *, now: datetime) -> None:
    """Write a hint into this transaction, once for each topic."""
    if all(hint["topic"] != topic for hint in appended(session, LiveEvent)):
        append(session, LiveEvent, topic=topic, at=now)


def staff_topic(staff_id: str) -> str:
    """Return the topic that only this person's screens follow."""
    return f"staff:{staff_id}"


def viewers_topic(staff_id: str) -> str:
    """Return the topic of this person's screens about who else views the same record or case."""
    return f"beside:{staff_id}"


def newest_seq(session: Session) -> int:
    """Return the number of the latest hint, 0 if there is none."""
    return session.scalar(select(func.max(LiveEvent.seq))) or 0


def hints_after(session: Session, seq: int) -> list[tuple[int, str]]:
    """Return the hints after *seq*, in order."""
    query = select(LiveEvent.seq, LiveEvent.topic).where(LiveEvent.seq > seq).order_by(LiveEvent.seq)
    return [(row.seq, row.topic) for row in session.execute(query)]


def forget(session: Session, *, now: datetime) -> None:
    """Delete hints that no screen can still be waiting for."""
    last = newest_seq(session)  # the newest stays, so that the sequence never starts anew
    session.execute(delete(LiveEvent).where(LiveEvent.at < now - KEEP, LiveEvent.seq < last))
