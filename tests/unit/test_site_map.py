"""What the frame around the staff's pages names is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.site_map import FRAME
from tests.pages import Site


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    yield site
    site.close()


def test_every_endpoint_and_blueprint_is_there(site: Site) -> None:
    named = {place.endpoint for place in FRAME.places} | {endpoint for _action, endpoint in FRAME.notices}
    assert FRAME.alarms is not None
    assert named | {FRAME.break_glass, FRAME.alarms[1]} <= set(site.app.view_functions)
    assert set(site.app.blueprints) >= FRAME.telephones


@pytest.mark.parametrize("role", Role)
def test_nobody_is_offered_a_page_twice(role: Role) -> None:
    offered = FRAME.navigation(role)
    endpoints = [place.endpoint for place in (*offered.row, *offered.menu)]
    assert sorted(endpoints) == sorted(set(endpoints))


def test_no_kind_of_notice_is_said_by_two() -> None:
    kinds = sorted(FRAME.sayings)
    assert not any(other.startswith(f"{kind}.") for kind in kinds for other in kinds)
    about_mail = ["reply.handed_back", "reply.handed_in", "thread.taken_over"]
    others = ["break_glass.open", "case.hand_over", "role.answered", "role.asked", "special_day", "staff"]
    assert kinds == sorted(others + about_mail)
