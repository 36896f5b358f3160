"""While argon2 works on a password, no transaction is open, and only so many work at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import cast

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from callcenter.context import unit_of_work
from callcenter.domain.staff.roles import Role
from callcenter.models.base import DatabaseBusy
from callcenter.models.engines import connect
from callcenter.services.staff import accounts, passwords
from callcenter.services.trail.audit import OPERATOR
from callcenter.ui.access import Who, rule_of
from callcenter.ui.staff import crowding
from tests.desk import CHEAP
from tests.pages import ORIGIN, PASSWORD, Site

NEW_PASSWORD = "朝の図書館と長い散歩と夜"


class Watched:
    """A hasher during whose work a webhook writes, which a transaction that is open anywhere would not let it."""

    def __init__(self, url: str) -> None:
        self.engine, self.worked = connect(url, wait=0.2), 0

    def verify(self, stored: str, password: str) -> bool:
        self._write()
        return CHEAP.verify(stored, password)

    def hash(self, password: str) -> str:
        self._write()
        return CHEAP.hash(password)

    def check_needs_rehash(self, stored: str) -> bool:
        return CHEAP.check_needs_rehash(stored)

    def _write(self) -> None:
        self.worked += 1
        with self.engine.begin() as connection:
            connection.execute(text("DELETE FROM receipts"))


@pytest.fixture
def site(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(sqlite_url)
    site.employ(role=Role.ADMINISTRATOR)
    yield site
    site.close()


@pytest.fixture
def hasher(site: Site, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    watched = Watched(sqlite_url)
    monkeypatch.setattr(passwords, "hasher", lambda: watched)
    yield watched
    watched.engine.dispose()


def test_the_line_writes_while_a_password_is_checked_at_the_door(site: Site, hasher: Watched) -> None:
    assert site.sign_in(password="something else").status == 422
    assert site.sign_in("nobody").status == 422
    assert site.sign_in().status == 200
    assert hasher.worked >= 3


def test_the_line_writes_while_somebody_proves_who_they_are(site: Site, hasher: Watched) -> None:
    site.sign_in()
    before = hasher.worked
    page = site.open("/staff/prove")
    assert site.send("/staff/prove", page, password="something else").status == 422
    assert site.send("/staff/prove", page, password=PASSWORD).status == 200
    assert hasher.worked == before + 2


def test_the_line_writes_while_a_password_is_changed(site: Site, hasher: Watched) -> None:
    page = site.sign_in()
    before = hasher.worked
    page = site.open("/staff/safety")
    assert "変えました" in site.send("/staff/safety/password", page, password=NEW_PASSWORD, again=NEW_PASSWORD).words
    assert hasher.worked == before + 1


def test_the_line_writes_while_a_first_password_is_replaced(site: Site, hasher: Watched) -> None:
    given = accounts.FirstPassword.made_up()
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        accounts.give_first_password(session, found, given, by=OPERATOR, now=site.clock.now())
    page = site.sign_in(password=given.text)
    before = hasher.worked
    assert site.send("/staff/first-password", page, password=NEW_PASSWORD, again=NEW_PASSWORD).status == 200
    assert hasher.worked == before + 2


def test_the_line_writes_while_an_administrator_gives_a_first_password(site: Site, hasher: Watched) -> None:
    site.sign_in()
    before = hasher.worked
    page = site.open("/admin/staff/new")
    made = site.send("/admin/staff/new", page, login="tanto08", name="担当08", role="counsellor", contact="browser")
    assert made.status == 200
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto08")
        assert found is not None
        staff_id = found.id
    assert site.send(f"/admin/staff/{staff_id}/password", made).status == 200
    assert hasher.worked == before + 2


def test_who_cannot_be_checked_soon_is_told_to_try_again_in_a_moment(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.05)
    page = site.open("/staff/login")
    with passwords._turn():
        refused = site.send("/staff/login", page, login="tanto07", password=PASSWORD)
    assert refused.status == 503
    assert int(refused.response.headers["Retry-After"]) == 5
    assert site.send("/staff/login", page, login="tanto07", password=PASSWORD).status == 200


def test_however_many_sign_in_at_once_only_a_few_threads_wait_for_them() -> None:
    begun, done, told = threading.Semaphore(0), threading.Event(), list[str]()

    class Slow:
        def hash(self, password: str) -> str:
            begun.release()
            done.wait(30)
            return CHEAP.hash(password)

    def sign_in() -> None:
        try:
            passwords.hashed(PASSWORD, cast(PasswordHasher, Slow()))
        except passwords.PasswordsBusy:
            told.append("busy")
            begun.release()

    threads = [threading.Thread(target=sign_in) for _ in range(40)]
    for thread in threads:
        thread.start()
    room = passwords.MOST_AT_ONCE
    for _ in range(len(threads) - passwords.MOST_WAITING):  # one works, the others are told at once
        assert begun.acquire(timeout=passwords.LONGEST_WAIT - 1)
    assert len(told) == len(threads) - room
    done.set()
    for thread in threads:
        thread.join()
    assert len(told) == len(threads) - room


MEMBERS = ("/mail/login", "/mail/first", "/mail/first/token", "/mail/reset/token", "/mail/my/account/password")
"""Doors of members behind which a password is hashed."""


@pytest.fixture
def crowded(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site at whose door as many stand as may, each before an argon2 that takes its time."""
    inside, done = threading.Semaphore(0), threading.Event()

    def slow(*_given: object, **_named: object) -> passwords.Comparison:
        inside.release()
        done.wait(30)
        return passwords.Comparison(False, None)

    monkeypatch.setattr(passwords, "compare", slow)
    people = [threading.Thread(target=site.another_browser().sign_in) for _ in range(passwords.MOST_AT_ONCE)]
    for one in people:
        one.start()
    for _ in people:
        assert inside.acquire(timeout=30)
    yield site
    done.set()
    for one in people:
        one.join()


