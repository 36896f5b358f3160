"""Turns at what is done every few minutes: two workers at once do it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.models.delivery.chores import Chore


@dataclass(frozen=True)
class Turn:
    """A chore in the hands of one worker; *whole_at* is when the last run that came to its end began."""

    name: str
    begun_at: datetime
    whole_at: datetime | None


def take(session: Session, name: str, *, now: datetime, every: timedelta) -> Turn | None:
    """Take the turn; None if it was begun less than *every* ago. A clock that was put back keeps nobody waiting."""
    due = or_(Chore.begun_at <= now - every, Chore.begun_at > now + every)
    whole = session.execute(
        update(Chore).where(Chore.name == name, due).values(begun_at=now).returning(Chore.whole_at)
    ).one_or_none()
    if whole is not None:
        return Turn(name, now, whole[0])
    if session.scalar(select(Chore.name).where(Chore.name == name)) is not None:
        return None
    try:
        with session.begin_nested():  # the database says who was first
            session.add(Chore(name=name, begun_at=now))
    except IntegrityError:
        return None
    return Turn(name, now, None)


def done(session: Session, turn: Turn) -> None:
    """The run came to its end."""
    session.execute(update(Chore).where(Chore.name == turn.name).values(whole_at=turn.begun_at))
