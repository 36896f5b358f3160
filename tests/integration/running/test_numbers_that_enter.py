"""Numbers, days and times from addresses and forms: what is beyond the calendar or a database is refused, not met."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from callcenter.domain.staff.roles import Role
from tests.integration.consoles import Console, opened

NUMBERS = ("0", "-1", "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 5000, "1e5", "１", "\u200b1", "x")
DAYS = (
    "0001-01-01",
    "9999-12-31",
    "1899-12-31",
    "2200-01-01",
    "2026-02-30",
    "２０２６-１１-２５",
    "\u200e2026-11-25\u200f",
)
MOMENTS = ("0001-01-01T00:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "24:00", "2026-11-25T14:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """A number too large fails otherwise on each database."""
    yield from opened(database_url)


@pytest.mark.parametrize(
    "role, pages",
    [
        (
            Role.AUDITOR,
            ("/admin/trail", "/admin/settings-history", "/admin/figures", "/admin/purges", "/reports/readers"),
        ),
        (Role.SUPERVISOR, ("/console/cases", "/console/unlinked", "/admin/days", "/reports/flags", "/reports/quality")),
    ],
)
def test_no_page_of_a_list_fails_by_its_address(desk: Console, role: Role, pages: tuple[str, ...]) -> None:
    seat = desk.seat("tanto07", role=role)
    asked = [("page", one) for one in NUMBERS] + [("before", one) for one in (*NUMBERS, *MOMENTS)]
    asked += [(name, day) for name, day in product(("from", "to"), DAYS)]
    failed = [
        (page, name, value[:40])
        for page, (name, value) in product(pages, asked)
        if seat.client.get(page, query_string={name: value}, base_url="https://desk.test").status_code >= 500
    ]
    assert failed == []


def test_a_day_is_read_in_any_width_and_with_marks_nobody_sees(desk: Console) -> None:
    seat = desk.seat("tokatsu", role=Role.SUPERVISOR)
    sent = {"day": "\u200e２０２６-１２-０１\u200f", "what": "closed", "reason": "台風の影響"}
    assert seat.sends("/admin/days/decide", sent, script=False).status_code == 303
    assert "12月1日" in seat.get("/admin/days").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01"])
def test_a_day_beyond_the_years_we_reckon_with_is_asked_for_again(desk: Console, day: str) -> None:
    seat = desk.seat("tokatsu", role=Role.SUPERVISOR)
    sent = {"day": day, "what": "closed", "reason": "台風の影響"}
    assert seat.sends("/admin/days/decide", sent, script=False).status_code == 422
    assert seat.get(f"/admin/days/undo/{day}").status_code == 404
