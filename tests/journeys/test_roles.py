"""役割の確認 in a real browser: from asking for a role to a second person's yes, at every width, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.staff.roles import Role
from callcenter.services.staff import passwords
from tests.browsers import OpenPage, axe
from tests.desk import CHEAP
from tests.journeys.site import served
from tests.pages import PASSWORD, Site

pytestmark = pytest.mark.browser

PEOPLE = {"kanri": Role.ADMINISTRATOR, "tokatsu": Role.SUPERVISOR, "kansa": Role.AUDITOR}


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def address(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a trial with an administrator, a supervisor and an auditor."""
    monkeypatch.setattr(passwords, "hasher", lambda: CHEAP)
    site = Site(sqlite_url, env="development")
    for login, role in PEOPLE.items():
        site.employ(login, role)
    with served(site) as address:
        yield address


def signed_in(page: Page, address: str, login: str) -> Page:
    page.goto(f"{address}/staff/login")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("職員の入り口")
    return page


def looked_at(page: Page) -> None:
    """Refuse the page if somebody cannot read it at some width, in light or dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_role_is_asked_for_and_confirmed_by_keyboard(open_page: OpenPage, address: str) -> None:
    asker = signed_in(open_page(width=1280), address, "kanri")
    asker.goto(f"{address}/admin/staff")
    asker.get_by_role("listitem").filter(has_text="kansa").get_by_role("link").click()
    asker.get_by_label("相談員").check()
    asker.get_by_label("相談員").press("Enter")
    expect(asker.get_by_text("確認をお願いしました")).to_be_visible()
    looked_at(asker)
    asker.goto(f"{address}/admin/roles")
    expect(asker.get_by_role("button", name="認める")).to_have_count(0)
    looked_at(asker)

    second = signed_in(open_page(width=1280), address, "tokatsu")
    second.goto(f"{address}/admin/roles")
    looked_at(second)
    agree = second.get_by_role("button", name="確かめたので認める")
    agree.focus()
    agree.press("Enter")
    expect(second.get_by_text("認めました")).to_be_visible()
    expect(second.get_by_text("確認を待っている申し出は、ありません。")).to_be_visible()
    looked_at(second)
