"""Accounts of staff: creating them, checking passwords, changing and ending them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing
from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.errors import HelplineError
from callcenter.domain.phone_numbers import staff_phone
from callcenter.domain.staff.roles import Contact, Role
from callcenter.domain.staff.second_factor import FIRST_PASSWORD_DAYS, FIRST_PASSWORD_GROUPS
from callcenter.domain.typed_text import one_line, plain
from callcenter.models.base import new_id
from callcenter.models.staff.accounts import Staff
from callcenter.services.staff import browser_sessions, passwords, sign_in_delays
from callcenter.services.staff.passwords import Comparison, Hash
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor, Subject, staff_member

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST_LOGIN = 64
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
LONGEST_NAME = 64


class LoginTaken(HelplineError):
    """Raised when the login exists."""

    message = "そのログイン名は、すでに使われています。別の名前にしてください。"
    field = "login"


class LoginUnusable(HelplineError):
    """Raised when a login cannot be typed everywhere."""

    message = "ログイン名は、半角の英数字と . _ - @ で、64文字までにしてください。"
    field = "login"


class NameUnusable(HelplineError):
    """Raised when an account has no name that can be seen, or one too long."""

    message = f"画面に出る名前を、{LONGEST_NAME}文字までで入れてください(例:担当07)。本名でなくてかまいません。"
    field = "name"


class FirstPasswordOver(HelplineError):
    """Raised when a first password was not used in time."""

    message = "はじめのパスワードの期限が過ぎています。管理者に、新しいものを頼んでください。"


class NoTelephone(HelplineError):
    """Raised when an account has no telephone to ring."""

    message = "電話機の番号が登録されていません。登録は、管理者に声をかけてください。"
    field = "phone"


@dataclass(frozen=True)
class FirstPassword:
    """A made-up password that works once, within a week, to choose another."""

    text: str = field(repr=False)
    hash: Hash

    @classmethod
    def made_up(cls, hasher: PasswordHasher | None = None) -> Self:
        text = passwords.made_up(FIRST_PASSWORD_GROUPS)
        return cls(text, passwords.hashed(text, hasher))


@dataclass(frozen=True)
class NewStaff:
    """What an account is created from; a *phone* makes the telephone the contact (else ``UnusableNumber``)."""

    login: str
    name: str
    role: Role
    phone: str | None = None
    demo: bool = False


def add_staff(session: Session, new: NewStaff, password: Hash, *, by: Actor, now: datetime) -> Staff:
    """Create an account; ``LoginTaken`` if the login exists, in any case or width; ``NameUnusable``."""
    login = normalised_login(new.login)
    if not LOGIN.fullmatch(login):
        raise LoginUnusable
    name = one_line(new.name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameUnusable
    staff = Staff(
        id=new_id(),
        login=login,
        name=name,
        role=new.role,
        password_hash=password.value,
        session_token=_new_token(),
        demo=new.demo,
        created_at=now,
    )
    try:
        with session.begin_nested():  # the database, not a look beforehand, decides who was first
            session.add(staff)
            _let_ring_at(staff, new.phone)
    except IntegrityError as taken:
        raise LoginTaken from taken
    audit.record(session, actor=by, action="staff.add", subject=_subject(staff), facts={"role": new.role}, now=now)
    return staff


def stored_hash(session: Session, login: str) -> str | None:
    """Return the hash to compare a password with, None for an unknown login."""
    return session.scalar(select(Staff.password_hash).where(Staff.login == normalised_login(login)))


def check_password(session: Session, login: str, compared: Comparison, *, now: datetime) -> Staff | None:
    """Return the account if login and password fit and it is active; commit either way, for the trail.

    What was *compared* beforehand counts only if the same hash is still stored. An unknown login costs the same time
    as a wrong password, and what was typed is kept nowhere.
    """
    staff = session.scalar(select(Staff).where(Staff.login == normalised_login(login)).with_for_update(key_share=True))
    fits = staff is not None and compared.fits and staff.password_hash == compared.stored
    if staff is None or not fits or not staff.active:
        subject = Subject("staff", staff.id if staff else None)
        audit.record(session, actor=SYSTEM, action="staff.sign_in_refused", subject=subject, now=now)
        return None
    if compared.renewed is not None:
        staff.password_hash = compared.renewed
    return staff


def record_sign_in(session: Session, staff: Staff, how: str, *, now: datetime) -> None:
    """Record that somebody signed in, and *how* (``password``, ``app``, ``recovery``, ``passkey``)."""
    staff.last_signed_in_at = now
    actor, facts = staff_member(staff.id), {"with": how}
    audit.record(session, actor=actor, action="staff.sign_in", subject=_subject(staff), facts=facts, now=now)


def record_reauthentication(session: Session, staff: Staff, how: str, *, now: datetime) -> None:
    """Record that a signed-in person proved their identity again before changing how they sign in."""
    actor, facts = staff_member(staff.id), {"with": how}
    audit.record(session, actor=actor, action="staff.proved", subject=_subject(staff), facts=facts, now=now)


def find(session: Session, login: str) -> Staff | None:
    """Return the account with that login, in any case or width."""
    return session.scalar(select(Staff).where(Staff.login == normalised_login(login)))


class Colleague(NamedTuple):
    """A member of staff to choose from a list."""

    id: str
    name: str


def who_may(session: Session, action: Action) -> list[Colleague]:
    """Return everybody with an account in use who may do *action* to something, by name."""
    query = select(Staff.id, Staff.name).where(Staff.role.in_(roles_that_may(action)), Staff.active)
    return [Colleague(id=row.id, name=row.name) for row in session.execute(query.order_by(Staff.name))]


def by_id(session: Session, staff_id: str) -> Staff | None:
    """Return the account with that id, also a deactivated one."""
    return session.get(Staff, staff_id)


def set_password(session: Session, staff: Staff, password: Hash, *, by: Actor, now: datetime) -> None:
    """Set a new password, and sign the account's browsers out."""
    staff.password_hash = password.value
    staff.first_password_until = None
    _change(session, staff, "staff.set_password", by, now)


