from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.context import unit_of_work
from callcenter.domain.staff.roles import Role
from callcenter.models.trail.audit import AuditEntry
from callcenter.ui.staff.signin import HOST_ONLY, IDLE_WORDS, WRONG
from tests.pages import ORIGIN, PASSWORD, Site, read_page

HOME = "操作の記録"
"""Where an auditor's work starts."""


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    site.employ(role=Role.AUDITOR)
    yield site
    site.close()


def test_a_member_of_staff_signs_in_and_sees_their_own_page(site: Site) -> None:
    assert site.sign_in().heading == HOME


def test_a_login_may_be_typed_in_full_width(site: Site) -> None:
    assert site.sign_in("TANTO07").heading == HOME


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(site: Site) -> None:
    wrong, unknown = site.sign_in(password="something else"), site.sign_in("nobody")
    assert wrong.status == unknown.status == 422
    assert WRONG in wrong.words
    assert wrong.words == unknown.words


def test_a_refused_sign_in_keeps_the_name_and_never_the_password(site: Site) -> None:
    page = site.sign_in(password="something else")
    assert page.value("login") == "tanto07"
    assert page.value("password") == ""
    assert "something else" not in page.response.text


def test_a_refused_sign_in_is_in_the_trail(site: Site) -> None:
    site.sign_in(password="something else")
    with site.app.app_context(), unit_of_work() as session:
        assert "staff.sign_in_refused" in session.scalars(select(AuditEntry.action)).all()


def test_guessing_is_slowed_down_before_any_password_is_checked(site: Site) -> None:
    for _ in range(10):
        assert site.sign_in(password="something else").status == 422
    refused = site.sign_in()
    assert refused.status == 429
    assert int(refused.response.headers["Retry-After"]) > 0


def test_guessing_is_slowed_down_also_while_redis_is_away(sqlite_url: str) -> None:
    site = Site(sqlite_url, REDIS_URL="redis://127.0.0.1:1/0")
    try:
        answers = [site.sign_in(password="something else").status for _ in range(11)]
    finally:
        site.close()
    assert answers == [422] * 10 + [429]


def test_the_addresses_of_one_ipv6_network_are_one_place(site: Site) -> None:
    page = site.open("/staff/login")
    data = {"csrf_token": page.value("csrf_token"), "login": "tanto07", "password": "something else"}

    def guess(address: str) -> int:
        place = {"REMOTE_ADDR": address}
        return site.reader.post("/staff/login", data=data, base_url=ORIGIN, environ_base=place).status_code

    assert [guess(f"2001:db8:0:1::{number:x}") for number in range(1, 11)] == [422] * 10
    assert guess("2001:db8:0:1:ffff::1") == 429
    assert guess("2001:db8:0:2::1") == guess("::ffff:192.0.2.1") == 422


def test_guessing_one_account_does_not_lock_another(site: Site) -> None:
    site.employ("tanto08", Role.AUDITOR)
    for _ in range(11):
        site.sign_in("tanto07", "something else")
    assert site.sign_in("tanto08").heading == HOME


def test_a_form_without_its_token_is_not_taken(site: Site) -> None:
    response = site.reader.post("/staff/login", data={"login": "tanto07"}, base_url=ORIGIN)
    assert response.status_code == 400
    assert "開き直して" in read_page("/staff/login", response).words


def test_a_page_of_the_staff_leads_to_the_sign_in_and_back(site: Site) -> None:
    page = site.open("/staff/")
    assert page.heading == "職員のログイン"
    assert page.value("next") == "/staff/"
    landed = site.send("/staff/login", page, login="tanto07", password=PASSWORD, next=page.value("next"))
    assert landed.heading == HOME


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(site: Site, elsewhere: str) -> None:
    token = site.open("/staff/login").value("csrf_token")
    data = {"csrf_token": token, "login": "tanto07", "password": PASSWORD, "next": elsewhere}
    response = site.reader.post("/staff/login", data=data, base_url=ORIGIN)
    assert response.headers["Location"] == "/staff/"


def test_signing_out_ends_the_session_also_for_a_kept_cookie(site: Site) -> None:
    home = site.sign_in()
    cookie = site.reader.get_cookie(HOST_ONLY, domain="desk.test")
    assert cookie is not None
    assert "ログアウトしました" in site.send("/staff/logout", home).words
    site.reader.set_cookie(HOST_ONLY, cookie.value, domain="desk.test", secure=True)
    assert site.open("/staff/").heading == "職員のログイン"


def test_somebody_who_did_nothing_for_half_an_hour_signs_in_again(site: Site) -> None:
    site.sign_in()
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["active_at"] = time.time() - timedelta(minutes=30, seconds=1).total_seconds()
    assert IDLE_WORDS in site.open("/staff/").words


def test_putting_the_lines_clock_forward_signs_nobody_out(site: Site) -> None:
    site.sign_in()
    site.clock.at += timedelta(days=400)
    assert site.open("/staff/").heading == HOME


def test_a_script_without_a_session_is_told_so_in_its_own_language(site: Site) -> None:
    answer = site.get("/staff/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "もう一度ログインしてください" in answer.get_json()["error"]


def test_signing_in_starts_a_new_session(site: Site) -> None:
    site.open("/staff/login")
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["planted"] = "before"
    site.sign_in()
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        assert "planted" not in session


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = site.get("/staff/login").headers["Set-Cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert not any(attribute.startswith("Domain") for attribute in attributes)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_finds_a_page_after_signing_in(site: Site, role: Role) -> None:
    site.employ("somebody", role)
    assert site.sign_in("somebody").status == 200
