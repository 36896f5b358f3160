"""Destroying a case or record for good: the keys of its texts, its names, and the rows that hang on them.

What is left are codes, dates and counts for the figures. Nobody can read or find the rest again, not in a backup
either once that has aged out. A hash of each id stays, so that a restored backup can be made to forget it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.keeping.retention import RecordClass
from callcenter.models.base import Base
from callcenter.models.cases.cases import Case, Person
from callcenter.models.cases.casework import Viewer
from callcenter.models.cases.family import ConsultationShare
from callcenter.models.keeping.retention import Purge
from callcenter.models.keys import DataKey, HoldsSealedText, Sealed
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.misuse import Incident
from callcenter.models.records import Consultation
from callcenter.services.cases import continuity, visit_counts
from callcenter.services.names import nicknames
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

UNTRACKED = {"synchronize_session": False}


@dataclass(frozen=True)
class Shredded:
    """How much was destroyed with one case or record."""

    id_hash: str
    consultations: int
    people: int
    incidents: int


def id_hash(kind: str, row_id: str) -> str:
    """Return the hash of an id that the ledger keeps; the random id itself says nothing about anybody."""
    return hashlib.sha256(f"{kind}:{row_id}".encode()).hexdigest()


def shred_case(
    session: Session,
    case: Case,
    *,
    by: Actor,
    now: datetime,
    record_class: RecordClass = RecordClass.PHONE,
    due_on: date | None = None,
) -> Shredded:
    """Destroy a case and the shells of those merged into it; the count of visits is kept."""
    session.flush()
    cases = _with_shells(session, case)
    ids = [one.id for one in cases]
    people = session.scalars(select(Person).where(Person.case_id.in_(ids))).all()
    contacts = session.scalars(select(Consultation).where(Consultation.case_id.in_(ids))).all()
    visit_counts.keep(session, case, people, contacts)
    incidents = forget_contacts(session, contacts, now)
    nicknames.forget(session, [person.id for person in people])
    _delete(session, MemberJoin, MemberJoin.person_id.in_([person.id for person in people]))
    for one in cases:
        continuity.forget(session, [person.id for person in people], case_id=one.id)
    destroy_keys(session, [*cases, *people, *contacts], now, but_of=ids)
    for one in cases:
        one.owner_id, one.follow_up_on, one.purged_at = None, None, now
    gone = Shredded(id_hash("case", case.id), len(contacts), len(people), incidents)
    note(session, Subject("case", case.id), gone, by=by, now=now, record_class=record_class, due_on=due_on)
    return gone


def shred_record(
    session: Session, record: Consultation, *, by: Actor, now: datetime, due_on: date | None = None
) -> Shredded:
    """Destroy a record that belongs to no case."""
    session.flush()
    incidents = forget_contacts(session, [record], now)
    destroy_keys(session, [record], now)
    gone = Shredded(id_hash("consultation", record.id), 1, 0, incidents)
    subject = Subject("consultation", record.id)
    note(session, subject, gone, by=by, now=now, record_class=RecordClass.PHONE, due_on=due_on)
    return gone


def forget_contacts(session: Session, contacts: Sequence[Consultation], now: datetime) -> int:
    """Delete plain-text fields and dependent rows of records; return how many incidents were deleted."""
    ids = [one.id for one in contacts]
    incidents = session.execute(
        delete(Incident).where(Incident.consultation_id.in_(ids)).returning(Incident.id).execution_options(**UNTRACKED)
    ).all()
    _delete(session, ConsultationShare, ConsultationShare.consultation_id.in_(ids))
    _delete(session, Viewer, Viewer.subject_id.in_(ids))
    for one in contacts:
        one.nickname_heard, one.maybe_person_id = "", None
        one.caller_age_years = one.subject_age_years = None  # the band is enough for the figures
        one.purged_at = now
    return len(incidents)


def destroy_keys(
    session: Session, rows: Collection[HoldsSealedText], now: datetime, *, but_of: Collection[str] = ()
) -> None:
    """Destroy the keys, then delete what they sealed, in every table.

    A key that seals a living case other than those *but_of* stays, whoever else came under it.
    """
    session.flush()
    key_ids = {row.data_key_id for row in rows}
    living = select(Case.data_key_id).where(
        Case.data_key_id.in_(key_ids), Case.id.not_in(but_of), Case.purged_at.is_(None)
    )
    key_ids -= set(session.scalars(living))
    for key in session.scalars(select(DataKey).where(DataKey.id.in_(key_ids)).with_for_update()):
        key.destroy(now)
    for model, columns in _sealed_columns().items():
        there = update(model).where(model.data_key_id.in_(key_ids), or_(*(column.is_not(None) for column in columns)))
        session.execute(there.values({column.key: None for column in columns}))


def note(
    session: Session,
    subject: Subject,
    gone: Shredded,
    *,
    by: Actor,
    now: datetime,
    record_class: RecordClass,
    due_on: date | None = None,
    **more: str | int,
) -> None:
    """Enter what was destroyed in the ledger and, with *more* codes and counts, in the trail."""
    session.add(
        Purge(
            id_hash=gone.id_hash,
            subject_kind=subject.kind,
            record_class=record_class,
            at=now,
            due_on=due_on or local_date(now),
            consultations=gone.consultations,
            people=gone.people,
            incidents=gone.incidents,
        )
    )
    facts = {"consultations": gone.consultations, "people": gone.people, "incidents": gone.incidents, **more}
    audit.record(session, actor=by, action=f"{subject.kind}.shred", subject=subject, facts=facts, now=now)


def _with_shells(session: Session, case: Case) -> list[Case]:
    found, newest = [case], [case.id]
    while newest:
        shells = session.scalars(select(Case).where(Case.merged_into_id.in_(newest))).all()
        found += shells
        newest = [shell.id for shell in shells]
    return found


def _sealed_columns() -> dict[Any, list[Any]]:
    """Return every table with sealed texts, and the columns that hold them."""
    found: dict[Any, list[Any]] = {}
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, HoldsSealedText):
            sealed = [value for value in vars(mapper.class_).values() if isinstance(value, Sealed)]
            found[mapper.class_] = [getattr(mapper.class_, one.column) for one in sealed]
    return {model: columns for model, columns in found.items() if columns}


def _delete(session: Session, model: type[Base], condition: Any) -> None:
    session.execute(delete(model).where(condition).execution_options(**UNTRACKED))
