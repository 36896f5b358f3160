"""Sessions: a token for each browser, new at every sign-in; one's own are listed, and ended from elsewhere."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.context import unit_of_work
from callcenter.domain.staff.roles import Role
from callcenter.models.staff.signin import BrowserSession
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.staff import accounts, passwords
from callcenter.services.trail.audit import OPERATOR
from callcenter.ui.access import SEEN_EVERY
from callcenter.ui.staff.signin import HOST_ONLY
from tests.desk import CHEAP
from tests.pages import ORIGIN, PASSWORD, Page, Site

HOME, DOOR = "操作の記録", "職員のログイン"
NEW_PASSWORD = "kitsune rakuda mikan"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.fixture
def site(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """What the database decides here is tried on both."""
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(database_url)
    site.employ(role=Role.AUDITOR)
    yield site
    site.close()


@pytest.fixture
def phone(site: Site) -> Site:
    """The same person's telephone, signed in too."""
    phone = site.another_browser()
    phone.reader.environ_base["HTTP_USER_AGENT"] = PHONE
    assert phone.sign_in().heading == HOME
    return phone


def token_of(site: Site) -> str:
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        return str(session.get("_user_id", ""))


def rows(site: Site) -> list[BrowserSession]:
    with site.app.app_context(), unit_of_work() as session:
        return list(session.scalars(select(BrowserSession)))


def is_in(site: Site) -> bool:
    return site.open("/staff/").heading == HOME


def safety(site: Site) -> Page:
    page = site.open("/staff/safety")
    assert page.heading == "ログインの安全設定"
    return page


def test_each_sign_in_has_a_token_of_its_own_of_which_only_the_hash_is_stored(site: Site, phone: Site) -> None:
    site.sign_in()
    tokens = {token_of(site), token_of(phone)}
    assert len(tokens) == 2
    assert {row.token_hash for row in rows(site)} == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(site: Site) -> None:
    """The classic: a stranger leaves their own cookie in a browser and waits until somebody signs in with it."""
    stranger = site.another_browser()
    site.employ("stranger", Role.AUDITOR)
    stranger.sign_in("stranger")
    planted = stranger.reader.get_cookie(HOST_ONLY, domain="desk.test")
    assert planted is not None
    site.reader.set_cookie(HOST_ONLY, planted.value, domain="desk.test", secure=True)
    page = site.open("/staff/safety")
    site.send("/staff/login", page, login="tanto07", password=PASSWORD)
    assert token_of(site) not in {"", token_of(stranger)}
    assert len(rows(site)) == 1  # what the browser held before is over
    assert not is_in(stranger)
    assert is_in(site)


def test_signing_in_again_ends_what_this_browser_had_and_nothing_else(site: Site, phone: Site) -> None:
    site.sign_in()
    kept = site.reader.get_cookie(HOST_ONLY, domain="desk.test")
    assert kept is not None
    site.send("/staff/login", safety(site), login="tanto07", password=PASSWORD)
    old = site.another_browser()
    old.reader.set_cookie(HOST_ONLY, kept.value, domain="desk.test", secure=True)
    assert (is_in(old), is_in(site), is_in(phone)) == (False, True, True)


def test_an_account_may_be_in_use_in_two_places_and_each_sees_the_other(site: Site, phone: Site) -> None:
    site.sign_in()
    words = safety(site).words
    assert "iPhone・Safari" in words
    assert "ほかに 1 か所" in words
    assert "この画面" in words
    assert "iPhone・Safari。" in safety(phone).words


def test_one_elsewhere_is_ended_and_this_one_goes_on(site: Site, phone: Site) -> None:
    site.sign_in()
    there = next(row.id for row in rows(site) if row.browser == "iPhone・Safari")
    page = site.send(f"/staff/safety/sessions/{there}/end", safety(site))
    assert "その機器の画面を閉じました。" in page.words
    assert "iPhone" not in page.words
    assert (is_in(site), is_in(phone)) == (True, False)
    with site.app.app_context(), unit_of_work() as session:
        assert "staff.end_sessions" in session.scalars(select(AuditEntry.action)).all()


def test_all_others_are_ended_at_once(site: Site, phone: Site) -> None:
    tablet = site.another_browser()
    tablet.sign_in()
    site.sign_in()
    page = site.send("/staff/safety/sessions/end-others", safety(site))
    assert "ほかの機器の画面を、すべて閉じました。" in page.words
    assert (is_in(site), is_in(phone), is_in(tablet)) == (True, False, False)


def test_nobody_ends_or_sees_the_sessions_of_somebody_else(site: Site, phone: Site) -> None:
    site.employ("tanto08", Role.AUDITOR)
    site.sign_in("tanto08")
    assert "iPhone" not in safety(site).words
    site.send(f"/staff/safety/sessions/{rows(site)[0].id}/end", safety(site))
    site.send("/staff/safety/sessions/end-others", safety(site))
    assert is_in(phone)


def test_a_new_password_ends_the_others_and_gives_this_one_a_new_token(site: Site, phone: Site) -> None:
    site.sign_in()
    before = token_of(site)
    site.send("/staff/safety/password", safety(site), password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert token_of(site) != before
    assert (is_in(site), is_in(phone)) == (True, False)
    assert len(rows(site)) == 1


def test_another_role_ends_every_session(site: Site, phone: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        accounts.set_role(session, found, Role.SUPERVISOR, by=OPERATOR, now=site.clock.now())
    assert (phone.open("/staff/").heading, rows(site)) == (DOOR, [])


def test_when_a_browser_was_seen_is_kept_to_a_few_minutes(site: Site) -> None:
    site.sign_in()
    first = rows(site)[0].seen_at
    is_in(site)
    assert rows(site)[0].seen_at == first
    with site.reader.session_transaction(base_url=ORIGIN) as session:
        session["seen_at"] = time.time() - SEEN_EVERY - 1
    is_in(site)
    assert rows(site)[0].seen_at > first


def test_a_browser_that_was_closed_leaves_the_list_by_itself(site: Site, phone: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        row = session.scalars(select(BrowserSession)).one()
        row.seen_at -= timedelta(minutes=36)
    site.sign_in()
    assert "この画面だけです" in safety(site).words
    with site.app.app_context(), unit_of_work() as session:
        session.get_one(BrowserSession, row.id).seen_at -= timedelta(days=1)
    site.send("/staff/login", safety(site), login="tanto07", password=PASSWORD)
    assert [one.id for one in rows(site) if one.id == row.id] == []


@pytest.mark.parametrize("chosen", ["password1234!", "tanto07-tanto07", "0120-529-528-119", "担当07担当07担当07担当"])
def test_a_password_that_others_would_try_is_refused_kindly(site: Site, chosen: str) -> None:
    site.sign_in()
    page = site.send("/staff/safety/password", safety(site), password=chosen, again=chosen)
    assert page.status == 422
    assert "思いつかれやすい" in page.words
    assert is_in(site)
