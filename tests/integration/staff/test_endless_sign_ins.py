"""Endless fields on the pages before the sign-in: refused before the rate limits or a form look at them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.services.staff import passwords
from callcenter.ui.staff.signin import WRONG
from tests.desk import CHEAP
from tests.pages import ORIGIN, PASSWORD, Site

MARKS = "\u0301\u0327" * 50_000
POSTS = {
    "/staff/login": ("login", "password", "next", "csrf_token"),
    "/staff/second": ("code",),
    "/staff/passkey": ("credential",),
    "/staff/first-password": ("password", "again"),
}


@pytest.fixture
def site(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(sqlite_url)
    site.employ(role=Role.AUDITOR)
    yield site
    site.close()


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what was normalised."""
    real, found = unicodedata.normalize, [0]

    def watched(form: str, text: str) -> str:
        found.append(len(text))
        return real(form, text[:100])  # type: ignore[arg-type]  # any of the forms

    monkeypatch.setattr(unicodedata, "normalize", watched)
    return found


@pytest.mark.parametrize("path, field", [(path, field) for path in POSTS for field in POSTS[path]])
def test_an_endless_field_is_refused_before_anybody_looks_at_it(
    site: Site, lengths: list[int], path: str, field: str
) -> None:
    page = site.open("/staff/login")
    fields = {"csrf_token": page.value("csrf_token"), field: MARKS}
    answers = {site.reader.post(path, data=fields, base_url=ORIGIN).status_code for _ in range(12)}
    assert answers == {413}
    assert max(lengths) < 1_000


def test_an_endless_login_costs_nobody_else_their_turn(site: Site) -> None:
    page = site.open("/staff/login")
    for _ in range(70):
        assert site.send("/staff/login", page, login="tanto07" + MARKS[:2_000], password="x").status == 413
    assert site.sign_in().heading == "操作の記録"


def test_a_login_a_little_too_long_is_a_wrong_one_and_counts(site: Site, lengths: list[int]) -> None:
    page = site.open("/staff/login")
    login = "tanto07" + MARKS[:900]
    answers = [site.send("/staff/login", page, login=login, password=PASSWORD) for _ in range(11)]
    assert [answer.status for answer in answers] == [422] * 10 + [429]
    assert WRONG in answers[0].words
    assert max(lengths) <= 300


def test_an_endless_address_is_refused_and_a_long_one_is_not(site: Site) -> None:
    assert site.get("/staff/login?next=/" + "a" * 5_000).status_code == 413
    assert site.get("/staff/login?next=/" + "a" * 3_000).status_code == 200
