"""Break-glass: opening a record or case with a reason, for half an hour, reviewed afterwards by a supervisor.

What such an opening opens is decided by the one table of rules (``Condition.GRANTED``), through
``services.access.reach``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.access.break_glass import LASTS, AccessKind, ReviewVerdict, review_due, tidy_reason
from callcenter.domain.access.permissions import Action, Condition, check, may, roles_that_may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import one_line
from callcenter.models.access import ReasonedAccess
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import reach
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import live, notices
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

NOTICE = "break_glass.open"
_UNREVIEWED = and_(ReasonedAccess.review_due_on.is_not(None), ReasonedAccess.reviewed_at.is_(None))

SHOWN = 50
"""Reviews that are listed after they are done."""


class NothingToOpen(HelplineError):
    """Raised when the record or case does not exist or was destroyed."""

    message = "開こうとした記録が見つかりません。一覧からもう一度お選びください。"


class NoSuchAccess(HelplineError):
    """Raised when an opening does not exist or was reviewed already."""

    message = "この閲覧は、もう確認が終わっているか、見つかりません。一覧を読みこみ直してください。"


class NotYourOwn(HelplineError):
    """Raised when somebody would review their own opening."""

    message = "ご自分の閲覧は、ほかの統括が確認します。"


@dataclass(frozen=True)
class Target:
    """What is to be opened: ``Target("case", id)`` or ``Target("record", id)``."""

    kind: str
    id: str


def is_open_to(session: Session, target: Target, *, by: Staff, now: datetime) -> bool:
    """Return whether *by* may open the target without break-glass."""
    return may(by.role, Action.OPEN, _conditions(session, target, by, now))


def open_until(session: Session, target: Target, *, by: Staff, now: datetime) -> datetime | None:
    """Return until when *by* may read the target by break-glass alone; None where they need none, or have none."""
    if may(by.role, Action.OPEN, _conditions(session, target, by, now) - {Condition.GRANTED}):
        return None
    of_this = ReasonedAccess.case_id == target.id
    if target.kind == "record":
        case_id = select(Consultation.case_id).where(Consultation.id == target.id).scalar_subquery()
        of_this = or_(ReasonedAccess.consultation_id == target.id, ReasonedAccess.case_id == case_id)
    mine = and_(ReasonedAccess.staff_id == by.id, ReasonedAccess.kind == AccessKind.BREAK_GLASS)
    return session.scalar(select(func.max(ReasonedAccess.until)).where(mine, of_this, ReasonedAccess.until > now))


def open_with_reason(
    session: Session, target: Target, reason: str, *, by: Staff, now: datetime
) -> ReasonedAccess | None:
    """Open the target to *by* for ``LASTS`` and return the opening; None if it is open to them already.

    Raises ``NotAllowed`` by role, ``NothingToOpen``, ``ReasonMissing`` or ``ReasonTooLong``.
    """
    row = _row(session, target)
    conditions = _conditions(session, target, by, now)
    if may(by.role, Action.OPEN, conditions):
        return None
    check(by.role, Action.BREAK_GLASS, conditions)
    due = review_due(opening_hours.current(session, now), local_date(now))
    access = ReasonedAccess(
        id=new_id(),
        data_key=row.data_key,
        kind=AccessKind.BREAK_GLASS,
        staff_id=by.id,
        case_id=row.id if isinstance(row, Case) else None,
        consultation_id=row.id if isinstance(row, Consultation) else None,
        at=now,
        until=now + LASTS,
        review_due_on=due,
    )
    wanted = tidy_reason(reason)
    session.add(access)
    access.reason = wanted
    session.flush()
    facts = {"access": access.id, "minutes": int(LASTS.total_seconds() // 60), "review_due": due.isoformat()}
    _record(session, access, "break_glass.open", facts, by=by, now=now)
    _tell_supervisors(session, access, by, now)
    return access


def find(session: Session, access_id: str) -> ReasonedAccess | None:
    """Return one opening."""
    return session.get(ReasonedAccess, access_id)


def awaiting_review(session: Session) -> Sequence[ReasonedAccess]:
    """Return the openings that nobody has reviewed yet, the most urgent first."""
    query = select(ReasonedAccess).where(_UNREVIEWED)
    return session.scalars(query.order_by(ReasonedAccess.review_due_on, ReasonedAccess.at)).all()


def reviewed(session: Session) -> Sequence[ReasonedAccess]:
    """Return the latest reviews, newest first."""
    query = select(ReasonedAccess).where(ReasonedAccess.reviewed_at.is_not(None))
    return session.scalars(query.order_by(ReasonedAccess.reviewed_at.desc()).limit(SHOWN)).all()


def count_open_reviews(session: Session, today: date) -> tuple[int, int]:
    """Return how many openings wait for review, and how many of them are overdue."""
    late = func.count().filter(ReasonedAccess.review_due_on < today)
    query = select(func.count(), late).where(_UNREVIEWED)
    count, overdue = session.execute(query).one()
    return count, overdue


def review(
    session: Session, access_id: str, verdict: ReviewVerdict, note: str, *, by: Staff, now: datetime
) -> ReasonedAccess:
    """Store the verdict on an opening. Raises ``NotAllowed``, ``NotYourOwn`` or ``NoSuchAccess``.

    A verdict other than 必要な閲覧だった needs a note, as somebody will be spoken to.
    """
    access = session.get(ReasonedAccess, access_id, with_for_update=True, populate_existing=True)
    check(by.role, Action.REVIEW)
    if access is None or access.review_due_on is None or access.reviewed_at is not None:
        raise NoSuchAccess
    if not may(by.role, Action.REVIEW, {Condition.OWN} if access.staff_id == by.id else frozenset()):
        raise NotYourOwn
    words = one_line(note)
    if verdict is not ReviewVerdict.IN_ORDER:
        words = tidy_reason(note)
    access.reviewed_at, access.reviewed_by, access.verdict = now, by.id, verdict
    access.note = words or None
    facts = {"access": access.id, "verdict": verdict.value, "late": local_date(now) > access.review_due_on}
    _record(session, access, "break_glass.review", facts, by=by, now=now)
    notices.withdraw(session, NOTICE, access.id, now=now)
    live.publish(session, live.LINE, now=now)
    return access


def target_of(access: ReasonedAccess) -> Target:
    """Return what was opened."""
    return Target("record", access.consultation_id) if access.consultation_id else Target("case", access.case_id or "")


def _row(session: Session, target: Target) -> Case | Consultation:
    found: Case | Consultation | None = (
        session.get(Case, target.id) if target.kind == "case" else session.get(Consultation, target.id)
    )
    if found is None or found.data_key.wrapped is None:
        raise NothingToOpen
    return found


def _conditions(session: Session, target: Target, by: Staff, now: datetime) -> frozenset[Condition]:
    asked = reach.conditions_of_case if target.kind == "case" else reach.conditions_of_record
    return asked(session, target.id, by, now=now)


def _record(
    session: Session, access: ReasonedAccess, action: str, facts: dict[str, Any], *, by: Staff, now: datetime
) -> None:
    target = target_of(access)
    subject = Subject("case" if target.kind == "case" else "consultation", target.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)


def _tell_supervisors(session: Session, access: ReasonedAccess, by: Staff, now: datetime) -> None:
    others = select(Staff.id).where(Staff.role.in_(roles_that_may(Action.REVIEW)), Staff.active, Staff.id != by.id)
    for staff_id in session.scalars(others).all():
        notices.notify(session, NOTICE, access.id, to=staff_id, by=by.id, now=now)
    live.publish(session, live.LINE, now=now)
