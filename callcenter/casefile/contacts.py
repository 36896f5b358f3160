"""Opened consultations of a person or a case, as every page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.casefile.words import CHANNEL_ICONS
from callcenter.domain.cases.wall import Part
from callcenter.domain.codes import Code
from callcenter.domain.records.record_codes import Channel, Risk, Topic
from callcenter.models.records import Consultation
from callcenter.services.records import lengths


@dataclass(frozen=True)
class EarlierContact:
    """An earlier consultation, opened."""

    opened_at: datetime
    channel: Code
    icon: str
    counsellor: str
    minutes: int | None
    story: str
    response: str
    next_step: str
    id: str = ""
    whose: str | None = None
    """Who told it, where it was somebody else of the family."""
    shared: frozenset[Part] = frozenset()
    """What of it may be told in the family."""
    risk: Risk = Risk.UNKNOWN
    linked_later: bool = False
    """Whether it was linked from another record than its own, and so can be taken back from there."""
    topic: str = ""
    """The main topic in words, or the first one where none is the main one; empty while it is unknown."""


@dataclass(frozen=True)
class EarlierContacts:
    """Opened consultations, newest first; those before begin at *older_before*."""

    entries: tuple[EarlierContact, ...]
    older_before: datetime | None


def earlier_contact(session: Session, record: Consultation) -> EarlierContact:
    """Return an opened consultation for the list beside the form."""
    channel = Channel(record.channel)
    return EarlierContact(
        opened_at=record.opened_at,
        channel=channel,
        icon=CHANNEL_ICONS[channel],
        id=record.id,
        counsellor=record.counsellor.name,
        minutes=_minutes(session, record),
        story=record.story or "",
        response=record.response or "",
        next_step=record.next_step or "",
        risk=Risk(record.risk),
        topic=_topic(record),
    )


def _topic(record: Consultation) -> str:
    topics = [record.main_topic, *(one.code for one in record.codes if one.list == "topics")]
    return next((Topic(one).label for one in topics if one != Topic.UNKNOWN), "")


def _minutes(session: Session, record: Consultation) -> int | None:
    length = lengths.spoken(session, record)
    return None if length is None else max(1, round(length.total_seconds() / 60))
