"""Notices of colleagues' decisions and questions as sentences, shown until they are seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.services.delivery import notices
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.ui.frame import frame

OPERATOR = "運用の担当者"


@dataclass(frozen=True)
class Sentence:
    """One notice in words, and where it leads."""

    id: str
    text: str
    at: datetime
    href: str | None = None


def sentences(session: Session, staff_id: str) -> list[Sentence]:
    """Return this person's unseen notices as sentences, oldest first."""
    return [_sentence(session, one) for one in notices.unseen(session, staff_id)]


def _sentence(session: Session, notice: UnseenNotice) -> Sentence:
    sayings = frame().sayings
    kind = next(kind for kind in sayings if notice.kind == kind or notice.kind.startswith(f"{kind}."))
    text, href = sayings[kind](session, notice)
    return Sentence(notice.id, text, notice.at, href)