def test_who_comes_to_a_crowded_door_is_answered_before_anything_is_looked_at(
    crowded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowded.app, "full_dispatch_request", None)  # from here the application is not asked
    for path in (*crowding.DOORS, *MEMBERS):
        answer = crowded.reader.post(path, data={"login": "x" * 1_000}, base_url=ORIGIN)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "もう一度お試しください" in answer.text
        assert f'href="/{"mail" if path in MEMBERS else "staff"}/login"' in answer.text
        told = crowded.reader.post(path, headers={"Accept": "application/json"}, base_url=ORIGIN)
        assert "もう一度お試しください" in told.get_json()["error"]


def test_a_form_as_long_as_a_book_is_refused_before_anything_is_looked_at(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.app, "full_dispatch_request", None)
    answer = site.reader.post("/staff/login", data={"login": "x" * 200_000}, base_url=ORIGIN)
    assert (answer.status_code, "短くして" in answer.text) == (413, True)


def test_a_crowd_at_the_door_keeps_no_other_page_waiting(crowded: Site) -> None:
    assert crowded.open("/staff/login").status == 200
    assert crowded.open("/").status == 200


def test_the_door_is_free_again_once_the_crowd_has_gone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(passwords.MOST_AT_ONCE + 2):
        assert site.another_browser().sign_in(password="something else").status in {422, 429}
    assert site.get("/staff/login").status_code == 200


def test_every_door_that_is_open_to_anybody_is_among_those_that_may_be_crowded(site: Site) -> None:
    public = {
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "POST" in (rule.methods or ())
        if (found := rule_of(site.app.view_functions[rule.endpoint])) is not None and found.who is Who.PUBLIC
    }
    assert public == crowding.DOORS


def test_what_goes_wrong_while_hashing_is_raised_where_it_was_asked_for() -> None:
    class Broken:
        def hash(self, password: str) -> str:
            raise MemoryError

    for _ in range(passwords.MOST_WAITING + 3):  # and no place is lost by it
        with pytest.raises(MemoryError):
            passwords.hashed(PASSWORD, cast(PasswordHasher, Broken()))


def test_a_sign_in_that_finds_the_database_kept_by_others_may_try_again_in_a_moment(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.open("/staff/login")

    def kept(*_given: object, **_named: object) -> None:
        raise DatabaseBusy("the database was busy with other writers of this process")

    monkeypatch.setattr(accounts, "check_password", kept)
    fields = {"csrf_token": page.value("csrf_token"), "login": "tanto07", "password": PASSWORD}
    answer = site.reader.post("/staff/login", data=fields, base_url=ORIGIN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_password_that_was_changed_while_it_was_checked_signs_nobody_in(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        compared = passwords.compare(found.password_hash, PASSWORD)
        assert compared.fits
        chosen = passwords.hashed(NEW_PASSWORD)
        accounts.set_password(session, found, chosen, by=OPERATOR, now=site.clock.now())
        assert accounts.check_password(session, "tanto07", compared, now=site.clock.now()) is None


def test_a_renewed_hash_never_takes_the_place_of_a_new_password(site: Site) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    with site.app.app_context(), unit_of_work() as session:
        found = accounts.find(session, "tanto07")
        assert found is not None
        compared = passwords.compare(found.password_hash, PASSWORD, stronger)
        assert compared.renewed is not None
        chosen = passwords.hashed(NEW_PASSWORD)
        accounts.set_password(session, found, chosen, by=OPERATOR, now=site.clock.now())
        accounts.check_password(session, "tanto07", compared, now=site.clock.now())
        assert found.password_hash == chosen.value
