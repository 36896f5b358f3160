"""Leases: of many processes one works on a row, until it releases it or its time runs out.

Every step is one conditional UPDATE, so the database decides between two who come at once, on SQLite and PostgreSQL
alike. A holder that dies leaves the row to the next one when the lease is over; a holder that was merely slow finds
out at its next step, which then changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, ColumnElement, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.models.base import new_id
from callcenter.models.leases import Leased

Row = TypeVar("Row", bound=Leased)
Condition = ColumnElement[bool]
When = datetime | BindParameter[datetime]


@dataclass(frozen=True)
class LeasedRow(Generic[Row]):
    """A row leased to this process, as it was when taken, and the token that proves the lease."""

    row: Row
    token: str


def is_free(model: type[Leased], length: timedelta, *, now: datetime) -> Condition:
    """Return the condition that the row is not leased, or its lease is over."""
    return is_free_at(model, now, latest_end(length, now=now))


def is_free_at(model: type[Leased], now: When, latest: When) -> Condition:
    """Return the same condition for a moment that may be given later, with its ``latest_end``."""
    until = model.leased_until
    return or_(until.is_(None), until <= now, until > latest)


def latest_end(length: timedelta, *, now: datetime) -> datetime:
    """Return when a lease may end at the latest: one that ends later is from before the clock was put back."""
    return now + 2 * length


def take(
    session: Session, model: type[Row], *which: Condition, length: timedelta, now: datetime, **values: Any
) -> LeasedRow[Row] | None:
    """Lease the row that meets *which* and set *values* in it; None if there is none or it is leased."""
    token = new_id()
    taken = (
        update(model)
        .where(*which, is_free(model, length, now=now))
        .values(lease=token, leased_until=now + length, **values)
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = session.scalars(taken).one_or_none()
    return None if row is None else LeasedRow(row, token)


def add(session: Session, row: Row, *, length: timedelta, now: datetime) -> LeasedRow[Row] | None:
    """Insert a row that is leased from the start; None if somebody else inserted it first."""
    token = new_id()
    row.lease, row.leased_until = token, now + length
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    return LeasedRow(row, token)


def renew(
    session: Session,
    model: type[Leased],
    *which: Condition,
    token: str,
    length: timedelta,
    now: datetime,
    **values: Any,
) -> bool:
    """Renew the lease by *length* from now and set *values*; False if it was lost."""
    return _by_holder(session, model, *which, token=token, leased_until=now + length, **values)


def release(session: Session, model: type[Leased], *which: Condition, token: str, **values: Any) -> bool:
    """Release the row and set *values*; False if the lease was lost."""
    return _by_holder(session, model, *which, token=token, lease=None, leased_until=None, **values)


def _by_holder(session: Session, model: type[Leased], *which: Condition, token: str, **values: Any) -> bool:
    mine = update(model).where(*which, model.lease == token).values(**values).returning(model.lease)
    return session.execute(mine).one_or_none() is not None
