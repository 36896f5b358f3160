"""What strangers try at the doors of the mail consultation."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from callcenter.context import reading, unit_of_work
from callcenter.domain.members.threads import LinkKind
from callcenter.domain.staff.sign_in_delays import FREE_MISSES
from callcenter.models.staff.signin import SignInMisses
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.staff import passwords
from callcenter.ui.staff.signin import limiter
from tests.integration.members import people
from tests.integration.members.accounts.test_registering import GIVEN
from tests.integration.members.people import PASSWORD
from tests.pages import ORIGIN, Site

UNKNOWN = "K7M-2QX-9PA"
WRONG = "not the password at all"
TRIES = int(os.environ.get("SIGN_INS", "150"))
"""Of each kind; with ``SIGN_INS=4000`` the medians that are printed are as steady as the promise about them."""


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


@pytest.fixture
def unlimited(site: Site) -> Iterator[None]:
    """Only the rules behind the rate limits are looked at."""
    limiter.enabled = False
    yield
    limiter.enabled = True


def answer(site: Site, number: str, password: str) -> tuple[int, int, str]:
    """Try to sign in with a new browser; return the status, the size of the answer and its text without the number."""
    reader = site.another_browser()
    token = reader.open("/mail/login").value("csrf_token")
    data = {"csrf_token": token, "number": number, "password": password}
    response = reader.reader.post("/mail/login", data=data, base_url=ORIGIN)
    text = response.text.replace(number, "").replace(token, "")
    fresh = response.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    return response.status_code, len(text) - len(fresh) if fresh in text else len(text), text.replace(fresh, "")


def lock(site: Site, number: str) -> None:
    """Guess until the number has to wait, and let it wait for longer than any test lasts."""
    for _ in range(FREE_MISSES + 1):
        answer(site, number, WRONG)
    with site.app.app_context(), unit_of_work() as session:
        waiting = update(SignInMisses).where(SignInMisses.wait_until.is_not(None))
        session.execute(waiting.values(wait_until=datetime.now(UTC) + timedelta(hours=1)))


def test_unknown_wrong_locked_and_without_a_password_get_the_same_answer(site: Site, unlimited: None) -> None:
    numbers = [people.registered_at(site.app, address=f"m{place}@example.jp")[1] for place in range(2)]
    lock(site, numbers[1])
    with site.app.app_context(), unit_of_work() as session:
        newcomer = people.registered_member(session, password=None).number or ""
    cases = [(UNKNOWN.replace("-", ""), WRONG), (numbers[0], WRONG), (numbers[1], PASSWORD), (newcomer, WRONG)]
    answers = {answer(site, number, password) for number, password in cases}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_unknown_wrong_and_locked_take_the_same_work(
    site: Site, unlimited: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each compares one password and writes one entry; how long that takes is printed, as a clock proves nothing."""
    compared = list[str | None]()
    compare = passwords.compare

    def counted(stored: str | None, password: str) -> passwords.Comparison:
        compared.append(stored)
        return compare(stored, password)

    monkeypatch.setattr(passwords, "compare", counted)
    numbers = [people.registered_at(site.app, address=f"m{place}@example.jp")[1] for place in range(2)]
    lock(site, numbers[1])
    compared.clear()
    cases = {"unknown": (UNKNOWN, WRONG), "wrong": (numbers[0], WRONG), "locked": (numbers[1], PASSWORD)}
    times: dict[str, list[float]] = {name: [] for name in cases}
    before = entries(site)
    reader = site.another_browser()
    token = reader.open("/mail/login").value("csrf_token")
    for _ in range(TRIES):
        for name, (number, password) in cases.items():
            data = {"csrf_token": token, "number": number, "password": password}
            began = time.perf_counter()
            assert reader.reader.post("/mail/login", data=data, base_url=ORIGIN).status_code == 422
            times[name].append(time.perf_counter() - began)
    assert len(compared) == entries(site) - before == TRIES * len(cases)
    medians = {name: round(statistics.median(taken) * 1000, 2) for name, taken in times.items()}
    with capsys.disabled():
        sys.stdout.write(f"\nmedian of {TRIES} sign-ins in ms: {medians}\n")


def entries(site: Site) -> int:
    with site.app.app_context(), reading() as session:
        refused = select(AuditEntry.subject_id).where(AuditEntry.action == "member.sign_in_refused")
        return len(session.scalars(refused).all())


def test_a_number_that_strangers_have_locked_is_open_to_the_browser_that_knows_it(site: Site, unlimited: None) -> None:
    _, number = people.registered_at(site.app)
    mine = site.another_browser()
    mine.send("/mail/login", mine.open("/mail/login"), number=number, password=PASSWORD)
    mine.send("/mail/logout", mine.open("/mail/my/"))
    lock(site, number)
    assert answer(site, number, PASSWORD)[0] == 422
    shown = mine.send("/mail/login", mine.open("/mail/login"), number=number, password=PASSWORD)
    assert shown.path == "/mail/my/"


