"""A record as its form shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.casefile.record import notes
from callcenter.casefile.record.notes import Notes
from callcenter.casefile.words import called, name_of
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.cases.linking import LinkState
from callcenter.domain.codes import Code
from callcenter.domain.records.record_codes import Channel
from callcenter.models.cases.cases import Person
from callcenter.models.directory import Referral
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import browser_copy, record_fields, referrals
from callcenter.services.records.record_fields import FIELDS


@dataclass(frozen=True)
class Sheet:
    """The record being written."""

    id: str
    version: int
    finished: bool
    opened_at: datetime
    saved_at: datetime
    channel: Code
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
    return Sheet(
        id=record.id,
        version=record.version,
        finished=record.state is ConsultationState.FINISHED,
        opened_at=record.opened_at,
        saved_at=record.saved_at,
        channel=Channel(record.channel),
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
