"""What administrators do to other people's accounts: create, change the role, deactivate, reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, may, roles_that_may
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Role, RoleAnswer
from callcenter.domain.staff.second_factor import IdentityCheck, ResetReason
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.role_requests import RoleRequest
from callcenter.services.administration import duty_changes, role_requests
from callcenter.services.delivery import notices
from callcenter.services.duty import presence
from callcenter.services.staff import accounts, second_factor
from callcenter.services.staff.accounts import FirstPassword, NewStaff
from callcenter.services.trail.audit import Actor, staff_member


class NotOneself(HelplineError):
    """Raised when an administrator would change their own role or account."""

    message = "ご自分のアカウントは、ここでは変えられません。ほかの管理者に頼んでください。"


class LastAdministrator(HelplineError):
    """Raised when no administrator would be left."""

    message = "管理者がいなくなってしまいます。先に、ほかの人を管理者にしてください。"


class WithACaller(HelplineError):
    """Raised when signing somebody out would disturb a running talk."""

    message = "いまお話し中です。電話が終わってから、もう一度お試しください。"


class Change(Enum):
    """When a change takes effect."""

    DONE = auto()
    AFTER_CALL = auto()
    ASKED = auto()
    """Once a second person has agreed."""


@dataclass(frozen=True)
class Account:
    """One row of the list of accounts."""

    staff: Staff
    app: bool
    passkeys: int
    request: RoleRequest | None = None
    """The role that waits for a second person."""

    @property
    def answers(self) -> bool:
        """Return whether the account's calls ring somewhere."""
        return may(self.staff.role, Action.ANSWER)


def all_accounts(session: Session) -> list[Account]:
    """Return all accounts, active ones first, by role and login."""
    order = {role: place for place, role in enumerate(Role)}
    rows = session.scalars(select(Staff)).all()
    factors = second_factor.factors_by_account(session)
    asked = {request.staff_id: request for request in role_requests.unanswered(session)}
    found = [Account(staff, *factors.get(staff.id, (False, 0)), asked.get(staff.id)) for staff in rows]
    return sorted(found, key=lambda one: (not one.staff.active, order[one.staff.role], one.staff.login))


def create_account(session: Session, new: NewStaff, first: FirstPassword, *, by: Actor, now: datetime) -> Staff:
    """Create an account with its first password, valid once and for a week; it waits where its role does."""
    staff = accounts.add_staff(session, new, first.hash, by=by, now=now)
    accounts.give_first_password(session, staff, first, by=by, now=now)
    staff.active = not (by.id and new.role in role_requests.GUARDED)
    _ask_if_needed(session, staff, new.role, by=by, now=now)
    return staff


def change_role(session: Session, staff: Staff, role: Role, *, by: Actor, now: datetime) -> Change:
    """Change the role, or ask a second person to agree to it."""
    _check(session, staff, by, leaves=not may(role, Action.KEEP_ACCOUNTS))
    if _ask_if_needed(session, staff, role, by=by, now=now):
        return Change.ASKED
    reads = staff.role in role_requests.GUARDED
    at_once = duty_changes.change_role(session, staff, role, by=by, now=now)
    if reads:
        role_requests.tell_set(session, staff, by=by, now=now)
    return Change.DONE if at_once else Change.AFTER_CALL


def activate(session: Session, staff: Staff, *, by: Actor, now: datetime) -> Change:
    """Activate the account again, or ask a second person to agree to it."""
    _check(session, staff, by, leaves=False)
    if _ask_if_needed(session, staff, staff.role, by=by, now=now):
        return Change.ASKED
    duty_changes.activate(session, staff, by=by, now=now)
    return Change.DONE


def answer_role(session: Session, request_id: str, given: RoleAnswer, *, by: Staff, now: datetime) -> Change:
    """Give a second person's answer; a confirmed role acts, after the call that its person may be in."""
    request = role_requests.answer(session, request_id, given, by=by, now=now)
    staff, actor = request.staff, staff_member(by.id)
    if given is not RoleAnswer.CONFIRMED:
        return Change.DONE
    _check(session, staff, actor, leaves=not may(request.role, Action.KEEP_ACCOUNTS))
    at_once = duty_changes.change_role(session, staff, request.role, by=actor, now=now)
    if not staff.active:
        duty_changes.activate(session, staff, by=actor, now=now)
    return Change.DONE if at_once else Change.AFTER_CALL


def deactivate(session: Session, staff: Staff, *, by: Actor, now: datetime) -> Change:
    """Deactivate the account, after the call and its record that its person may be in."""
    _check(session, staff, by, leaves=True)
    return Change.DONE if duty_changes.deactivate(session, staff, by=by, now=now) else Change.AFTER_CALL


def new_first_password(session: Session, staff: Staff, first: FirstPassword, *, by: Actor, now: datetime) -> Change:
    """Set a new first password for somebody who forgot theirs; the second factor stays."""
    _check(session, staff, by, leaves=False)
    _check_silence(session, staff)
    notices.notify_decision_makers(session, "staff.first_password", staff.id, by=by.id, now=now)
    accounts.give_first_password(session, staff, first, by=by, now=now)
    return _close_if_open_to_others(session, staff, by=by, now=now)


def reset_factor(
    session: Session, staff: Staff, reason: ResetReason, checked: IdentityCheck, *, by: Actor, now: datetime
) -> Change:
    """Remove every second factor of somebody who lost theirs."""
    _check(session, staff, by, leaves=False)
    _check_silence(session, staff)
    second_factor.reset(session, staff, reason, checked, by=by, now=now)
    return _close_if_open_to_others(session, staff, by=by, now=now)


def _close_if_open_to_others(session: Session, staff: Staff, *, by: Actor, now: datetime) -> Change:
    """Close an account that whoever handed out its first password could now enter, until a second person agrees.

    Without a second factor that password is all it takes, and the account opens what its own person may open.
    """
    known = staff.first_password_until is not None
    if not known or by.id is None or staff.role not in role_requests.GUARDED:
        return Change.DONE
    if second_factor.factors_of(session, staff).any:
        return Change.DONE
    if not duty_changes.deactivate(session, staff, by=by, now=now):
        raise WithACaller
    role_requests.ask(session, staff, staff.role, by=by.id, now=now)
    return Change.ASKED


def _ask_if_needed(session: Session, staff: Staff, role: Role, *, by: Actor, now: datetime) -> bool:
    """Ask a second person where one is needed, and return whether one is."""
    if by.id is None or not role_requests.needed(staff, role):
        return False
    role_requests.ask(session, staff, role, by=by.id, now=now)
    return True


def _check(session: Session, staff: Staff, by: Actor, *, leaves: bool) -> None:
    if by.id == staff.id:
        raise NotOneself
    if leaves and staff.active and may(staff.role, Action.KEEP_ACCOUNTS):
        active = select(func.count()).where(Staff.role.in_(roles_that_may(Action.KEEP_ACCOUNTS)), Staff.active)
        if (session.scalar(active) or 0) < 2:
            raise LastAdministrator


def _check_silence(session: Session, staff: Staff) -> None:
    if presence.is_in_talk(session, staff.id):
        raise WithACaller
