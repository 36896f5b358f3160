"""Receipts of webhooks: a repetition gets the stored answer."""

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
    """Return the stored answer to this webhook, None if it is new."""
    return session.connection().scalar(_ANSWER, {"wanted": key})


def keep(session: Session, key: str, answer: str, *, now: datetime) -> None:
    """Store the answer in the transaction of its effects; of two at once the database lets one through."""
    append(session, Receipt, key=key, answer=answer, taken_at=now)


def forget(session: Session, *, now: datetime) -> None:
    """Delete receipts that no repetition can still ask for."""
    session.execute(delete(Receipt).where(Receipt.taken_at < now - KEEP))
