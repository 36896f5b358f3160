"""Paging of lists: which page the address asks for, and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request

from callcenter.domain.typed_text import whole_number
from callcenter.ui.kit.sent import a_day, a_moment, a_number

LAST_PAGE = 100_000
"""Nobody turns so many pages; the rows before a later one could not be counted."""


@dataclass(frozen=True)
class Paging:
    """One page of a list, with the addresses of its neighbours."""

    number: int
    previous: str | None
    next: str | None

    @classmethod
    def of(cls, number: int, more: bool, address: Callable[[int], str]) -> Paging:
        """Return the neighbours of page *number*; *address* writes a page's address, *more* if one follows."""
        return cls(number, address(number - 1) if number > 1 else None, address(number + 1) if more else None)


def page_number() -> int:
    """Return the wanted page, counted from 1."""
    return max(1, a_number(request.args.get("page"), most=LAST_PAGE))


def before_number() -> int | None:
    """Return the running number before which a list goes on, so that nothing is missed or doubled."""
    return whole_number(request.args.get("before", ""))


def before_moment() -> datetime | None:
    """Return the moment before which a list goes on; ``UnknownChoice`` for what is no moment."""
    text = request.values.get("before")
    return a_moment(text) if text else None


def days_asked(today: date, usual: int) -> tuple[date, date]:
    """Return the first and last day of a list (``from``, ``to``); without them the *usual* number of days to today."""
    first, last = request.args.get("from"), request.args.get("to")
    return a_day(first) if first else today - timedelta(days=usual - 1), a_day(last) if last else today
