"""Walking through what is oldest, a page at a time, while others write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

Row = TypeVar("Row")


def oldest_first(
    session: Session, query: Select[Row], day: ColumnElement[date] | Any, row_id: Any, *, at_once: int
) -> Iterator[Row]:
    """Yield every row of *query* by *day*, then by *row_id*; a page is read when the one before it is through."""
    with_day = query.add_columns(day).order_by(day, row_id).limit(at_once)
    found = session.execute(with_day).all()
    while found:
        for row, _ in found:
            yield row
        (newest, last) = found[-1]
        after = or_(day > last, and_(day == last, row_id > newest.id))
        found = session.execute(with_day.where(after)).all() if len(found) == at_once else []
