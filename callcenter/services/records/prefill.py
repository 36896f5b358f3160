"""Prefilling today's record with codes that the same person told before, marked apart from today's answers.

Only codes, only from the same person's own records, and only where nobody has chosen anything yet: what somebody
else of the family said crosses no wall by this door. Each carries the day on which it was last heard. Taking the
link away takes these away too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import MULTIPLE, Novelty, Risk
from callcenter.models.cases.cases import Person
from callcenter.models.records import UNKNOWN, Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import record_fields, viewers
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

FIELDS = (
    "relation",
    "first_or_repeat",
    "caller_age",
    "caller_sex",
    "subject_age",
    "subject_sex",
    "prefecture",
    "municipality",
    "period",
    "going_out",
    "medical",
    "learned_from",
    "triggers",
)
LOOKED_AT = 30
"""Earlier records that are looked through; what was not heard in so many is asked again."""

Found = dict[str, tuple[Any, date]]


class NotPrefilled(HelplineError):
    """Raised when a value to confirm was not prefilled."""

    message = "この項目は、今日の記録に入っています。"


class KnownRisk(NamedTuple):
    """A level of danger, as it was last heard, and the day."""

    risk: Risk
    confirmed: bool
    on: date


def last_known_risk(session: Session, record: Consultation) -> KnownRisk | None:
    """Return what was last known of the danger before *record*, from the same person's own records."""
    if record.person_id is None:
        return None
    query = select(Consultation.risk, Consultation.risk_confirmed, Consultation.local_date)
    own = query.where(Consultation.person_id == record.person_id, Consultation.id != record.id)
    known = own.where(Consultation.risk != UNKNOWN, Consultation.opened_at <= record.opened_at)
    last = session.execute(known.order_by(Consultation.opened_at.desc()).limit(1)).one_or_none()
    return None if last is None else KnownRisk(Risk(last.risk), last.risk_confirmed, last.local_date)


def prefill_from_person(session: Session, record: Consultation, *, now: datetime, certain: bool = True) -> None:
    """Prefill the record from the linked person; what came from an unlinked one is removed.

    Nothing is told before it is *certain* which of a family is on the line.
    """
    for name in record.prefilled:
        record_fields.write(record, name, [] if name in MULTIPLE else UNKNOWN, now=now)
    stale, person = set(record.prefilled), record.person
    found = _known(session, record, person) if person is not None and certain else {}
    taken = {name: value for name, value in found.items() if _is_open(record, name, stale)}
    for name, (value, _) in taken.items():
        record_fields.write(record, name, value, now=now)
    record.prefilled = {name: day.isoformat() for name, (_, day) in taken.items()}
    if stale or taken:
        record.version += 1
        record.field_versions = record.field_versions | dict.fromkeys(stale | taken.keys(), record.version)


def confirm(session: Session, record: Consultation, name: str, *, by: Staff, now: datetime) -> None:
    """Store that a prefilled value was asked today and is the same; ``NotPrefilled`` if it was not prefilled."""
    if name not in record.prefilled:
        raise NotPrefilled
    record.prefilled = {field: day for field, day in record.prefilled.items() if field != name}
    record.version += 1
    record.field_versions = record.field_versions | {name: record.version}
    record.saved_at = now
    subject, facts = Subject("consultation", record.id), {"field": name, "version": record.version}
    audit.record(
        session, actor=staff_member(by.id), action="consultation.confirm", subject=subject, facts=facts, now=now
    )
    viewers.refresh_viewers(session, subject, but=by.id, now=now)


def _is_open(record: Consultation, name: str, stale: set[str]) -> bool:
    """Return whether nobody has chosen anything in this field yet."""
    value = record_fields.current(record, name)
    return value in ([], UNKNOWN) and (name in stale or name not in record.field_versions)


def _known(session: Session, record: Consultation, person: Person) -> Found:
    earlier = _earlier(session, record, person)
    found: Found = {}
    if person.relation != UNKNOWN:
        found["relation"] = (person.relation, record.local_date)  # whoever is chosen is the one who speaks
    is_known = bool(earlier or person.contact_before_on)
    found["first_or_repeat"] = ((Novelty.REPEAT if is_known else Novelty.NEW).value, record.local_date)
    for one in earlier:
        for name, value in _told(one):
            found.setdefault(name, (value, _heard_on(one, name)))
    if person.age_band != UNKNOWN and person.contact_before_on:
        found.setdefault("caller_age", (person.age_band, person.contact_before_on))
    return found


def _earlier(session: Session, record: Consultation, person: Person) -> Sequence[Consultation]:
    query = select(Consultation).where(Consultation.person_id == person.id, Consultation.id != record.id)
    before = query.where(Consultation.opened_at <= record.opened_at).order_by(Consultation.opened_at.desc())
    return session.scalars(before.limit(LOOKED_AT)).all()


def _told(record: Consultation) -> Iterator[tuple[str, Any]]:
    for name in FIELDS:
        value = record_fields.current(record, name)
        if name not in ("relation", "first_or_repeat") and value not in ([], UNKNOWN):
            yield name, value


def _heard_on(record: Consultation, name: str) -> date:
    """Return the day it was heard, which may be before a record that was itself prefilled."""
    taken_over = record.prefilled.get(name)
    return date.fromisoformat(taken_over) if taken_over else record.local_date