def give_first_password(session: Session, staff: Staff, first: FirstPassword, *, by: Actor, now: datetime) -> None:
    """Set a password that works once, within a week, to choose another; nobody waits for it because of guesses."""
    sign_in_delays.forget(session, sign_in_delays.tried(session, staff.login, None))
    staff.password_hash = first.hash.value
    staff.first_password_until = now + timedelta(days=FIRST_PASSWORD_DAYS)
    _change(session, staff, "staff.first_password", by, now)


def check_first_password(staff: Staff, *, now: datetime) -> bool:
    """Return whether another password must be chosen first; ``FirstPasswordOver`` if it is too late."""
    if staff.first_password_until is not None and staff.first_password_until < now:
        raise FirstPasswordOver
    return staff.first_password_until is not None


def set_role(session: Session, staff: Staff, role: Role, *, by: Actor, now: datetime) -> None:
    """Change the role, and sign the account's browsers out."""
    facts = {"from": staff.role.value, "to": role.value}
    staff.role = role
    _change(session, staff, "staff.set_role", by, now, facts)


def set_active(session: Session, staff: Staff, active: bool, *, by: Actor, now: datetime) -> None:
    """Deactivate or activate an account; its records stay."""
    staff.active = active
    _change(session, staff, "staff.activate" if active else "staff.deactivate", by, now)


def apply_pending_change(session: Session, staff: Staff, *, now: datetime) -> None:
    """Apply what was decided about the account while a call kept its person."""
    role, leaving = staff.next_role, staff.leaving
    staff.next_role, staff.leaving = None, False
    if role is not None:
        set_role(session, staff, role, by=SYSTEM, now=now)
    if leaving:
        set_active(session, staff, False, by=SYSTEM, now=now)


def telephones_of_staff(session: Session) -> set[str]:
    """Return the numbers (E.164) at which calls can be offered to somebody on the staff."""
    staff = session.scalars(select(Staff).where(Staff.active, Staff.phone_sealed.is_not(None)))
    return {number for one in staff if (number := _opened_phone(one)) is not None}


def _opened_phone(staff: Staff) -> str | None:
    try:
        return staff.phone
    except KeyMissing:
        return None


def set_phone(session: Session, staff: Staff, number: str | None, *, by: Actor, now: datetime) -> None:
    """Set the number at which calls ring, or None for the browser; only these numbers are ever dialled."""
    _let_ring_at(staff, number)
    facts = {"contact": staff.contact.value}
    audit.record(session, actor=by, action="staff.set_phone", subject=_subject(staff), facts=facts, now=now)


def set_contact(session: Session, staff: Staff, contact: Contact, *, by: Actor, now: datetime) -> None:
    """Set whether calls ring at the account's telephone or browser; ``NoTelephone`` if it has none."""
    if contact is Contact.PHONE and staff.phone_sealed is None:
        raise NoTelephone
    if staff.contact is not contact:
        staff.contact = contact
        facts = {"contact": contact.value}
        audit.record(session, actor=by, action="staff.set_contact", subject=_subject(staff), facts=facts, now=now)


def set_preference(session: Session, staff: Staff, prefers: CallerKey | None, *, by: Actor, now: datetime) -> None:
    """Set which kind of caller this counsellor prefers; None removes the preference."""
    if staff.prefers is not prefers:
        staff.prefers = prefers
        facts = {"prefers": None if prefers is None else prefers.name.lower()}
        audit.record(session, actor=by, action="staff.set_preference", subject=_subject(staff), facts=facts, now=now)


def end_sessions(session: Session, staff: Staff) -> None:
    """Sign the account's browsers out, also one that is half-way in; without an entry in the trail."""
    staff.session_token = _new_token()
    browser_sessions.end_all(session, staff)


def lock(session: Session, staff: Staff) -> None:
    """Lock the account until the end of the transaction."""
    session.refresh(staff, with_for_update=True)


def sign_out(session: Session, staff: Staff, *, now: datetime) -> None:
    """Sign the account's browsers out."""
    _change(session, staff, "staff.sign_out", staff_member(staff.id), now)


def normalised_login(login: str) -> str:
    """Return a login as it is compared; ``LoginUnusable`` if it is too long for any."""
    if len(login) > LONGEST_LOGIN:
        raise LoginUnusable
    return plain(login).casefold()


def _let_ring_at(staff: Staff, number: str | None) -> None:
    staff.phone = None if number is None else staff_phone(number).value
    staff.contact = Contact.BROWSER if number is None else Contact.PHONE


def _change(
    session: Session, staff: Staff, action: str, by: Actor, now: datetime, facts: dict[str, str] | None = None
) -> None:
    """Record a change of who may do what, which ends the account's sessions."""
    end_sessions(session, staff)
    audit.record(session, actor=by, action=action, subject=_subject(staff), facts=facts, now=now)


def _subject(staff: Staff) -> Subject:
    return Subject("staff", staff.id)


def _new_token() -> str:
    return secrets.token_urlsafe(32)
