"""What happens in the same moment: a link used twice, a number made up twice, a webhook while a password is hashed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from callcenter.context import unit_of_work
from callcenter.domain.members import user_numbers
from callcenter.domain.members.threads import LinkKind
from callcenter.models.members.accounts import Member, MemberLink, UserNumber
from callcenter.services.members.accounts import links, numbers
from callcenter.services.members.accounts import passwords as members_passwords
from callcenter.services.members.accounts.links import LinkOver
from callcenter.services.members.accounts.passwords import PasswordThere
from callcenter.services.staff import passwords
from callcenter.services.staff.passwords import hashed
from tests.desk import CHEAP
from tests.integration.members import people
from tests.integration.members.accounts.test_registering import TEXT
from tests.integration.members.people import PASSWORD
from tests.integration.people import NOW
from tests.integration.staff.test_hashing_holds_nothing import Watched
from tests.pages import Site

NEW_PASSWORD = "asagiri no naka no densha"


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


def at_once(site: Site, act: Callable[[Session], object]) -> list[object]:
    """Let two do the same in the same moment, each in a transaction of their own; return what came of it."""
    gate, came = threading.Barrier(2), list[object]()

    def one() -> None:
        with site.app.app_context():
            gate.wait()
            try:
                with unit_of_work() as session:
                    came.append(act(session) or "done")
            except (LinkOver, PasswordThere) as over:
                came.append(type(over))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.parametrize("_time", range(5))
def test_of_two_who_use_a_link_at_once_one_succeeds(site: Site, _time: int) -> None:
    with site.app.app_context(), unit_of_work() as session:
        member_id = people.registered_member(session, password=None, now=site.clock.now()).id
    token = people.mailed_path(site.app, member_id, LinkKind.FIRST).rpartition("/")[2]

    def use(session: Session) -> None:
        links.use(session, token, LinkKind.FIRST, now=site.clock.now())

    came = at_once(site, use)
    assert sorted(map(str, came)) == sorted(["done", str(LinkOver)])


def test_of_two_first_passwords_chosen_at_once_one_counts(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        member_id = people.registered_member(session, password=None, now=site.clock.now()).id

    def choose(session: Session) -> None:
        member = session.get_one(Member, member_id)
        members_passwords.choose_first(session, member, hashed(PASSWORD, CHEAP), now=site.clock.now())

    assert sorted(map(str, at_once(site, choose))) == sorted(["done", str(PasswordThere)])


def test_a_number_that_was_ever_given_is_not_given_again(session: Session) -> None:
    first = people.registered_member(session, password=None)
    given, fresh = first.number or "", user_numbers.new()
    second = people.registered_member(session, address="sora@example.jp", password=None)
    made_up = iter([given, second.number or "", fresh])
    assert numbers.give(session, second, lambda: next(made_up)) == fresh
    session.execute(update(UserNumber).where(UserNumber.member_id == first.id).values(member_id=None))
    session.execute(delete(MemberLink).where(MemberLink.member_id == first.id))
    session.delete(first)
    session.flush()
    after = iter([given, user_numbers.new()])
    assert numbers.give(session, second, lambda: next(after)) != given
    assert numbers.find(session, given) is None


def test_a_number_is_found_in_however_it_is_typed(session: Session) -> None:
    member = people.registered_member(session, password=None, now=NOW)
    shown = user_numbers.shown(member.number or "")
    for typed in (shown, shown.lower(), shown.replace("-", " "), shown.replace("-", "ー")):
        assert numbers.find(session, user_numbers.read(typed)) is member


def test_the_line_writes_while_a_members_password_is_hashed(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site, watched = Site(sqlite_url), Watched(sqlite_url)
    member_id, number = people.registered_at(site.app)
    with site.app.app_context(), unit_of_work() as session:
        newcomer = people.registered_member(session, password=None, now=site.clock.now()).id
    monkeypatch.setattr(passwords, "hasher", lambda: watched)
    reader = site.another_browser()
    for tried in (number, "K7M-2QX-9PA"):
        assert reader.send("/mail/login", reader.open("/mail/login"), number=tried, password="x" * 20).status == 422
    assert reader.send("/mail/login", reader.open("/mail/login"), number=number, password=PASSWORD).status == 200
    new = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    path = "/mail/my/account/password"
    assert reader.send(path, reader.open(path), present=PASSWORD, **new).path == "/mail/my/account"
    path = "/mail/my/account/address"
    given = {"address": "sora@example.jp", "address_again": "sora@example.jp", "present": NEW_PASSWORD}
    assert reader.send(path, reader.open(path), **given).path == "/mail/my/account"
    phone = site.another_browser()
    phone.send("/mail/reset", phone.open("/mail/reset"), number=number)
    path = people.mailed_path(site.app, member_id, LinkKind.RESET)
    assert phone.send(path, phone.open(path), **new).path == "/mail/login"
    path = people.mailed_path(site.app, newcomer, LinkKind.FIRST)
    form = phone.open(path)
    sent = phone.send(path, form, form_key=form.value("form_key"), subject="", text=TEXT, **new)
    assert sent.heading == "お送りしました"
    assert watched.worked >= 8
    watched.engine.dispose()
    site.close()