def test_guessing_is_limited_from_one_place_and_for_one_number(site: Site) -> None:
    token = site.open("/mail/login").value("csrf_token")
    data = {"csrf_token": token, "number": UNKNOWN, "password": WRONG}
    codes = [site.reader.post("/mail/login", data=data, base_url=ORIGIN).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize("path", ["/mail/login", "/mail/register", "/mail/number", "/mail/reset"])
def test_a_hundred_thousand_combining_marks_are_refused_at_once(site: Site, path: str) -> None:
    token = site.open(path).value("csrf_token")
    marks = "a" + "\u0301" * 100_000
    for name in ("number", "address", "nickname", "password", "text"):
        data = {"csrf_token": token, name: marks}
        began = time.perf_counter()
        assert site.reader.post(path, data=data, base_url=ORIGIN).status_code == 413
        assert time.perf_counter() - began < 30, "it would take minutes to normalise"


@pytest.mark.parametrize(
    "address",
    [
        "a@example.jp\r\nBcc: everybody@example.jp",
        "a@example.jp\nSubject: x",
        "a@example.jp, b@example.jp",
        "Name <a@example.jp>",
        '"a b"@example.jp',
        "a@example.jp\x00",
        "😀@example.jp",
        "a@exa mple.jp",
        "a@" + "x" * 300 + ".jp",
        "@example.jp",
        "a@",
        "a",
        "a@localhost",
        "a@[127.0.0.1]",
    ],
)
def test_nothing_but_one_plain_address_is_taken(site: Site, address: str) -> None:
    shown = site.send("/mail/register", site.open("/mail/register"), **GIVEN | {"address": address})
    if address.endswith("\x00"):
        assert shown.heading == "メール相談の登録", "an invisible mark is no part of an address"
    assert shown.status == 422 and "メールアドレスをご確認ください" in shown.words


@pytest.mark.parametrize("nickname", ["", "  ", "\u200b\u200b", "あ" * 21, "\u3164"])
def test_a_nickname_has_to_be_seen_and_short(site: Site, nickname: str) -> None:
    shown = site.send("/mail/register", site.open("/mail/register"), **GIVEN | {"nickname": nickname})
    assert shown.status == 422 and "呼び名をご確認ください" in shown.words


def test_a_nickname_of_emoji_is_welcome(site: Site) -> None:
    shown = site.send("/mail/register", site.open("/mail/register"), **GIVEN | {"nickname": "🌻ひまわり👨‍👩‍👧"})
    assert shown.heading == "登録の内容の確認"


@pytest.mark.parametrize("path", ["/mail/register", "/mail/login", "/mail/number", "/mail/reset", "/mail/first"])
def test_a_form_of_another_site_is_refused(site: Site, path: str) -> None:
    assert site.reader.post(path, data=GIVEN, base_url=ORIGIN).status_code == 400


@pytest.mark.parametrize("kind", LinkKind)
def test_a_made_up_link_opens_nothing(site: Site, kind: LinkKind) -> None:
    for token in ("x", "A" * 22, "a" * 3000):
        assert site.get(f"/mail/{kind}/{token}").status_code == 410


def test_a_link_of_one_kind_is_none_of_another(site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        member_id = people.registered_member(session, password=None, now=site.clock.now()).id
    token = people.mailed_path(site.app, member_id, LinkKind.FIRST).rpartition("/")[2]
    assert site.get(f"/mail/reset/{token}").status_code == 410
    assert site.get(f"/mail/first/{token}").status_code == 200


def test_a_session_cookie_that_was_copied_is_worth_nothing_after_signing_out(site: Site) -> None:
    member_id, _ = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    cookie = site.reader.get_cookie("__Host-member", domain="desk.test")
    assert cookie is not None
    site.send("/mail/logout", site.open("/mail/my/"))
    thief = site.another_browser()
    thief.reader.set_cookie("__Host-member", cookie.value, domain="desk.test", secure=True)
    assert thief.get("/mail/my/").status_code == 302


def test_no_longer_than_half_a_day_is_anybody_signed_in_without_a_password(site: Site) -> None:
    member_id, _ = people.registered_at(site.app)
    people.signed_in(site.reader, member_id)
    people.let_pass(site.app, member_id, timedelta(hours=13))
    assert site.get("/mail/my/").status_code == 302


def test_after_signing_in_only_a_page_of_the_member_is_gone_on_to(site: Site) -> None:
    _, number = people.registered_at(site.app)
    for wanted in (
        "https://evil.example/",
        "//evil.example/mail/my/",
        "/staff/login",
        "/mail/my/../../staff/",
        "/\\evil",
    ):
        reader = site.another_browser()
        data = {"number": number, "password": PASSWORD, "next": wanted}
        data["csrf_token"] = reader.open("/mail/login").value("csrf_token")
        assert reader.reader.post("/mail/login", data=data, base_url=ORIGIN).headers["Location"] == "/mail/my/"
