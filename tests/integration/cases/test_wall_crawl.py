"""With the son on the line, no answer to any request by the counsellor tells what the mother said."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from callcenter.services.access import on_the_line
from callcenter.services.records import consultations
from tests.integration.cases.crawl import Crawl, family_of
from tests.integration.consoles import Console, Seat


@pytest.fixture
def crawl(desk: Console, seat: Seat, in_call: str, sqlite_url: str) -> Iterator[Crawl]:
    """A crawl that has not begun; the son is on the line."""
    home = family_of(desk, seat, in_call)
    assert seat.sends(f"/console/records/{in_call}/person", person=home.son).status_code == 200
    found = Crawl(desk, seat, home, make_url(sqlite_url).database or "")
    yield found
    found.close()


def test_no_route_tells_of_the_mother_while_the_son_is_on_the_line_and_what_is_told_is_in_the_trail(
    crawl: Crawl,
) -> None:
    crawl.walk()
    sys.stdout.write(
        f"{crawl.paths} paths of routes and ids, {crawl.first_steps} first steps, "
        f"{crawl.changed} of them changed something, {crawl.asked} requests, {crawl.answered} answered: "
        f"{len(crawl.leaks)} leaks, {len(crawl.untraced)} without a trace\n"
    )
    assert (sorted(crawl.leaks), sorted(crawl.untraced), sorted(crawl.faults)) == ([], [], [])
    assert crawl.paths["POST"] > 100
    assert crawl.answered > 200


@pytest.mark.parametrize(
    "part, without, told_by",
    [
        ("is_shut", lambda *_: False, "/read"),
        ("speakers", lambda *_: {}, "/cases/"),
        ("_named", lambda *_: [], "/not-sure"),
    ],
)
def test_the_crawl_finds_a_wall_of_which_a_part_has_fallen(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch, part: str, without: object, told_by: str
) -> None:
    monkeypatch.setattr(on_the_line, part, without)
    crawl.walk(only=told_by)
    assert crawl.leaks


def test_the_crawl_finds_a_text_that_leaves_without_a_trace(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consultations, "record_reading", lambda *_, **__: None)
    crawl.walk(only="/save")
    assert crawl.untraced
