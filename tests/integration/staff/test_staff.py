"""Accounts: who may sign in, and what the trail says about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing
from callcenter.domain.phone_numbers import UnusableNumber
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import ActorKind, AuditEntry
from callcenter.services.staff import accounts, browser_sessions, passwords
from callcenter.services.staff.accounts import LoginTaken, LoginUnusable, NewStaff
from callcenter.services.staff.passwords import hasher as hasher_of_the_installation  # before the tests' cheap one
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "夜の図書館と長い散歩と朝"


def add(session: Session, login: str = "tanto07", phone: str | None = None, password: str = PASSWORD) -> Staff:
    new = NewStaff(login, "担当07", Role.COUNSELLOR, phone=phone)
    return accounts.add_staff(session, new, passwords.hashed(password, CHEAP), by=OPERATOR, now=NOW)


def check(session: Session, login: str, password: str, by: PasswordHasher = CHEAP) -> Staff | None:
    compared = passwords.compare(accounts.stored_hash(session, login), password, by)
    return accounts.check_password(session, login, compared, now=NOW)


def begin(session: Session, staff: Staff) -> str:
    return browser_sessions.begin(session, staff, "Windows・Edge", since=NOW, at=NOW)


def sign_in(session: Session, login: str, password: str) -> Staff | None:
    found = check(session, login, password)
    if found is not None:
        accounts.record_sign_in(session, found, "password", now=NOW)
    return found


def actions(session: Session) -> list[str]:
    session.commit()
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_an_account_signs_in_with_its_password(session: Session) -> None:
    added = add(session)
    assert sign_in(session, "tanto07", PASSWORD) is added
    assert added.last_signed_in_at == NOW


def test_a_login_is_one_in_any_case_and_width(session: Session) -> None:
    added = add(session)
    for typed in ("TANTO07", " tanto07 ", "\uff34\uff41\uff4e\uff54\uff4f07"):
        assert sign_in(session, typed, PASSWORD) is added
        with pytest.raises(LoginTaken):
            add(session, login=typed)


def test_a_password_is_one_in_any_width(session: Session) -> None:
    added = add(session, password="Long-Walk-2026!")
    assert sign_in(session, "tanto07", "\uff2cong-\uff37alk-2026\uff01") is added


def test_a_wrong_password_signs_nobody_in(session: Session) -> None:
    add(session)
    wrong = ("", "夜の図書館と長い散歩と昼", PASSWORD + "x", "x" * 10_000)
    assert [sign_in(session, "tanto07", typed) for typed in wrong] == [None] * 4


def test_what_was_typed_at_a_failed_sign_in_is_kept_nowhere(session: Session) -> None:
    added = add(session)
    assert sign_in(session, "my-password-typed-here", PASSWORD) is None
    assert sign_in(session, "tanto07", "wrong") is None
    session.commit()
    unknown, wrong = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.sign_in_refused"))
    assert (unknown.subject_id, unknown.facts, unknown.actor_kind) == (None, {}, ActorKind.SYSTEM)
    assert (wrong.subject_id, wrong.facts, wrong.actor_id) == (added.id, {}, None)


def test_every_change_of_an_account_is_in_the_trail(session: Session) -> None:
    added = add(session)
    sign_in(session, "tanto07", PASSWORD)
    accounts.set_role(session, added, Role.SUPERVISOR, by=OPERATOR, now=NOW)
    accounts.set_password(session, added, passwords.hashed(PASSWORD + "2", CHEAP), by=OPERATOR, now=NOW)
    accounts.set_phone(session, added, "+819012345678", by=OPERATOR, now=NOW)
    accounts.sign_out(session, added, now=NOW)
    accounts.set_active(session, added, False, by=OPERATOR, now=NOW)
    assert actions(session) == [
        "staff.add",
        "staff.sign_in",
        "staff.set_role",
        "staff.set_password",
        "staff.set_phone",
        "staff.sign_out",
        "staff.deactivate",
    ]
    assert audit.verify(session) is None


def test_a_session_ends_with_the_password_the_role_and_the_account(session: Session) -> None:
    added = add(session)
    changes: list[Callable[[], None]] = [
        lambda: accounts.set_password(session, added, passwords.hashed(PASSWORD + "2", CHEAP), by=OPERATOR, now=NOW),
        lambda: accounts.set_role(session, added, Role.AUDITOR, by=OPERATOR, now=NOW),
        lambda: accounts.sign_out(session, added, now=NOW),
        lambda: accounts.set_active(session, added, False, by=OPERATOR, now=NOW),
    ]
    for change in changes:
        token = begin(session, added)
        assert browser_sessions.staff_of(session, token) is added
        change()
        assert browser_sessions.staff_of(session, token) is None


def test_an_ended_account_neither_signs_in_nor_keeps_a_session(session: Session) -> None:
    added = add(session)
    accounts.set_active(session, added, False, by=OPERATOR, now=NOW)
    assert sign_in(session, "tanto07", PASSWORD) is None
    assert browser_sessions.staff_of(session, begin(session, added)) is None


def test_a_hash_with_older_parameters_is_renewed_at_sign_in(session: Session) -> None:
    added = add(session)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert check(session, "tanto07", PASSWORD, stronger) is added
    assert not stronger.check_needs_rehash(added.password_hash)
    assert check(session, "tanto07", PASSWORD, stronger) is added


def test_the_telephone_makes_the_contact_and_is_sealed(session: Session) -> None:
    added = add(session, phone="+819012345678")
    assert (added.contact, added.phone) == (Contact.PHONE, "+819012345678")
    assert added.phone_sealed is not None
    assert b"9012345678" not in added.phone_sealed


def test_a_telephone_sealed_for_one_account_is_of_no_use_to_another(session: Session) -> None:
    first, second = add(session, phone="+819012345678"), add(session, login="tanto08")
    second.phone_sealed = first.phone_sealed
    with pytest.raises(Exception, match="does not open"):
        assert second.phone


def test_an_account_outside_a_session_keeps_its_telephone_sealed(session: Session) -> None:
    added = add(session, phone="+819012345678")
    session.commit()
    session.expunge(added)
    with pytest.raises(KeyMissing):
        assert added.phone


def test_a_number_the_line_must_not_dial_is_refused(session: Session) -> None:
    for number in ("+1 202 555 0100", "+81570012345", "+81990512345", "+81", "client:x", "110"):
        with pytest.raises(UnusableNumber):
            add(session, phone=number)
        assert accounts.find(session, "tanto07") is None


def test_a_login_that_cannot_be_typed_everywhere_is_refused(session: Session) -> None:
    for login in ("", " ", "担当", "a b", "x" * 65, "a\nb", "-a"):
        with pytest.raises(LoginUnusable):
            add(session, login=login)


def test_a_short_or_endless_password_is_refused_kindly(session: Session) -> None:
    with pytest.raises(passwords.PasswordTooShort, match="12文字以上"):
        add(session, password="みじかい")
    with pytest.raises(passwords.PasswordTooLong):
        add(session, password="x" * 257)


def test_the_installation_hashes_with_64_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", hasher_of_the_installation)
    chosen = passwords.hasher()
    assert (chosen.memory_cost, chosen.time_cost, chosen.type.name) == (65536, 3, "ID")
    assert passwords.hashed(PASSWORD).value.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
