"""Codes, days and moments out of a form or an address; what cannot be read raises one kind of error each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from callcenter.domain.calendar.times import parse_moment
from callcenter.domain.errors import HelplineError

AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


class UnknownChoice(HelplineError):
    """A page sends what nobody can choose on it, mostly because it was opened long ago."""

    message = "この画面は古くなっています。ページを読みこみ直してください。"


class NoSuchDay(HelplineError):
    """A day that no calendar has."""

    message = "日付を読みとれませんでした。カレンダーから選ぶか、「2026-12-01」のように入れてください。"


def chosen(codes: Iterable[AnyEnum], text: str | None) -> AnyEnum | None:
    """Return which of *codes* was sent (an enum, or some members of one); None for anything else."""
    return next((code for code in codes if code.value == text), None)


def choice(codes: Iterable[AnyEnum], text: str | None, *, refusal: type[HelplineError] = UnknownChoice) -> AnyEnum:
    """Return which of *codes* was sent; *refusal* is raised for anything else."""
    found = chosen(codes, text)
    if found is None:
        raise refusal
    return found


def a_day(text: str | None, *, otherwise: str | None = None) -> date:
    """Return the day that was typed; ``NoSuchDay``, in the words *otherwise* where the page has better ones."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise NoSuchDay(otherwise) from None


def a_moment(text: str | None) -> datetime:
    """Return a moment that a page of ours carried along; nobody types one, so ``UnknownChoice`` if it is none."""
    try:
        return parse_moment(text or "")
    except ValueError:
        raise UnknownChoice from None
