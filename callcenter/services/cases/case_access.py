"""Opening a case to read it or locking it to change it, as far as the access rules allow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import NotAllowed
from callcenter.models.cases.cases import Case
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import reach


class NoSuchCase(HelplineError):
    """Raised when a case does not exist."""

    message = (
        "そのケースは見つかりません。保存の期間が終わって、消されたのかもしれません。一覧からもう一度開いてください。"
    )


def open_for_reading(session: Session, case_id: str, by: Staff, *, now: datetime, action: Action = Action.OPEN) -> Case:
    """Return the case for reading, or raise; a merged case leads to the one it was merged into."""
    if by.role not in roles_that_may(action):
        raise NotAllowed
    case = session.get(Case, case_id)
    while case is not None and case.merged_into_id is not None:
        case = session.get(Case, case.merged_into_id)
    if case is None or case.purged_at is not None:
        raise NoSuchCase
    session.flush()
    reach.check_case(session, case.id, action, by, now=now)
    return case


def openable(session: Session, case_ids: Collection[str], by: Staff, *, now: datetime) -> set[str]:
    """Return which of these cases *by* may open as they are; none is opened by this."""
    return set(session.scalars(select(Case.id).where(Case.id.in_(case_ids), reach.cases_allowed(by, now=now))))


def lock_for_work(session: Session, case_id: str, by: Staff, *, now: datetime) -> Case:
    """Return the case locked for a change, or raise."""
    found = open_for_reading(session, case_id, by, now=now, action=Action.CARE)
    query = select(Case).where(Case.id == found.id).with_for_update(of=Case)
    locked = session.scalars(query.execution_options(populate_existing=True)).one()
    if locked.purged_at is not None:
        raise NoSuchCase
    return locked
