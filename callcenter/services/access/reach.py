"""The access rules (``domain.access.permissions``) as SQL conditions, for one row or for a list.

Each condition is written once, here. ``records_allowed`` and ``cases_allowed`` filter lists with it,
``conditions_of_record`` and ``conditions_of_case`` ask the database the same about one row, so a page and a list
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, and_, exists, false, literal, not_, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from callcenter.domain.access.break_glass import AccessKind
from callcenter.domain.access.permissions import Action, Condition, may, ways
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import HandoverState
from callcenter.domain.cases.wall import Speaker
from callcenter.domain.errors import HelplineError
from callcenter.models.access import ReasonedAccess
from callcenter.models.cases.cases import Case
from callcenter.models.cases.casework import CaseHandover
from callcenter.models.cases.family import ConsultationShare
from callcenter.models.keeping.retention import RetentionHold
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff

Clauses = Mapping[Condition, ColumnElement[bool]]


class AccessDenied(HelplineError):
    """Raised when the access rules do not let somebody open a record or case; break-glass may.

    *kind* and *id* name it: ``case`` or ``record``.
    """

    message = "ご担当ではないため、閉じてあります。必要なときは、理由を書いて、30分だけ開くことができます。"

    def __init__(self, kind: str, id_: str) -> None:
        super().__init__()
        self.kind, self.id = kind, id_


def records_allowed(
    by: Staff, *, now: datetime, action: Action = Action.OPEN, beside: Speaker | None = None
) -> ColumnElement[bool]:
    """Return the SQL condition for the rows of ``Consultation`` on which *by* may do *action*.

    *beside* is who is on the line with them: what others of that family said is behind the wall.
    """
    return clause(by, action, record_clauses(by, now, beside))


def cases_allowed(by: Staff, *, now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition for the rows of ``Case`` on which *by* may do *action*."""
    return clause(by, Action.OPEN, case_clauses(by, now))


def conditions_of_record(session: Session, record_id: str, by: Staff, *, now: datetime) -> frozenset[Condition]:
    """Return the conditions that hold for one record; none if it does not exist."""
    return _holding(session, record_clauses(by, now), Consultation.id == record_id)


def conditions_of_case(session: Session, case_id: str, by: Staff, *, now: datetime) -> frozenset[Condition]:
    """Return the conditions that hold for one case; none if it does not exist."""
    return _holding(session, case_clauses(by, now), Case.id == case_id)


def check_record(session: Session, record_id: str, action: Action, by: Staff, *, now: datetime) -> None:
    """Raise ``AccessDenied`` unless *by* may do *action* to the record."""
    if not may(by.role, action, conditions_of_record(session, record_id, by, now=now)):
        raise AccessDenied("record", record_id)


def check_case(session: Session, case_id: str, action: Action, by: Staff, *, now: datetime) -> None:
    """Raise ``AccessDenied`` unless *by* may do *action* to the case."""
    if not may(by.role, action, conditions_of_case(session, case_id, by, now=now)):
        raise AccessDenied("case", case_id)


def check_before_joining(session: Session, case_id: str, by: Staff, *, now: datetime) -> None:
    """Raise ``AccessDenied`` for somebody else's case, before a record or another case is joined with it.

    One that is in nobody's care and has no contact yet is nobody else's.
    """
    session.flush()
    touched = exists().where(Consultation.case_id == Case.id)
    if session.scalar(select(Case.id).where(Case.id == case_id, or_(Case.owner_id.is_not(None), touched))):
        check_case(session, case_id, Action.OPEN, by, now=now)


def clause(by: Staff, action: Action, clauses: Clauses) -> ColumnElement[bool]:
    """Return the rule for *by* and *action* as SQL, each condition as *clauses* says it."""
    allowed = [
        and_(literal(True), *(clauses[one] for one in way.needs), *(not_(clauses[one]) for one in way.unless))
        for way in ways(by.role, action)
    ]
    return or_(false(), *allowed)


def record_clauses(by: Staff, now: datetime, beside: Speaker | None = None) -> Clauses:
    """Return the SQL of each condition for a row of ``Consultation``."""
    other = aliased(Consultation)
    granted = _living(by, now, AccessKind.BREAK_GLASS)
    of_this = or_(ReasonedAccess.case_id == Consultation.case_id, ReasonedAccess.consultation_id == Consultation.id)
    return (
        _never()
        | _behind_the_wall(beside)
        | {
            Condition.OWN: Consultation.counsellor_id == by.id,
            Condition.DRAFT: Consultation.state == ConsultationState.DRAFT,
            Condition.INVOLVED: exists().where(other.case_id == Consultation.case_id, other.counsellor_id == by.id),
            Condition.ASSIGNED: Consultation.case_id.in_(_in_care_of(by)),
            Condition.GRANTED: exists().where(granted, of_this),
            Condition.HELD: or_(
                exists().where(_held(now), RetentionHold.case_id == Consultation.case_id),
                exists().where(_held(now), RetentionHold.consultation_id == Consultation.id),
            ),
        }
    )


def case_clauses(by: Staff, now: datetime) -> Clauses:
    """Return the SQL of each condition for a row of ``Case``."""
    other = aliased(Consultation)
    granted = _living(by, now, AccessKind.BREAK_GLASS)
    return _never() | {
        Condition.INVOLVED: exists().where(other.case_id == Case.id, other.counsellor_id == by.id),
        Condition.ASSIGNED: Case.id.in_(_in_care_of(by)),
        Condition.GRANTED: exists().where(granted, ReasonedAccess.case_id == Case.id),
        Condition.HELD: exists().where(_held(now), RetentionHold.case_id == Case.id),
    }


def _behind_the_wall(beside: Speaker | None) -> dict[Condition, ColumnElement[bool]]:
    if beside is None:
        return {}
    shared = exists().where(ConsultationShare.consultation_id == Consultation.id)
    others = or_(Consultation.person_id.is_(None), Consultation.person_id != beside.person_id)
    return {
        Condition.WALLED: and_(Consultation.case_id == beside.case_id, others, not_(shared)),
        Condition.CROSSED: true() if beside.opened else false(),
    }


def _never() -> dict[Condition, ColumnElement[bool]]:
    """Return every condition as false, for callers to replace those that have a column."""
    return dict.fromkeys(Condition, false())


def _in_care_of(by: Staff) -> CompoundSelect[tuple[str]]:
    """Return the cases assigned to *by*, or offered to them by a hand-over."""
    asked = (CaseHandover.to_id == by.id) & (CaseHandover.state == HandoverState.PENDING)
    return union_all(select(Case.id).where(Case.owner_id == by.id), select(CaseHandover.case_id).where(asked))


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(RetentionHold.lifted_at.is_(None), RetentionHold.until >= local_date(now))


def _living(by: Staff, now: datetime, kind: AccessKind) -> ColumnElement[bool]:
    return and_(ReasonedAccess.staff_id == by.id, ReasonedAccess.kind == kind, ReasonedAccess.until > now)


def _holding(session: Session, clauses: Clauses, row: ColumnElement[bool]) -> frozenset[Condition]:
    found = session.execute(select(*(held.label(condition) for condition, held in clauses.items())).where(row)).first()
    return frozenset(condition for condition, holds in zip(clauses, found or (), strict=False) if holds)
