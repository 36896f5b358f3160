"""The frame around the staff's pages leads each role to pages that are there and that it may open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.ui.access import rule_of
from callcenter.ui.frame import More, Place
from callcenter.workplaces import FRAME
from tests.pages import Site


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    site = Site(sqlite_url)
    yield site
    site.close()


def pages_of(role: Role) -> Iterator[Place]:
    for entry in FRAME.workplaces[role].places:
        yield from entry.places if isinstance(entry, More) else (entry,)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_open_what_its_navigation_leads_to(site: Site, role: Role) -> None:
    mine = FRAME.workplaces[role]
    listed = [page.endpoint for page in pages_of(role)]
    assert mine.home in listed
    assert len(listed) == len(set(listed))
    for endpoint in (*listed, *filter(None, [mine.notices])):
        rule = rule_of(site.app.view_functions[endpoint])
        assert rule is not None
        assert not rule.roles or role in rule.roles, endpoint


def test_what_the_frame_names_is_there(site: Site) -> None:
    assert FRAME.break_glass in site.app.view_functions
    assert set(site.app.blueprints) >= FRAME.telephones


def test_no_kind_of_notice_is_said_by_two() -> None:
    kinds = sorted(FRAME.sayings)
    assert not any(other.startswith(f"{kind}.") for kind in kinds for other in kinds)
    assert kinds == ["break_glass.open", "case.hand_over", "special_day", "staff"]
