"""Who may open a member's page: their session, its end, and what is posted after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from callcenter.services.members.accounts.sessions import SignedInMember
from callcenter.ui import access
from tests.integration.members import people
from tests.integration.members.people import PASSWORD
from tests.pages import ORIGIN, Site


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


def test_a_member_signs_in_with_number_and_password_and_out_again(site: Site) -> None:
    _, number = people.registered_at(site.app)
    shown = site.send("/mail/login", site.open("/mail/login"), number=number.lower(), password=PASSWORD)
    assert (shown.path, shown.heading, shown.title) == ("/mail/my/", "マイページ", "マイページ")
    assert "ミナトさん" in shown.words
    out = site.send("/mail/logout", shown)
    assert out.path == "/mail/login" and "ログアウトしました" in out.words
    assert site.get("/mail/my/").status_code == 302


def test_pages_of_a_member_are_kept_nowhere(site: Site) -> None:
    member_id, _ = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    for path in ("/mail/my/", "/mail/session"):
        assert site.get(path).headers["Cache-Control"] == "no-store"
    assert site.another_browser().get("/mail/login").headers["Cache-Control"] == "no-store"


def test_the_cookie_can_be_set_by_this_host_only(site: Site) -> None:
    _, number = people.registered_at(site.app)
    page = site.open("/mail/login")
    data = {"csrf_token": page.value("csrf_token"), "number": number, "password": PASSWORD}
    answer = site.reader.post("/mail/login", data=data, base_url=ORIGIN)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-member="))
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))


def test_after_half_an_hour_without_a_click_a_member_signs_in_anew(site: Site) -> None:
    member_id, number = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    people.let_pass(site.app, member_id, timedelta(minutes=29))
    assert site.get("/mail/my/").status_code == 200
    people.let_pass(site.app, member_id, timedelta(minutes=31))
    shown = site.open("/mail/my/")
    assert shown.path == "/mail/login" and "しばらく操作がなかった" in shown.words
    back = site.send("/mail/login", shown, number=number, password=PASSWORD, next=shown.value("next"))
    assert back.path == "/mail/my/"


def test_what_is_posted_after_the_session_ended_by_itself_is_given_to_the_view(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id, _ = people.registered_at(site.app)
    kept: list[tuple[str, str]] = []

    def keep(who: SignedInMember, form: Mapping[str, str]) -> str:
        kept.append((who.id, form["text"]))
        return "/mail/my/?draft=1"

    rule = access.rule_of(site.app.view_functions["mail.stay"])
    assert rule is not None
    name = access._name(site.app.view_functions["mail.stay"])
    monkeypatch.setitem(access.RULES, name, access.Rule(rule.who, late=keep))
    people.signed_in(site.reader, member_id)
    token = site.open("/mail/my/").value("csrf_token")
    people.let_pass(site.app, member_id, timedelta(hours=2))
    sent = {"csrf_token": token, "text": "長い文" * 3000}
    shown = site.reader.post("/mail/stay", data=sent, base_url=ORIGIN, follow_redirects=True)
    assert kept == [(member_id, "長い文" * 3000)]
    assert "書きかけは下書きにあります" in shown.text and "/mail/my/?draft=1" in shown.text
    forged = site.reader.post("/mail/stay", data=sent | {"csrf_token": "x"}, base_url=ORIGIN)
    assert forged.status_code == 400 and len(kept) == 1
    people.let_pass(site.app, member_id, timedelta(hours=24))
    late = site.reader.post("/mail/stay", data=sent, base_url=ORIGIN)
    assert late.status_code == 303 and len(kept) == 1


def test_staff_and_a_member_are_signed_in_beside_one_another(site: Site) -> None:
    site.employ()
    member_id, _ = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    token = site.open("/mail/my/").value("csrf_token")
    site.sign_in()
    assert site.get("/staff/safety").status_code == 200
    assert site.reader.post("/mail/stay", data={"csrf_token": token}, base_url=ORIGIN).status_code == 200
    site.reader.post("/mail/logout", data={"csrf_token": token}, base_url=ORIGIN)
    assert site.get("/staff/safety").status_code == 200
    assert site.get("/mail/my/").status_code == 302


def test_a_forged_form_changes_nothing(site: Site) -> None:
    member_id, _ = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    assert site.reader.post("/mail/logout", base_url=ORIGIN).status_code == 400
    assert site.get("/mail/my/").status_code == 200
