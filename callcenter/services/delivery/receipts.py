"""Webhooks taken in once: the stored answer is the answer to every repetition."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from callcenter.models.base import append
from callcenter.models.calls.calls import Receipt

KEEP = timedelta(days=2)
"""Far longer than the telephone company repeats anything; long enough to look into yesterday's trouble."""

_ANSWER = select(Receipt.answer).where(Receipt.key == bindparam("wanted"))


def kept_answer(session: Session, key: str) -> str | None:
    """Return what this webhook was answered before, if it was taken in."""
    return session.connection().scalar(_ANSWER, {"wanted": key})


def keep(session: Session, key: str, answer: str, *, now: datetime) -> None:
    """Store the answer in the transaction of its effects; of two at once the database lets one through."""
    append(session, Receipt, key=key, answer=answer, taken_at=now)


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Receipt).where(Receipt.taken_at < now - KEEP))
