"""The conditions of the rules (``domain.access.permissions``) as SQL, for one row or for a list.

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
    """What somebody wants to open does not concern them; glass may be broken for it.

    *kind* and *id* name it: ``case`` or ``record``.
    """

    message = "ご担当ではないため、閉じてあります。必要なときは、理由を書いて、30分だけひらくことができます。"

    def __init__(self, kind: str, id_: str) -> None:
        super().__init__()
        self.kind, self.id = kind, id_


def records_allowed(
    by: Staff, *, now: datetime, action: Action = Action.OPEN, beside: Speaker | None = None
) -> ColumnElement[bool]:
    """Return which of the rows of ``Consultation`` *by* may act on; for a ``where``.

    *beside* is who is on the line with them: what others of that family said is behind the wall.
    """
    return clause(by, action, record_clauses(by, now, beside))


def cases_allowed(by: Staff, *, now: datetime) -> ColumnElement[bool]:
    """Return which of the rows of ``Case`` *by* may open; for a ``where``."""
    return clause(by, Action.OPEN, case_clauses(by, now))


def conditions_of_record(session: Session, record_id: str, by: Staff, *, now: datetime) -> frozenset[Condition]:
    """Return what holds of one record; nothing if there is none."""
    return _holding(session, record_clauses(by, now), Consultation.id == record_id)


def conditions_of_case(session: Session, case_id: str, by: Staff, *, now: datetime) -> frozenset[Condition]:
    """Return what holds of one case; nothing if there is none."""
    return _holding(session, case_clauses(by, now), Case.id == case_id)


def check_record(session: Session, record_id: str, action: Action, by: Staff, *, now: datetime) -> None:
    """Raise ``AccessDenied`` unless *by* may do *action* to the record."""
    if not may(by.role, action, conditions_of_record(session, record_id, by, now=now)):
        raise AccessDenied("record", record_id)


def check_case(session: Session, case_id: str, action: Action, by: Staff, *, now: datetime) -> None:
    """Raise ``AccessDenied`` unless *by* may do *action* to the case."""
    if not may(by.role, action, conditions_of_case(session, case_id, by, now=now)):
        raise AccessDenied("case", case_id)


def clause(by: Staff, action: Action, clauses: Clauses) -> ColumnElement[bool]:
    """Write the ways of a rule as SQL, each condition as *clauses* says it."""
    allowed = [
        and_(literal(True), *(clauses[one] for one in way.needs), *(not_(clauses[one]) for one in way.unless))
        for way in ways(by.role, action)
    ]
    return or_(false(), *allowed)


def record_clauses(by: Staff, now: datetime, beside: Speaker | None = None) -> Clauses:
    """Return what each condition means for a row of ``Consultation``."""
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
    """Return what each condition means for a row of ``Case``."""
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
    """Return every condition as one that does not hold: whoever brings a column for it says above what it means."""
    return dict.fromkeys(Condition, false())


def _in_care_of(by: Staff) -> CompoundSelect[tuple[str]]:
    """Return the cases that *by* has in hand, or is asked to take on: who decides about that may read first."""
    asked = (CaseHandover.to_id == by.id) & (CaseHandover.state == HandoverState.PENDING)
    return union_all(select(Case.id).where(Case.owner_id == by.id), select(CaseHandover.case_id).where(asked))


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(RetentionHold.lifted_at.is_(None), RetentionHold.until >= local_date(now))


def _living(by: Staff, now: datetime, kind: AccessKind) -> ColumnElement[bool]:
    return and_(ReasonedAccess.staff_id == by.id, ReasonedAccess.kind == kind, ReasonedAccess.until > now)


def _holding(session: Session, clauses: Clauses, row: ColumnElement[bool]) -> frozenset[Condition]:
    found = session.execute(select(*(held.label(condition) for condition, held in clauses.items())).where(row)).first()
    return frozenset(condition for condition, holds in zip(clauses, found or (), strict=False) if holds)
