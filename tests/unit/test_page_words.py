from __future__ import annotations

from datetime import timedelta

import pytest

from callcenter.domain.calendar.times import parse_moment
from callcenter.ui import filters
from callcenter.ui.access import local_path
from callcenter.ui.reading import Reading


@pytest.mark.parametrize(
    "span, words",
    [
        (timedelta(seconds=0), "0:00"),
        (timedelta(seconds=738.9), "12:18"),
        (59.9, "0:59"),
        (3723, "1:02:03"),
        (timedelta(seconds=-5), "0:00"),
    ],
)
def test_a_span_is_written_as_a_clock_shows_it(span: timedelta | float, words: str) -> None:
    assert filters.duration(span) == words


def test_a_moment_is_written_by_japans_clock() -> None:
    moment = parse_moment("2026-11-26T05:07:12+00:00")
    assert filters.clock_seconds(moment) == "14:07:12"
    assert filters.stamp(moment) == "2026-11-26T14:07:12+09:00"


@pytest.mark.parametrize(
    "number, link",
    [
        ("+81120529528", "tel:0120529528"),
        ("0120-0-78310", "tel:0120078310"),
        ("#7119", "tel:%237119"),
        ("119", "tel:119"),
    ],
)
def test_a_number_becomes_a_link_that_a_telephone_understands(number: str, link: str) -> None:
    assert filters.tel(number) == link


@pytest.mark.parametrize("target", ["/console/", "/console/cases?find=a", "/"])
def test_a_path_of_this_site_may_be_gone_to(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize(
    "target", [None, "", "console", "//a.example", "/\\a.example", "https://a.example", "/a\nb", "/ a", "javascript:1"]
)
def test_anything_else_is_no_path_of_this_site(target: str | None) -> None:
    assert local_path(target) is None


@pytest.mark.parametrize("cookie", [None, "", "huge.pink", ".", "standard.auto.more"])
def test_a_strange_cookie_gives_the_usual_page(cookie: str | None) -> None:
    assert Reading.from_cookie(cookie) == Reading()


def test_a_choice_survives_the_cookie() -> None:
    assert Reading.from_cookie(Reading("large", "dark").to_cookie()) == Reading("large", "dark")
