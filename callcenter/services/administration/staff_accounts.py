"""What administrators do to other people's accounts: create, change the role, deactivate, reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, may, roles_that_may
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Role
from callcenter.domain.staff.second_factor import IdentityCheck, ResetReason
from callcenter.models.staff.accounts import Staff
from callcenter.services.administration import duty_changes
from callcenter.services.delivery import notices
from callcenter.services.duty import presence
from callcenter.services.staff import accounts, second_factor
from callcenter.services.staff.accounts import FirstPassword, NewStaff
from callcenter.services.trail.audit import Actor


class NotOneself(HelplineError):
    """Raised when an administrator would change their own role or account."""

    message = "ご自分のアカウントは、ここでは変えられません。ほかの管理者に頼んでください。"


class LastAdministrator(HelplineError):
    """Raised when no administrator would be left."""

    message = "管理者がいなくなってしまいます。先に、ほかの人を管理者にしてください。"


class WithACaller(HelplineError):
    """Raised when signing somebody out would disturb a running talk."""

    message = "いまお話し中です。電話が終わってから、もう一度お試しください。"


@dataclass(frozen=True)
class Account:
    """One row of the list of accounts."""

    staff: Staff
    app: bool
    passkeys: int

    @property
    def answers(self) -> bool:
        """Return whether the account's calls ring somewhere."""
        return may(self.staff.role, Action.ANSWER)


def all_accounts(session: Session) -> list[Account]:
    """Return all accounts, active ones first, by role and login."""
    order = {role: place for place, role in enumerate(Role)}
    rows = session.scalars(select(Staff)).all()
    factors = second_factor.factors_by_account(session)
    found = [Account(staff, *factors.get(staff.id, (False, 0))) for staff in rows]
    return sorted(found, key=lambda one: (not one.staff.active, order[one.staff.role], one.staff.login))


def create_account(session: Session, new: NewStaff, first: FirstPassword, *, by: Actor, now: datetime) -> Staff:
    """Create an account with its first password, valid once and for a week."""
    staff = accounts.add_staff(session, new, first.hash, by=by, now=now)
    accounts.give_first_password(session, staff, first, by=by, now=now)
    return staff


def change_role(session: Session, staff: Staff, role: Role, *, by: Actor, now: datetime) -> bool:
    """Change the role; False if that waits for the end of a call and its record."""
    _check(session, staff, by, leaves=not may(role, Action.KEEP_ACCOUNTS))
    return duty_changes.change_role(session, staff, role, by=by, now=now)


def deactivate(session: Session, staff: Staff, *, by: Actor, now: datetime) -> bool:
    """Deactivate the account; False if that waits for the end of a call and its record."""
    _check(session, staff, by, leaves=True)
    return duty_changes.deactivate(session, staff, by=by, now=now)


def new_first_password(session: Session, staff: Staff, first: FirstPassword, *, by: Actor, now: datetime) -> None:
    """Set and return a new first password for somebody who forgot theirs; the second factor stays."""
    _check(session, staff, by, leaves=False)
    _check_silence(session, staff)
    notices.notify_decision_makers(session, "staff.first_password", staff.id, by=by.id, now=now)
    accounts.give_first_password(session, staff, first, by=by, now=now)


def reset_factor(
    session: Session, staff: Staff, reason: ResetReason, checked: IdentityCheck, *, by: Actor, now: datetime
) -> None:
    """Remove every second factor of somebody who lost theirs."""
    _check(session, staff, by, leaves=False)
    _check_silence(session, staff)
    second_factor.reset(session, staff, reason, checked, by=by, now=now)


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
