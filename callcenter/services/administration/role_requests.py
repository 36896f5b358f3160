"""Roles that open what was said, or accounts: one person asks for them, a second confirms.

An administrator opens no record. One who could also give such a role, to another account or a made-up one, could read
everything alone; so could one who handed out a new password for such an account and took its second factor away. So the
role waits here until another administrator or a supervisor has looked at it; supervisors and administrators are told of
both steps. What is done at the command line is the operator's: it acts at once, and is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, check, may, roles_that_may
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Role, RoleAnswer
from callcenter.models.base import new_id
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.role_requests import RoleRequest
from callcenter.services.delivery import notices
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject, staff_member

GUARDED = roles_that_may(Action.OPEN) | roles_that_may(Action.KEEP_ACCOUNTS)
"""Roles that nobody gives alone: they read what was said, or could give such a role."""
ASKED, ANSWERED, SET = "role.asked", "role.answered", "staff.role_set"


class NoSuchRequest(HelplineError):
    """Raised when a request does not exist or was answered already."""

    message = "この申し出は、もう返事が済んでいるか、取り下げられています。一覧を読みこみ直してください。"


class SecondPersonNeeded(HelplineError):
    """Raised when somebody would confirm what they asked for, or a role of their own."""

    message = "ご自分で申し出た役割や、ご自分の役割は、確かめられません。ほかの管理者か統括に頼んでください。"


def needed(staff: Staff, role: Role) -> bool:
    """Return whether the account may have *role* only after a second person has agreed."""
    return role in GUARDED and (role is not staff.role or not staff.active)


def ask(session: Session, staff: Staff, role: Role, *, by: str, now: datetime) -> RoleRequest:
    """Ask for *role*, in place of what was asked before, and tell everybody who can answer."""
    session.execute(select(Staff.id).where(Staff.id == staff.id).with_for_update())  # of two who ask, one is first
    take_back_open(session, staff.id, by=staff_member(by), now=now)
    request = RoleRequest(id=new_id(), staff_id=staff.id, role=role, asked_by=by, asked_at=now)
    session.add(request)
    session.flush()
    facts = {"request": request.id, "from": staff.role.value if staff.active else None, "to": role.value}
    _record(session, ASKED, staff.id, facts, by=staff_member(by), now=now)
    notices.notify_decision_makers(session, ASKED, request.id, by=by, now=now)
    return request


def find(session: Session, request_id: str) -> RoleRequest | None:
    """Return one request."""
    return session.get(RoleRequest, request_id)


def unanswered(session: Session) -> Sequence[RoleRequest]:
    """Return the requests that wait, the oldest first."""
    return session.scalars(_unanswered().order_by(RoleRequest.asked_at, RoleRequest.id)).all()


def of_account(session: Session, staff_id: str) -> RoleRequest | None:
    """Return the request that waits for this account."""
    return session.scalars(_unanswered().where(RoleRequest.staff_id == staff_id)).one_or_none()


def can_answer(request: RoleRequest, by: Staff) -> bool:
    """Return whether *by* is a second person for this request."""
    own = by.id in (request.asked_by, request.staff_id)
    return may(by.role, Action.CONFIRM_ROLE, {Condition.OWN} if own else frozenset())


def answer(session: Session, request_id: str, given: RoleAnswer, *, by: Staff, now: datetime) -> RoleRequest:
    """Note a second person's answer; ``SecondPersonNeeded`` from anybody else, ``NoSuchRequest`` a second time."""
    check(by.role, Action.CONFIRM_ROLE)
    request = _locked(session, request_id)
    if not can_answer(request, by):
        raise SecondPersonNeeded
    _settle(session, request, given, by=staff_member(by.id), now=now)
    notices.notify_decision_makers(session, ANSWERED, request.id, by=by.id, now=now)
    return request


def take_back(session: Session, request_id: str, *, by: Staff, now: datetime) -> RoleRequest:
    """Take a request back, which any administrator may."""
    check(by.role, Action.KEEP_ACCOUNTS)
    request = _locked(session, request_id)
    _settle(session, request, RoleAnswer.TAKEN_BACK, by=staff_member(by.id), now=now)
    return request


def take_back_open(session: Session, staff_id: str, *, by: Actor, now: datetime) -> None:
    """Take back what waits for this account, because something else was decided about it."""
    waiting = _unanswered().where(RoleRequest.staff_id == staff_id).with_for_update()
    request = session.scalars(waiting.execution_options(populate_existing=True)).one_or_none()
    if request is not None:
        _settle(session, request, RoleAnswer.TAKEN_BACK, by=by, now=now)


def tell_set(session: Session, staff: Staff, *, by: Actor, now: datetime) -> None:
    """Tell supervisors and administrators of a role that was given or taken at once."""
    notices.notify_decision_makers(session, SET, staff.id, by=by.id, now=now)


def _settle(session: Session, request: RoleRequest, given: RoleAnswer, *, by: Actor, now: datetime) -> None:
    request.answer, request.answered_by, request.answered_at = given, by.id, now
    session.flush()
    facts = {"request": request.id, "to": request.role.value}
    _record(session, f"role.{given.value}", request.staff_id, facts, by=by, now=now)
    notices.withdraw(session, ASKED, request.id, now=now)


def _locked(session: Session, request_id: str) -> RoleRequest:
    request = session.get(RoleRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or request.answer is not None:
        raise NoSuchRequest
    return request


def _unanswered() -> Select[RoleRequest]:
    return select(RoleRequest).where(RoleRequest.answer.is_(None))


def _record(
    session: Session, action: str, staff_id: str, facts: Mapping[str, str | None], *, by: Actor, now: datetime
) -> None:
    audit.record(session, actor=by, action=action, subject=Subject("staff", staff_id), facts=facts, now=now)
