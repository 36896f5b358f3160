"""A record and the person it is about, as the middle and the right column show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.console import notes
from callcenter.console.desk import name_of
from callcenter.console.notes import Notes
from callcenter.console.words import CHANNEL_ICONS, called
from callcenter.domain.calls import CallState
from callcenter.domain.codes import Code
from callcenter.domain.consultations import Channel, Relation
from callcenter.models.consultations import Consultation, ConsultationState
from callcenter.models.people import Staff
from callcenter.models.telephony import Call
from callcenter.services import consultations, record_fields
from callcenter.services.record_fields import FIELDS
from callcenter.ui.hints import Hint, hint_of


@dataclass(frozen=True)
class Earlier:
    """An earlier consultation, opened."""

    opened_at: datetime
    channel: Code
    icon: str
    counsellor: str
    minutes: int | None
    story: str
    response: str
    next_step: str


@dataclass(frozen=True)
class Past:
    """Opened consultations, newest first, and where the ones before them begin."""

    entries: tuple[Earlier, ...]
    older_before: datetime | None


@dataclass(frozen=True)
class Card:
    """Who this is, readable in two seconds."""

    name: str
    relation: Code
    how_to_address: str | None
    last_contact_on: date | None
    """Known from before this system."""
    past: Past

    @property
    def last_contact(self) -> Earlier | None:
        return self.past.entries[0] if self.past.entries else None

    @property
    def last_next_step(self) -> str:
        """Where we left off: the newest note for the next time."""
        return next((one.next_step for one in self.past.entries if one.next_step), "")


@dataclass(frozen=True)
class Sheet:
    """The record being written."""

    id: str
    version: int
    finished: bool
    opened_at: datetime
    saved_at: datetime
    channel: Code
    key: Hint | None
    waited_seconds: int | None
    talking: bool
    name: str
    linked: bool
    values: dict[str, Any]
    owner: str | None
    """Whose record it is, if not the reader's."""
    notes: Notes

    @property
    def heard(self) -> str:
        return str(self.values["nickname_heard"])


def read(session: Session, record: Consultation, staff: Staff) -> Sheet:
    """Return the record for its form."""
    call = session.get(Call, record.call_id) if record.call_id else None
    claimed = call is not None and call.claimed_at is not None
    return Sheet(
        id=record.id,
        version=record.version,
        finished=record.state is ConsultationState.FINISHED,
        opened_at=record.opened_at,
        saved_at=record.saved_at,
        channel=Channel(record.channel),
        key=hint_of(call.key) if call else None,
        waited_seconds=call.waited_seconds if call is not None and claimed else None,
        talking=call is not None and call.state is not CallState.ENDED,
        name=name_of(record),
        linked=record.person is not None,
        values={name: record_fields.current(record, name) for name in FIELDS},
        owner=record.counsellor.name if record.counsellor_id != staff.id else None,
        notes=notes.read(session, record, staff),
    )


def card(session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Card | None:
    """Open what the linked person told before; every opening is in the trail."""
    person = record.person
    if person is None:
        return None
    return Card(
        name=called(person.nicknames[0].text) if person.nicknames else name_of(record),
        relation=Relation(person.relation),
        how_to_address=person.how_to_address,
        last_contact_on=person.contact_before_on,
        past=past(session, record, staff, now=now),
    )


def past(
    session: Session, record: Consultation, staff: Staff, *, now: datetime, before: datetime | None = None
) -> Past:
    """Open what the linked person told before this record, or before *before*, twenty at a time."""
    if record.person_id is None:
        return Past((), None)
    found = consultations.history(session, record.person_id, by=staff, now=now, without=record.id, before=before)
    older_before = found[-1].opened_at if len(found) == consultations.EARLIER_AT_ONCE else None
    return Past(tuple(earlier(session, one) for one in found), older_before)


def earlier(session: Session, record: Consultation) -> Earlier:
    """Return an opened consultation for the list beside the form."""
    channel = Channel(record.channel)
    return Earlier(
        opened_at=record.opened_at,
        channel=channel,
        icon=CHANNEL_ICONS[channel],
        counsellor=record.counsellor.name,
        minutes=_minutes(session, record),
        story=record.story or "",
        response=record.response or "",
        next_step=record.next_step or "",
    )


def _minutes(session: Session, record: Consultation) -> int | None:
    call = session.get(Call, record.call_id) if record.call_id else None
    if call is None or call.talked_at is None or call.ended_at is None:
        return None
    return max(1, round((call.ended_at - call.talked_at).total_seconds() / 60))
