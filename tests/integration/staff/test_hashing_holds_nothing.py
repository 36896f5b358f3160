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
from callcenter.models.engines import connect
from callcenter.services.staff import accounts, passwords
from callcenter.services.trail.audit import OPERATOR
from tests.desk import CHEAP
from tests.pages import PASSWORD, Site

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
    with passwords._turn(), passwords._turn():
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
    room = 2 + passwords.MOST_WAITING
    for _ in range(len(threads) - passwords.MOST_WAITING):  # two work, the others are told at once
        assert begun.acquire(timeout=passwords.LONGEST_WAIT - 1)
    assert len(told) == len(threads) - room
    done.set()
    for thread in threads:
        thread.join()
    assert len(told) == len(threads) - room


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
