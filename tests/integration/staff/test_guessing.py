"""Guessing one account from many addresses: the next guess waits, its owner does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.context import unit_of_work
from callcenter.domain.staff.roles import Role
from callcenter.domain.staff.sign_in_delays import FORGOTTEN_AFTER, FREE_MISSES, LONGEST_DELAY, SignInDelayed
from callcenter.models.staff.signin import SignInMisses
from callcenter.services.staff import accounts, passwords, sign_in_delays
from callcenter.services.trail.audit import OPERATOR
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.signin import WRONG
from tests.desk import CHEAP
from tests.pages import ORIGIN, PASSWORD, Site

WAIT = "分ほどおいてから"
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class Wall:
    """The clock on the wall, which can be put forward."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(login_flow, "clock", wall)
    return wall


@pytest.fixture
def site(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """What the database decides here is tried on both."""
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(database_url)
    site.employ(role=Role.AUDITOR)
    yield site
    site.close()


class Strangers:
    """Browsers that were never here, each at an address of its own."""

    def __init__(self, site: Site) -> None:
        self.site, self.addresses = site, 0

    def guess(self, login: str = "tanto07", password: str = "something else") -> str:
        """Return what the page says to one more of them."""
        self.addresses += 1
        place = {"REMOTE_ADDR": f"192.0.2.{self.addresses}"}
        browser = self.site.another_browser()
        page = browser.open("/staff/login")
        data = {"csrf_token": page.value("csrf_token"), "login": login, "password": password}
        answer = browser.reader.post("/staff/login", data=data, base_url=ORIGIN, environ_base=place)
        return f"{answer.status_code} {answer.text}"


@pytest.fixture
def strangers(site: Site) -> Strangers:
    return Strangers(site)


def test_after_a_few_guesses_from_anywhere_no_password_is_checked_for_a_while(
    strangers: Strangers, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [strangers.guess() for _ in range(FREE_MISSES)]
    assert all(WRONG in answer for answer in said)
    monkeypatch.setattr(passwords, "compare", None)  # from here it would be an error
    assert WAIT in strangers.guess()
    assert WAIT in strangers.guess(password=PASSWORD)


@pytest.mark.parametrize("other", ["nobody", "ＮＯＢＯＤＹ", ""])
def test_a_login_that_does_not_exist_answers_the_very_same(strangers: Strangers, wall: Wall, other: str) -> None:
    def stripped(answer: str) -> str:
        return answer.split("<main")[1].replace(f'value="{other}"', "").replace('value="tanto07"', "")

    known = [stripped(strangers.guess()) for _ in range(FREE_MISSES + 1)]
    unknown = [stripped(strangers.guess(other)) for _ in range(FREE_MISSES + 1)]
    assert [("422" in one, WAIT in one, WRONG in one) for one in known] == [
        ("422" in one, WAIT in one, WRONG in one) for one in unknown
    ]
    assert WAIT in known[-1]


def test_the_wait_grows_is_soon_over_and_a_right_password_ends_it(strangers: Strangers, wall: Wall) -> None:
    for _ in range(FREE_MISSES):
        strangers.guess()
    wall.ahead += timedelta(seconds=31)
    assert WRONG in strangers.guess()
    wall.ahead += timedelta(seconds=31)
    assert WAIT in strangers.guess(password=PASSWORD)  # it is a minute now
    wall.ahead += LONGEST_DELAY
    assert strangers.guess(password=PASSWORD).startswith("302")
    assert WRONG in strangers.guess()


def test_the_owner_comes_in_at_once_where_they_were_before(site: Site, strangers: Strangers, wall: Wall) -> None:
    assert site.sign_in().heading == "操作の記録"
    site.send("/staff/logout", site.open("/staff/safety"))
    for _ in range(FREE_MISSES + 3):
        strangers.guess()
    assert WAIT in strangers.guess(password=PASSWORD)
    assert site.sign_in().heading == "操作の記録"
    assert WAIT in strangers.guess(password=PASSWORD)  # which helps no stranger


def test_a_known_browser_is_counted_for_itself(site: Site, wall: Wall) -> None:
    site.sign_in()
    site.send("/staff/logout", site.open("/staff/safety"))
    for _ in range(FREE_MISSES):
        assert WRONG in site.sign_in(password="something else").words
    assert WAIT in site.sign_in().words
    wall.ahead += LONGEST_DELAY
    assert site.sign_in().heading == "操作の記録"


def test_the_cookie_of_a_known_browser_names_nobody_and_serves_no_other_account(
    site: Site, strangers: Strangers, wall: Wall
) -> None:
    site.employ("tanto08", Role.AUDITOR)
    site.sign_in()
    cookie = site.reader.get_cookie("__Host-known-browser", domain="desk.test")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.path, cookie.same_site) == (True, True, "/", "Lax")
    assert "tanto" not in cookie.decoded_value
    site.send("/staff/logout", site.open("/staff/safety"))
    for _ in range(FREE_MISSES):
        strangers.guess("tanto08")
    assert WAIT in site.sign_in("tanto08").words


@pytest.mark.parametrize("forged", ["", "x", "eyJicm93c2VyIjoiIn0.x.x", "é" * 100])
def test_a_forged_cookie_is_no_known_browser(site: Site, strangers: Strangers, wall: Wall, forged: str) -> None:
    for _ in range(FREE_MISSES):
        strangers.guess()
    site.reader.set_cookie("__Host-known-browser", forged, domain="desk.test", secure=True)
    assert WAIT in site.sign_in().words


def test_who_is_helped_in_by_an_administrator_does_not_wait(site: Site, strangers: Strangers, wall: Wall) -> None:
    for _ in range(FREE_MISSES + 1):
        strangers.guess()
    given = accounts.FirstPassword.made_up()
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        accounts.give_first_password(session, found, given, by=OPERATOR, now=site.clock.now())
    assert site.sign_in(password=given.text).heading == "自分のパスワードを決める"


def test_who_guessed_meanwhile_makes_a_right_answer_wait_too(session: Session) -> None:
    """Guesses that are compared at the same moment count one after another."""
    key = sign_in_delays.tried(session, "tanto07", None)
    for _ in range(FREE_MISSES):
        sign_in_delays.check(session, key, at=NOW, locked=True)
        sign_in_delays.count_miss(session, key, at=NOW)
    with pytest.raises(SignInDelayed):
        sign_in_delays.check(session, key, at=NOW, locked=True)


def test_what_is_counted_is_kept_for_a_day_and_says_nothing_of_the_login(session: Session) -> None:
    keys = [sign_in_delays.tried(session, f"tanto{number}", None) for number in range(20)]
    for key in keys:
        assert b"tanto" not in key
        sign_in_delays.count_miss(session, key, at=NOW)
    key = keys[-1]
    sign_in_delays.count_miss(session, key, at=NOW + FORGOTTEN_AFTER + timedelta(seconds=1))
    session.flush()
    assert session.scalar(select(func.count()).select_from(SignInMisses)) == 1
    assert session.get_one(SignInMisses, key).misses == 1
