"""What colleagues decided or ask, as sentences that are shown until they were seen; each kind says its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.services.delivery import notices
from callcenter.services.delivery.notices import Told

OPERATOR = "運用の担当者"


@dataclass(frozen=True)
class Sentence:
    """One notice as it is read, and where it leads."""

    id: str
    text: str
    at: datetime
    href: str | None = None


Say = Callable[[Session, Told], tuple[str, str | None]]
"""Returns the words and the address they lead to, if any."""

_SAYINGS: dict[str, Say] = {}


def says(kind: str) -> Callable[[Say], Say]:
    """Let the function say notices whose kind is *kind* or begins with it and a dot."""

    def register(say: Say) -> Say:
        _SAYINGS[kind] = say
        return say

    return register


def sentences(session: Session, staff_id: str) -> list[Sentence]:
    """Return this person's unseen notices as sentences, oldest first."""
    return [_sentence(session, one) for one in notices.unseen(session, staff_id)]


def _sentence(session: Session, notice: Told) -> Sentence:
    kind = next(kind for kind in _SAYINGS if notice.kind == kind or notice.kind.startswith(f"{kind}."))
    text, href = _SAYINGS[kind](session, notice)
    return Sentence(notice.id, text, notice.at, href)
