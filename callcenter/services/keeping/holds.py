"""Retention holds: keeping a case, or an unlinked record, beyond its period, with a reason and until a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.keeping.retention import HoldReason, check_hold
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case
from callcenter.models.keeping.retention import RetentionHold
from callcenter.models.records import Consultation
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


class NothingToHold(HelplineError):
    """Raised when there is no case or unlinked record by that id."""

    message = "そのケースや記録は見つかりません。もう消されたのかもしれません。"


class NoSuchHold(HelplineError):
    """Raised when a hold does not exist or was lifted."""

    message = "その保存の延長は、もうありません。画面を読みこみ直してください。"


def place_hold(
    session: Session, row_id: str, reason: HoldReason, note: str, until: date, *, by: Actor, now: datetime
) -> RetentionHold:
    """Hold the case, or the unlinked record, through *until*; several holds may stand at once."""
    text = check_hold(note, until, today=local_date(now))
    held: Case | Consultation | None = session.get(Case, row_id, with_for_update=True)
    held = held or session.get(Consultation, row_id, with_for_update=True)
    if held is None or held.purged_at is not None or (isinstance(held, Consultation) and not _stands_alone(held)):
        raise NothingToHold
    row = RetentionHold(
        id=new_id(),
        data_key_id=held.data_key_id,
        data_key=held.data_key,
        case_id=held.id if isinstance(held, Case) else None,
        consultation_id=held.id if isinstance(held, Consultation) else None,
        reason=reason,
        until=until,
        set_at=now,
        set_by=by.id,
    )
    session.add(row)
    row.note = text
    facts = {"hold": row.id, "reason": reason.value, "until": until.isoformat()}
    audit.record(session, actor=by, action="retention.hold", subject=_subject(row), facts=facts, now=now)
    return row


def lift(session: Session, hold_id: str, *, by: Actor, now: datetime) -> RetentionHold:
    """End a hold now."""
    row = session.get(RetentionHold, hold_id, with_for_update=True)
    if row is None or row.lifted_at is not None:
        raise NoSuchHold
    row.lifted_at, row.lifted_by = now, by.id
    facts = {"hold": row.id}
    audit.record(session, actor=by, action="retention.lift", subject=_subject(row), facts=facts, now=now)
    return row


def standing(on: date) -> ColumnElement[bool]:
    """Return the condition for holds in force on a day."""
    return and_(RetentionHold.lifted_at.is_(None), RetentionHold.until >= on)


def listed(session: Session, *, today: date) -> list[RetentionHold]:
    """Return the holds in force, the first to end first."""
    query = select(RetentionHold).where(standing(today))
    return list(session.scalars(query.order_by(RetentionHold.until, RetentionHold.id)))


def of_case(session: Session, case_id: str, *, today: date) -> list[RetentionHold]:
    """Return the holds in force on a case."""
    query = select(RetentionHold).where(standing(today), RetentionHold.case_id == case_id)
    return list(session.scalars(query.order_by(RetentionHold.until)))


def _subject(row: RetentionHold) -> Subject:
    return Subject("case", row.case_id) if row.case_id else Subject("consultation", row.consultation_id)


def _stands_alone(record: Consultation) -> bool:
    """Return whether a record is kept for itself, not with a case or with a member who wrote by mail."""
    return record.case_id is None and record.thread_id is None
