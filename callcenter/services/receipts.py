"""Webhooks taken in once: the stored answer is the answer to every repetition."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.models.telephony import Receipt

KEEP = timedelta(days=2)
"""Far longer than Twilio repeats anything; long enough to look into yesterday's trouble."""


def kept_answer(session: Session, key: str) -> str | None:
    """Return what this webhook was answered before, if it was taken in."""
    return session.scalar(select(Receipt.answer).where(Receipt.key == key))


def keep(session: Session, key: str, answer: str, *, now: datetime) -> None:
    """Store the answer in the transaction of its effects; of two at once the database lets one through."""
    session.add(Receipt(key=key, answer=answer, taken_at=now))


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Receipt).where(Receipt.taken_at < now - KEEP))
