from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from flask import abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from callcenter.context import unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Role
from callcenter.ui import access
from tests.pages import Site


@access.public
def breaks() -> str:
    raise RuntimeError("a secret of the machine")


@access.public
def loses_the_database() -> str:
    raise OperationalError("SELECT a secret", {}, Exception("gone"))


@access.public
def refuses() -> str:
    raise HelplineError("その日には、もう予定があります。")


@access.public
def is_too_large() -> str:
    abort(413)


@access.staff_who_may(Action.LEAD)
def only_for_supervisors() -> str:
    return "<title>一覧|</title><h1>一覧</h1>"


def forgotten() -> str:
    return "nobody said who may read this"


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    for view in (breaks, loses_the_database, refuses, is_too_large, only_for_supervisors, forgotten):
        site.app.add_url_rule(f"/{view.__name__}", view.__name__, view)
    yield site
    site.close()


def test_a_view_without_a_rule_is_closed_to_everybody(site: Site) -> None:
    assert site.get("/forgotten").status_code == 403


def test_a_role_that_does_not_reach_so_far_is_told_so_kindly(site: Site) -> None:
    site.employ(role=Role.ADMINISTRATOR)
    site.sign_in()
    page = site.open("/only_for_supervisors")
    assert (page.status, page.heading) == (403, "このページは、いまの役割では開けません。")


def test_the_right_role_gets_in(site: Site) -> None:
    site.employ(role=Role.SUPERVISOR)
    site.sign_in()
    assert site.open("/only_for_supervisors").status == 200


@pytest.mark.parametrize(
    "path, status, heading",
    [
        ("/no-such-page", 404, "ページが見つかりませんでした。"),
        ("/breaks", 500, "うまく動きませんでした。"),
        ("/loses_the_database", 503, "ただいま、つながりにくくなっています。"),
        ("/refuses", 409, "いまはこの操作ができません。"),
        ("/is_too_large", 413, "送られたものが大きすぎました。"),
    ],
)
def test_a_mishap_gets_a_kind_page(site: Site, path: str, status: int, heading: str) -> None:
    page = site.open(path)
    assert (page.status, page.heading) == (status, heading)
    assert "secret" not in page.response.text


def test_a_rule_that_was_not_met_is_explained_in_its_own_words(site: Site) -> None:
    assert "その日には、もう予定があります。" in site.open("/refuses").words


def test_a_lost_database_says_when_to_try_again(site: Site) -> None:
    assert site.get("/loses_the_database").headers["Retry-After"] == "30"


def test_somebody_signed_in_gets_the_kind_page_too_when_the_database_is_lost(site: Site) -> None:
    site.employ()
    site.sign_in()
    with site.app.app_context(), unit_of_work() as session:
        session.execute(text("ALTER TABLE staff RENAME TO lost"))
    assert site.open("/staff/").heading == "ただいま、つながりにくくなっています。"
    assert site.get("/no-such-page").status_code == 404


def test_pages_run_and_load_nothing_of_others(site: Site) -> None:
    headers: Any = site.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/staff/", "/staff/login", "/only_for_supervisors"])
def test_no_browser_keeps_a_page_of_the_staff(site: Site, path: str) -> None:
    site.employ(role=Role.SUPERVISOR)
    site.sign_in()
    assert site.get(path).headers["Cache-Control"] == "no-store"


def test_a_bundle_is_kept_for_a_year_under_its_own_name(site: Site) -> None:
    link = next(link for link in site.open("/").links if link.endswith("public.css"))
    assert "immutable" in site.get(link).headers["Cache-Control"]
    assert site.get("/assets/of-last-year/public.css").headers["Cache-Control"] == "no-store"


def test_an_unknown_bundle_is_not_found(site: Site) -> None:
    assert site.get("/assets/0/settings.py").status_code == 404


def test_a_page_travels_compressed_for_whoever_takes_it(sqlite_url: str) -> None:
    site = Site(sqlite_url)
    plain, packed = site.get("/"), site.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.content_encoding == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert len(packed.data) * 2 < len(plain.data)
    assert len(gzip.decompress(packed.data)) == pytest.approx(len(plain.data), rel=0.05)
    assert "Accept-Encoding" in packed.vary
    site.close()
