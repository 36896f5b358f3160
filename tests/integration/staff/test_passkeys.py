"""Passkeys: whose they are, where they work, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import Passkey
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.staff import passkeys, second_factor
from callcenter.services.staff.authenticators import PasskeyRefused, RelyingParty
from tests.integration.people import NOW, member
from tests.pages import ORIGIN
from tests.passkey import Device

AT = datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)
SITE = RelyingParty.of(ORIGIN, "サポートネット")


def with_passkey(session: Session, staff: Staff, device: Device, name: str = "スマホ") -> Passkey:
    question, asked = passkeys.ask_for_new(session, staff, SITE, at=AT)
    return passkeys.add(session, staff, SITE, asked, device.makes(question.options), name, now=NOW, at=AT)


def comes(session: Session, device: Device, at: datetime = AT) -> Staff:
    question, asked = passkeys.ask_for_known(session, SITE, at=at)
    return passkeys.check(session, SITE, asked, device.answers(question.options), now=NOW, at=at)


def test_somebody_comes_in_with_any_of_their_passkeys(session: Session) -> None:
    staff, phone, desk = member(session, "tanto07"), Device(), Device(counts=False)
    with_passkey(session, staff, phone)
    with_passkey(session, staff, desk, "相談室のパソコン")
    assert [comes(session, one) for one in (phone, desk, desk, phone)] == [staff] * 4
    assert [one.name for one in second_factor.factors_of(session, staff).passkeys] == ["スマホ", "相談室のパソコン"]


def test_a_passkey_must_verify_its_owner_on_our_site(session: Session) -> None:
    staff, elsewhere = member(session, "tanto07"), Device(origin="https://desk.test.example")
    with pytest.raises(PasskeyRefused):
        with_passkey(session, staff, elsewhere)
    device = Device()
    device.verifies = False
    with pytest.raises(PasskeyRefused):
        with_passkey(session, staff, device)
    device.verifies = True
    with_passkey(session, staff, device)
    for wrong in ({"verifies": False}, {"origin": "https://desk.test:444"}, {"site": "other.test"}):
        vars(device).update(wrong)
        with pytest.raises(PasskeyRefused):
            comes(session, device)
        device.verifies, device.origin, device.site = True, ORIGIN, "desk.test"
    assert comes(session, device) is staff


def test_an_answer_counts_once_and_not_for_long(session: Session) -> None:
    staff, device = member(session, "tanto07"), Device(counts=False)
    with_passkey(session, staff, device)
    question, asked = passkeys.ask_for_known(session, SITE, at=AT)
    answer = device.answers(question.options)
    assert passkeys.check(session, SITE, asked, answer, now=NOW, at=AT) is staff
    with pytest.raises(PasskeyRefused):
        passkeys.check(session, SITE, asked, answer, now=NOW, at=AT)
    question, asked = passkeys.ask_for_known(session, SITE, at=AT)
    late = AT + timedelta(minutes=6)
    with pytest.raises(PasskeyRefused):
        passkeys.check(session, SITE, asked, device.answers(question.options), now=NOW, at=late)


def test_a_copied_passkey_is_refused_and_named_in_the_trail(session: Session) -> None:
    staff, device = member(session, "tanto07"), Device()
    row = with_passkey(session, staff, device)
    device.count = 10
    comes(session, device)
    device.count = 5
    with pytest.raises(PasskeyRefused):
        comes(session, device)
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.passkey_copied")).one()
    assert entry.facts == {"passkey": row.id}


@pytest.mark.parametrize("answer", ["", "{}", "null", "[]", '{"id": "x", "rawId": "%", "response": {}}', "あ"])
def test_what_is_no_answer_is_refused_kindly(session: Session, answer: str) -> None:
    staff = member(session, "tanto07")
    _, asked = passkeys.ask_for_known(session, SITE, at=AT)
    with pytest.raises(PasskeyRefused):
        passkeys.check(session, SITE, asked, answer, now=NOW, at=AT)
    _, asked = passkeys.ask_for_new(session, staff, SITE, at=AT)
    with pytest.raises(PasskeyRefused):
        passkeys.add(session, staff, SITE, asked, answer, "スマホ", now=NOW, at=AT)


def test_a_passkey_of_an_ended_account_opens_nothing(session: Session) -> None:
    staff, device = member(session, "tanto07"), Device()
    with_passkey(session, staff, device)
    staff.active = False
    with pytest.raises(PasskeyRefused):
        comes(session, device)


def test_passkeys_belong_to_the_public_address() -> None:
    assert RelyingParty.of("https://desk.example.jp", "n").id == "desk.example.jp"
    assert RelyingParty.of("https://desk.example.jp:8443", "n").origin == "https://desk.example.jp:8443"
    trial = RelyingParty.of("http://127.0.0.1:8000", "n")
    assert (trial.id, trial.origin) == ("localhost", "http://localhost:8000")
