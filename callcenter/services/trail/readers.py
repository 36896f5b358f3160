"""Who opened which record, drawn from the trail: by record, by case, and by member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check, roles_that_may
from callcenter.domain.calendar.times import at_japan
from callcenter.models.misuse import Incident
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import ActorKind, AuditEntry

OPENINGS = {
    "consultation.read": "開いた",
    "consultation.print": "印刷した",
    "case.read": "開いた",
    "case.print": "印刷した",
    "case.export": "開示のために書き出した",
    "case.export.gather": "開示のために集めて読んだ",
    "break_glass.open": "理由を書いて開いた",
    "wall.open": "理由を書いてご家族の記録を開いた",
    "incident.read": "言われた言葉を開いた",
    "number.reveal": "電話番号を見た",
    "thread.read": "メール相談を開いた",
}
"""The acts of the trail by which somebody learns what was said, and their words."""

AT_ONCE = 100
CASE, RECORD, INCIDENT = "case", "consultation", "incident"
OPERATOR = "運用の担当者"

OWN = func.coalesce(Consultation.counsellor_id == AuditEntry.actor_id, false())
"""Whether an entry is about the reader's own record, where ``Consultation`` is joined."""


@dataclass(frozen=True)
class Opening:
    """One opening. *subject* is ``case``, ``consultation``, ``incident`` or ``thread``."""

    seq: int
    at: datetime
    reader: str
    reader_id: str | None
    action: str
    subject: str
    subject_id: str
    own: bool
    """Whether it is the reader's own record."""

    @property
    def words(self) -> str:
        return OPENINGS[self.action]


@dataclass(frozen=True)
class Page:
    """A page of openings, newest first; older ones begin before *older_before*."""

    entries: tuple[Opening, ...]
    older_before: int | None


def of_record(session: Session, record: Consultation, *, by: Staff, before: int | None = None) -> Page:
    """Return who opened this record, its case, or an incident in it."""
    check(by.role, Action.SEE_READERS)
    incidents = session.scalars(select(Incident.id).where(Incident.consultation_id == record.id)).all()
    about = [_about(RECORD, record.id), *(_about(INCIDENT, one) for one in incidents)]
    if record.case_id is not None:
        about.append(_about(CASE, record.case_id))
    return _page(session, or_(*about), before)


def of_case(session: Session, case_id: str, *, by: Staff, before: int | None = None) -> Page:
    """Return who opened this case or any record that belongs to it now."""
    check(by.role, Action.SEE_READERS)
    records = select(Consultation.id).where(Consultation.case_id == case_id)
    of_its_records = and_(AuditEntry.subject_kind == RECORD, AuditEntry.subject_id.in_(records))
    return _page(session, or_(_about(CASE, case_id), of_its_records), before)


def of_reader(
    session: Session,
    reader_id: str | None,
    first: date,
    last: date,
    *,
    by: Staff,
    before: int | None = None,
    without_own: bool = False,
) -> Page:
    """Return what one member of staff (None: anybody) opened between two days in Japan, both included.

    *without_own* leaves out what somebody opened of their own records.
    """
    check(by.role, Action.SEE_READERS)
    period = and_(AuditEntry.at >= at_japan(first, time()), AuditEntry.at < at_japan(last + timedelta(days=1), time()))
    who = AuditEntry.actor_kind == ActorKind.STAFF
    if reader_id is not None:
        who = and_(who, AuditEntry.actor_id == reader_id)
    if without_own:
        who = and_(who, not_(OWN))
    return _page(session, and_(period, who), before)


def possible_readers(session: Session) -> Sequence[Staff]:
    """Return everybody who opens records or once did, to choose from."""
    query = select(Staff).where(Staff.role.in_(roles_that_may(Action.OPEN)))
    return session.scalars(query.order_by(Staff.active.desc(), Staff.name)).all()


def _about(kind: str, id_: str) -> ColumnElement[bool]:
    return and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id == id_)


def _page(session: Session, which: ColumnElement[bool], before: int | None) -> Page:
    query = (
        select(AuditEntry, Staff.name, OWN)
        .outerjoin(Staff, Staff.id == AuditEntry.actor_id)
        .outerjoin(Consultation, and_(AuditEntry.subject_kind == RECORD, Consultation.id == AuditEntry.subject_id))
        .where(which, AuditEntry.action.in_(OPENINGS))
        .order_by(AuditEntry.seq.desc())
        .limit(AT_ONCE + 1)
    )
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    found = session.execute(query).all()
    shown = tuple(_opened(*row) for row in found[:AT_ONCE])
    return Page(shown, shown[-1].seq if len(found) > AT_ONCE else None)


def _opened(entry: AuditEntry, name: str | None, own: bool) -> Opening:
    who, subject_id = name or OPERATOR, entry.subject_id or ""
    return Opening(entry.seq, entry.at, who, entry.actor_id, entry.action, entry.subject_kind, subject_id, own)
