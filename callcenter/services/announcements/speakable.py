"""Which phrases of the line could not be said as they are now: a gap that nothing fills, a recording that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.announcements.wording import Slot
from callcenter.domain.ports import LineWords
from callcenter.models.announcements import AnnouncementVersion, Recording
from callcenter.services.announcements import changed_phrases

Version = AnnouncementVersion


def faulty(session: Session, words: LineWords) -> list[str]:
    """Return the names of the phrases that the line could not say today."""
    slots = words.slots(changed_phrases.current(session))
    unread = {slot.name for slot in slots if not _reads(slot, words)}
    return sorted(unread | set(_without_recording(session)) & {slot.name for slot in slots})


def _reads(slot: Slot, words: LineWords) -> bool:
    try:
        return any(piece.text.strip() for piece in words.said(slot.current))
    except KeyError:  # a gap that nothing fills
        return False


def _without_recording(session: Session) -> Iterator[str]:
    newest = select(func.max(Version.id)).group_by(Version.name)
    gone = or_(Recording.file.is_(None), func.length(Recording.body) == 0)
    named = select(Version.name).outerjoin(Recording, Recording.file == Version.recording_file)
    chosen = named.where(Version.id.in_(newest), Version.recording_file.is_not(None), gone)
    yield from session.scalars(chosen)
