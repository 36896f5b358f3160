"""Reading codes, days and moments from forms and addresses; each kind raises one error."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from callcenter.domain.calendar.times import parse_moment, read_day
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import LARGEST, whole_number

AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


class UnknownChoice(HelplineError):
    """Raised when a page sends what cannot be chosen on it, mostly because it was opened long ago."""

    message = "この画面は古くなっています。ページを読みこみ直してください。"


class NoSuchDay(HelplineError):
    """Raised for a day that does not exist."""

    message = "日付を読みとれませんでした。カレンダーから選ぶか、「2026-12-01」のように入れてください。"


def chosen(codes: Iterable[AnyEnum], text: str | None) -> AnyEnum | None:
    """Return which of *codes* was sent (an enum, or some members of one); None for anything else."""
    return next((code for code in codes if code.value == text), None)


def choice(codes: Iterable[AnyEnum], text: str | None, *, refusal: type[HelplineError] = UnknownChoice) -> AnyEnum:
    """Return which of *codes* was sent; raise *refusal* for anything else."""
    found = chosen(codes, text)
    if found is None:
        raise refusal
    return found


def a_number(text: str | None, *, most: int = LARGEST, otherwise: int = 0) -> int:
    """Return a number from one of our own pages, from 0 to *most*; *otherwise* for anything else."""
    found = whole_number(text or "", most=most)
    return otherwise if found is None else found


def a_day(text: str | None, *, otherwise: str | None = None) -> date:
    """Return the typed day; ``NoSuchDay``, in the words *otherwise* where the page has better ones."""
    try:
        return read_day(text or "")
    except ValueError:
        raise NoSuchDay(otherwise) from None


def a_moment(text: str | None) -> datetime:
    """Return a moment from one of our own pages; ``UnknownChoice`` if it is none."""
    try:
        return parse_moment(text or "")
    except ValueError:
        raise UnknownChoice from None
