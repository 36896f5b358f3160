"""職員のアカウント, as an administrator keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from callcenter.context import unit_of_work
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.role_requests import RoleRequest
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.administration import staff_accounts
from callcenter.services.administration.staff_accounts import Change
from callcenter.services.duty import presence
from callcenter.services.staff import accounts, passkeys, passwords, second_factor
from callcenter.services.staff.authenticators import RelyingParty
from callcenter.services.trail.audit import OPERATOR
from tests.desk import CHEAP
from tests.pages import ORIGIN, Page, Site
from tests.passkey import Device

FIRST = re.compile(r"(?:[0-9a-z]{4}-){3}[0-9a-z]{4}")
OWN = "another long password"


@pytest.fixture
def site(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(sqlite_url)
    site.employ("kanri", Role.ADMINISTRATOR)
    site.sign_in("kanri")
    yield site
    site.close()


def add(site: Site, login: str = "tanto08", **fields: str) -> Page:
    page = site.open("/admin/staff/new")
    return site.send("/admin/staff/new", page, **({"login": login, "name": "担当08", "role": "counsellor"} | fields))


def account(site: Site, login: str = "tanto08") -> str:
    with site.app.app_context(), unit_of_work() as session:
        return f"/admin/staff/{session.scalars(select(Staff.id).where(Staff.login == login)).one()}"


def staff(site: Site, login: str = "tanto08") -> Staff:
    with site.app.app_context(), unit_of_work() as session:
        return session.scalars(select(Staff).where(Staff.login == login)).one()


def agree(site: Site, login: str = "tanto08") -> Page:
    """Let a second person confirm the role that waits for the account."""
    with site.app.app_context(), unit_of_work() as session:
        known = session.scalars(select(Staff).where(Staff.login == "kakunin")).all()
        waiting = session.scalars(select(RoleRequest).where(RoleRequest.answer.is_(None))).all()
        (asked,) = [one.id for one in waiting if one.staff.login == login]
    if not known:
        site.employ("kakunin", Role.SUPERVISOR)
    second = site.another_browser()
    second.sign_in("kakunin")
    return second.send(f"/admin/roles/{asked}/confirm", second.open("/admin/roles"))


def give_passkey(site: Site, login: str = "tanto08") -> None:
    with site.app.app_context(), unit_of_work() as session:
        found = session.scalars(select(Staff).where(Staff.login == login)).one()
        second_factor.new_codes(session, found, now=site.clock.now())
        place, now = RelyingParty.of(ORIGIN, "サポートネット"), site.clock.now()
        question, asked = passkeys.ask_for_new(session, found, place, at=now)
        passkeys.add(session, found, place, asked, Device().makes(question.options), "スマホ", now=now, at=now)


def test_somebody_new_comes_in_with_a_first_password_that_is_shown_once(site: Site) -> None:
    page = add(site, phone="090-1234-5678")
    assert page.heading == "はじめのパスワード"
    password = FIRST.findall(page.words)[0]
    assert page.response.headers["Cache-Control"] == "no-store"
    listed = site.open("/admin/staff")
    assert "担当08" in listed.words
    assert password not in listed.words
    assert staff(site).contact is Contact.PHONE
    newcomer = site.another_browser()
    assert newcomer.sign_in("tanto08", password).status != 200
    agree(site)
    assert newcomer.sign_in("tanto08", password).heading == "自分のパスワードを決める"


def test_what_cannot_be_an_account_is_said_beside_the_field_and_keeps_what_was_typed(site: Site) -> None:
    for fields, words in [
        ({"login": "kanri"}, "すでに使われています"),
        ({"login": "担当"}, "半角の英数字"),
        ({"name": " "}, "画面に出る名前"),
        ({"phone": "0120-000-000"}, "使えません"),
        ({"role": "king"}, "役割を選んでください"),
    ]:
        page = add(site, **fields)
        assert (page.status, words in page.words) == (422, True), fields
        assert page.value("login") == fields.get("login", "tanto08")
    with site.app.app_context(), unit_of_work() as session:
        assert session.scalars(select(Staff.login)).all() == ["kanri"]


def test_role_and_contact_are_changed_and_stand_in_the_trail(site: Site) -> None:
    add(site)
    path = account(site)
    agree(site)
    page = site.send(f"{path}/role", site.open(path), role="auditor")
    assert "役割を監査に変えました" in page.words
    page = site.send(f"{path}/role", page, role="supervisor")
    assert "確認をお願いしました" in page.words
    assert staff(site).role is Role.AUDITOR
    agree(site)
    assert staff(site).role is Role.SUPERVISOR
    page = site.send(f"{path}/contact", page, contact="phone", phone="090-1234-5678")
    assert "5678" in page.words
    assert "1234" not in page.words
    site.send(f"{path}/contact", page, contact="browser")
    page = site.send(f"{path}/contact", page, contact="phone")
    assert staff(site).contact is Contact.PHONE
    assert site.send(f"{path}/contact", page, contact="phone", phone="110").status == 422
    changed = staff(site).id
    with site.app.app_context(), unit_of_work() as session:
        done = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == changed)).all()
    assert {"staff.add", "staff.first_password", "staff.set_role", "staff.set_phone", "staff.set_contact"} <= set(done)


def test_whose_calls_ring_first_is_chosen_and_taken_back(site: Site) -> None:
    add(site)
    path = account(site)
    page = site.send(f"{path}/preference", site.open(path), prefers=CallerKey.FAMILY.value)
    assert "優先する電話を変えました。" in page.words
    assert staff(site).prefers is CallerKey.FAMILY
    assert site.send(f"{path}/preference", page, prefers="9").status == 422
    site.send(f"{path}/preference", page, prefers="")
    assert staff(site).prefers is None


def test_an_account_is_ended_and_taken_up_again(site: Site) -> None:
    add(site)
    agree(site)
    path = account(site)
    assert "停止しました" in site.send(f"{path}/active", site.open(path), active="0").words
    assert not staff(site).active
    assert "停止中の人" in site.open("/admin/staff").words
    assert "確認をお願いしました" in site.send(f"{path}/active", site.open(path), active="1").words
    assert not staff(site).active
    agree(site)
    assert staff(site).active


def test_a_lost_second_factor_is_taken_away_with_a_reason_and_the_others_are_told(site: Site) -> None:
    add(site)
    give_passkey(site)
    add(site, "tokatsu", role="supervisor", name="統括01")
    agree(site, "tokatsu")
    path = account(site)
    assert site.send(f"{path}/factor", site.open(path)).status == 422
    page = site.send(f"{path}/factor", site.open(path), reason="lost", checked="in_person")
    assert "解除しました" in page.words
    bereft = staff(site)
    with site.app.app_context(), unit_of_work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.factor_reset")).one()
        assert entry.facts == {"reason": "lost", "checked": "in_person"}
        assert not second_factor.factors_of(session, bereft).any
        watcher = session.scalars(select(Staff).where(Staff.login == "tokatsu")).one()
        watcher.first_password_until, watcher.password_hash = None, passwords.hashed(OWN).value
    other = site.another_browser()
    other.sign_in("tokatsu", OWN)
    assert "担当08さんの2段階認証を解除しました" in other.get("/admin/notices").text


def test_a_forgotten_password_is_made_anew_and_the_factor_stays(site: Site) -> None:
    add(site)
    agree(site)
    give_passkey(site)
    path = account(site)
    password = FIRST.findall(site.send(f"{path}/password", site.open(path)).words)[0]
    other = site.another_browser()
    assert other.sign_in("tanto08", password).heading == "2段階認証"


def settle_in(site: Site, login: str = "tanto08") -> None:
    """Let the newcomer choose a password of their own."""
    with site.app.app_context(), unit_of_work() as session:
        found = session.scalars(select(Staff).where(Staff.login == login)).one()
        found.first_password_until, found.password_hash = None, passwords.hashed(OWN).value


@pytest.mark.parametrize("steps", [["password"], ["factor", "password"], ["password", "factor"]])
def test_an_account_that_an_administrator_could_now_enter_alone_waits_for_a_second_person(
    site: Site, steps: list[str]
) -> None:
    add(site)
    agree(site)
    settle_in(site)
    if len(steps) > 1:
        give_passkey(site)
    path, shown = account(site), list[Page]()
    for step in steps:
        assert staff(site).active
        fields = {"reason": "lost", "checked": "in_person"} if step == "factor" else {}
        shown.append(site.send(f"{path}/{step}", site.open(path), **fields))
    assert "「役割の確認」で確かめたあと" in shown[-1].words
    (password,) = [found for page in shown for found in FIRST.findall(page.words)]
    alone = site.another_browser()
    assert alone.sign_in("tanto08", password).status != 200
    agree(site)
    assert alone.sign_in("tanto08", password).heading == "自分のパスワードを決める"


def test_what_waits_after_a_new_password_is_not_opened_by_activating_the_account(site: Site) -> None:
    add(site)
    agree(site)
    path = account(site)
    password = FIRST.findall(site.send(f"{path}/password", site.open(path)).words)[0]
    site.send(f"{path}/active", site.open(path), active="1")
    assert not staff(site).active
    assert site.another_browser().sign_in("tanto08", password).status != 200


def test_a_new_password_asks_nobody_to_activate_an_account_that_was_switched_off(site: Site) -> None:
    add(site)
    agree(site)
    path = account(site)
    site.send(f"{path}/active", site.open(path), active="0")
    page = site.send(f"{path}/password", site.open(path))
    assert "「役割の確認」で確かめたあと" not in page.words
    assert not staff(site).active
    with site.app.app_context(), unit_of_work() as session:
        assert session.scalars(select(RoleRequest).where(RoleRequest.answer.is_(None))).all() == []


def test_the_operator_hands_out_a_password_that_is_good_at_once(site: Site) -> None:
    add(site)
    agree(site)
    first = accounts.FirstPassword.made_up()
    with site.app.app_context(), unit_of_work() as session:
        found = session.scalars(select(Staff).where(Staff.login == "tanto08")).one()
        change = staff_accounts.new_first_password(session, found, first, by=OPERATOR, now=site.clock.now())
    assert change is Change.DONE
    assert site.another_browser().sign_in("tanto08", first.text).heading == "自分のパスワードを決める"


def test_nobody_is_disturbed_in_a_talk(site: Site) -> None:
    add(site)
    give_passkey(site)
    path = account(site)
    with site.app.app_context(), unit_of_work() as session:
        found = session.scalars(select(Staff).where(Staff.login == "tanto08")).one()
        row = presence.lock_or_create(session, found, now=site.clock.now())
        presence.set_work(row, Work.ON_CALL, session, now=site.clock.now())
    page, token = site.open(path), staff(site).session_token
    assert "お話し中" in site.send(f"{path}/password", page).words
    assert "お話し中" in site.send(f"{path}/factor", page, reason="lost", checked="in_person").words
    assert staff(site).session_token == token


def test_administrators_change_neither_themselves_nor_leave_nobody(site: Site) -> None:
    path = account(site, "kanri")
    page = site.open(path)
    assert "ログインの安全設定" in page.words
    for change, fields in [("role", {"role": "counsellor"}), ("active", {"active": "0"}), ("password", {})]:
        assert "ご自分のアカウント" in site.send(f"{path}/{change}", page, **fields).words
    with site.app.app_context(), unit_of_work() as session:
        session.scalars(select(Staff)).one().role = Role.SUPERVISOR
    assert site.get("/admin/staff").status_code == 403


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SUPERVISOR, Role.AUDITOR])
def test_only_administrators_keep_accounts(site: Site, role: Role) -> None:
    site.employ("somebody", role)
    other = site.another_browser()
    other.sign_in("somebody")
    for path in ("/admin/staff", "/admin/staff/new", account(site, "kanri")):
        assert other.get(path).status_code == 403
