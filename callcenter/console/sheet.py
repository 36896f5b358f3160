"""A record and the person it is about, as the middle and the right column show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.console import notes
from callcenter.console.desk import name_of
from callcenter.console.notes import Notes
from callcenter.console.words import CHANNEL_ICONS, called
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.cases.linking import LinkState
from callcenter.domain.cases.wall import Part
from callcenter.domain.codes import Code
from callcenter.domain.records.consultations import Channel
from callcenter.models.calls.calls import Call
from callcenter.models.cases.cases import Person
from callcenter.models.directory import Referral
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import browser_copy, record_fields, referrals
from callcenter.services.records.record_fields import FIELDS
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
    id: str = ""
    whose: str | None = None
    """Who told it, where it was somebody else of the family."""
    shared: frozenset[Part] = frozenset()
    """What of it may be told in the family."""
    linked_later: bool = False
    """Whether it was linked from another record than its own, and so can be taken back from there."""


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
    referrals: Sequence[Referral]
    owner: str | None
    """Whose record it is, if not the reader's."""
    doubt: LinkState | None
    maybe: str | None
    """Who it may have been, while that is not sure; their name only."""
    may_see_readers: bool
    notes: Notes
    copy_key: str
    """With which the browser seals what it could not save yet."""

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
        referrals=referrals.of_record(session, record.id),
        owner=record.counsellor.name if record.counsellor_id != staff.id else None,
        doubt=record.doubt,
        maybe=_maybe(session, record),
        may_see_readers=may(staff.role, Action.SEE_READERS),
        notes=notes.read(session, record, staff),
        copy_key=browser_copy.key_of(session, record, staff),
    )


def _maybe(session: Session, record: Consultation) -> str | None:
    person = session.get(Person, record.maybe_person_id) if record.maybe_person_id else None
    return called(person.nicknames[0].text) if person is not None and person.nicknames else None


def earlier(session: Session, record: Consultation) -> Earlier:
    """Return an opened consultation for the list beside the form."""
    channel = Channel(record.channel)
    return Earlier(
        opened_at=record.opened_at,
        channel=channel,
        icon=CHANNEL_ICONS[channel],
        id=record.id,
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
