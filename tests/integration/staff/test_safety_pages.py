"""Coming in with a second factor, and the page ログインの安全設定, as a reader meets them."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from callcenter.context import unit_of_work
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.staff import accounts, passwords
from callcenter.services.trail.audit import OPERATOR
from callcenter.ui import access
from tests.desk import CHEAP
from tests.pages import ORIGIN, PASSWORD, Page, Site
from tests.passkey import Device

HOME = "操作の記録"
"""Where an auditor's work starts."""
NEW_PASSWORD = "another long password"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody attacks the passwords of a test."""
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    site.employ(role=Role.AUDITOR)
    yield site
    site.close()


def set_up_app(site: Site) -> tuple[str, list[str]]:
    """Let who is signed in add an app; return its secret and the recovery codes that were shown."""
    page = site.send("/staff/safety/app", site.open("/staff/safety"))
    secret = re.sub(r"\s", "", page.reader.texts["code"])
    codes = site.send("/staff/safety/app/confirm", page, code=pyotp.TOTP(secret).now())
    assert codes.heading == "予備コード"
    return secret, re.findall(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", codes.words)


def set_up_passkey(site: Site, device: Device, name: str = "スマホ") -> Page:
    page = site.open("/staff/safety")
    question = ask(site, "/staff/safety/passkeys/ask", page)
    return site.send("/staff/safety/passkeys", page, credential=device.makes(question), name=name)


def ask(site: Site, path: str, page: Page) -> str:
    data = {"csrf_token": page.value("csrf_token")}
    answer = site.reader.post(path, data=data, base_url=ORIGIN, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.text


def later_code(secret: str) -> str:
    """The next code; the present one has been used."""
    return pyotp.TOTP(secret).at(time.time() + 30)


def sign_out(site: Site) -> None:
    site.send("/staff/logout", site.open("/staff/safety"))


def forget_proof(site: Site) -> None:
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["proven_at"] = time.time() - timedelta(minutes=10, seconds=1).total_seconds()


def test_an_app_is_added_and_asked_for_from_then_on(site: Site) -> None:
    site.sign_in()
    secret, codes = set_up_app(site)
    assert len(codes) == 10
    sign_out(site)
    page = site.sign_in(next="/staff/safety?x=1")
    assert page.heading == "2段階認証"
    assert site.open("/staff/").heading == "職員のログイン"  # the password alone opens nothing
    page = site.sign_in(next="/staff/safety?x=1")
    wrong = site.send("/staff/second", page, code="000000")
    assert wrong.status == 422
    assert "いまの6けた" in wrong.words
    landed = site.send("/staff/second", wrong, code=later_code(secret))
    assert landed.heading == "ログインの安全設定"
    assert "x=1" in str(landed.response.request.url)


def test_neither_names_nor_secrets_reach_the_logs(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.sign_in()
    secret, codes = set_up_app(site)
    sign_out(site)
    page = site.send("/staff/second", site.sign_in(), code="123456")
    for code in (later_code(secret), *codes[:2]):
        site.send("/staff/second", page, code=code)
        sign_out(site)
        page = site.sign_in()
    for _ in range(11):
        site.sign_in(password="a wrong long password")
    told = caplog.text
    assert "exceeded at endpoint" in told  # something is logged
    assert not any(kept in told for kept in ("tanto07", PASSWORD, "a wrong long password", secret, *codes, "123456"))


def test_the_picture_and_the_letters_are_of_our_own_making(site: Site) -> None:
    site.sign_in()
    page = site.send("/staff/safety/app", site.open("/staff/safety"))
    assert "<svg" in page.response.text
    assert re.findall(r"(?:src|href)=\"https?:", page.response.text) == []
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_recovery_code_lets_in_who_has_lost_the_telephone(site: Site) -> None:
    site.sign_in()
    _, codes = set_up_app(site)
    sign_out(site)
    assert site.send("/staff/second", site.sign_in(), code=codes[0].upper()).heading == HOME
    assert "残り 9 個" in site.open("/staff/safety").words


def test_a_passkey_opens_the_door_by_itself(site: Site) -> None:
    device = Device()
    site.sign_in()
    assert set_up_passkey(site, device).heading == "予備コード"
    sign_out(site)
    door = site.open("/staff/login?next=/staff/safety")
    question = ask(site, "/staff/passkey/ask", door)
    landed = site.send("/staff/passkey", door, credential=device.answers(question), next="/staff/safety")
    assert landed.heading == "ログインの安全設定"
    assert "スマホ" in landed.words
    sign_out(site)
    refused = site.send("/staff/passkey", site.open("/staff/login"), credential=device.answers(question))
    assert (refused.status, refused.heading) == (422, "職員のログイン")


def test_changing_a_factor_asks_anew_who_it_is(site: Site) -> None:
    site.sign_in()
    secret, _ = set_up_app(site)
    forget_proof(site)
    page = site.open("/staff/safety")
    assert page.heading == "本人確認"
    assert site.send("/staff/safety/app/remove", page).heading == "本人確認"
    only_password = site.send("/staff/prove", page, password=PASSWORD)
    assert only_password.status == 422
    proved = site.send("/staff/prove", page, password=PASSWORD, code=later_code(secret))
    assert proved.heading == "ログインの安全設定"


def test_a_change_of_factors_signs_the_other_browsers_out(site: Site) -> None:
    site.sign_in()
    other = site.another_browser()
    other.sign_in()
    assert other.open("/staff/").heading == HOME
    set_up_app(site)
    assert site.open("/staff/").heading == HOME
    assert other.open("/staff/").heading == "職員のログイン"


def test_production_asks_for_a_second_factor_once_the_days_of_grace_are_over(site: Site) -> None:
    page = site.sign_in()
    assert page.heading == HOME
    assert "12月3日" in page.words  # a week from THURSDAY
    site.clock.at += timedelta(days=8)
    sign_out(site)
    page = site.sign_in()
    assert page.heading == "ログインの安全設定"
    assert site.open("/staff/").heading == "ログインの安全設定"
    set_up_app(site)
    assert site.open("/staff/").heading == HOME


def test_a_trial_never_insists(sqlite_url: str) -> None:
    site = Site(sqlite_url, REQUIRE_SECOND_FACTOR="off")
    site.employ(role=Role.AUDITOR)
    site.sign_in()
    site.clock.at += timedelta(days=400)
    sign_out(site)
    page = site.sign_in()
    assert page.heading == HOME
    assert "2段階認証を設定してください" in page.words
    site.close()


def test_a_first_password_leads_to_one_of_ones_own(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        given = accounts.FirstPassword.made_up()
        accounts.give_first_password(session, found, given, by=OPERATOR, now=site.clock.now())
    page = site.sign_in(password=given.text)
    assert page.heading == "自分のパスワードを決める"
    assert site.open("/staff/").heading == "職員のログイン"
    page = site.sign_in(password=given.text)
    for chosen, again, words in [
        (NEW_PASSWORD, "other", "違っています"),
        ("short", "short", "12文字以上"),
        (given.text, given.text, "違うもの"),
    ]:
        assert words in site.send("/staff/first-password", page, password=chosen, again=again).words
    landed = site.send("/staff/first-password", page, password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert landed.heading == HOME
    sign_out(site)
    assert site.sign_in(password=given.text).status == 422
    assert site.sign_in(password=NEW_PASSWORD).heading == HOME


def test_a_first_password_is_good_for_a_week(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        given = accounts.FirstPassword.made_up()
        accounts.give_first_password(session, found, given, by=OPERATOR, now=site.clock.now())
    site.clock.at += timedelta(days=7, seconds=1)
    assert "期限が過ぎています" in site.sign_in(password=given.text).words


# ------------------------------------------------------------------ still there


def seconds_ago(site: Site, seconds: float) -> None:
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["active_at"] = int(time.time() - seconds)


def works(site: Site, work: Work) -> None:
    with site.app.app_context(), unit_of_work() as session:
        staff, now = session.scalars(select(Staff)).one(), site.clock.now()
        staff.role = Role.COUNSELLOR
        presence.set_work(presence.lock_or_create(session, staff, now=now), work, session, now=now)


def test_looking_how_long_is_left_does_not_make_it_longer(site: Site) -> None:
    site.sign_in()
    seconds_ago(site, 1500)
    first = site.get("/staff/session").get_json()
    assert site.get("/staff/session").get_json()["left"] in range(first["left"] - 5, first["left"] + 1)
    assert first["left"] <= 300
    data = {"csrf_token": first["token"]}
    assert site.reader.post("/staff/stay", data=data, base_url=ORIGIN).get_json()["left"] > 1790


ASKED_BY_PAGES = (
    "admin.told", "console.beat", "casefile.beside", "casefile.case_live", "casefile.events", "casefile.form_token",
    "console.line_token", "console.live_parts", "console.take_lease", "console.told", "reports.board_parts",
    "staff.time_left",
)  # fmt: skip


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(site: Site) -> None:
    rules = {name: access.rule_of(site.app.view_functions[name]) for name in ASKED_BY_PAGES}
    assert [name for name, rule in rules.items() if rule is None or not rule.quiet] == []


def test_a_page_that_asks_often_does_not_send_a_cookie_each_time(site: Site) -> None:
    site.sign_in()
    assert "Set-Cookie" not in site.get("/staff/").headers
    seconds_ago(site, 20)
    assert "Set-Cookie" in site.get("/staff/").headers


def test_nobody_is_signed_out_while_talking(site: Site) -> None:
    site.sign_in()
    works(site, Work.ON_CALL)
    site.clock.at += timedelta(seconds=3000)  # so long the talk has lasted, of which 1200 within the limit
    seconds_ago(site, 4000)
    assert site.get("/staff/session").status_code == 200
    works(site, Work.WRAP_UP)
    seconds_ago(site, 4000)
    assert site.get("/staff/session", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("over", ["idle", "longest"])
def test_a_session_that_was_over_before_a_talk_began_does_not_live_again_in_it(site: Site, over: str) -> None:
    site.sign_in()
    works(site, Work.ON_CALL)
    site.clock.at += timedelta(minutes=20)
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        if over == "idle":
            session["active_at"] = time.time() - timedelta(minutes=51).total_seconds()
        else:
            session["since"] = time.time() - timedelta(hours=12, minutes=21).total_seconds()
    assert site.get("/staff/session", headers={"Accept": "application/json"}).status_code == 401
    assert site.open("/staff/").heading == "職員のログイン"


@pytest.mark.parametrize("over", ["idle", "longest"])
def test_a_session_that_ran_out_during_the_talk_goes_on_until_its_end(site: Site, over: str) -> None:
    site.sign_in()
    works(site, Work.ON_CALL)
    site.clock.at += timedelta(minutes=20)
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        if over == "idle":
            session["active_at"] = time.time() - timedelta(minutes=49).total_seconds()
        else:
            session["since"] = time.time() - timedelta(hours=12, minutes=19).total_seconds()
    assert site.get("/staff/session", headers={"Accept": "application/json"}).status_code == 200
    works(site, Work.WRAP_UP)
    assert site.get("/staff/session").get_json()["left"] > 800  # for the record


def test_after_twelve_hours_everybody_comes_in_anew(site: Site) -> None:
    site.sign_in()
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["since"] = time.time() - timedelta(hours=12, seconds=1).total_seconds()
    assert site.open("/staff/").heading == "職員のログイン"
