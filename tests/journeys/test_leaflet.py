"""The leaflet from an administrator's hand to a reader's, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.staff.roles import Role
from tests.browsers import OpenPage
from tests.journeys.site import served
from tests.journeys.test_roles import looked_at, signed_in
from tests.pages import Site
from tests.unit.administration.test_leaflet_files import a_pdf

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def address(sqlite_url: str) -> Iterator[str]:
    """The address of a trial with an administrator."""
    site = Site(sqlite_url, env="development")
    site.employ("kanri", Role.ADMINISTRATOR)
    with served(site) as address:
        yield address


def choose(page: Page, name: str, body: bytes) -> None:
    page.get_by_label("PDFのファイル").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": body})


def test_a_leaflet_is_refused_with_the_reason_then_published_then_withdrawn(open_page: OpenPage, address: str) -> None:
    page = signed_in(open_page(), address, "kanri")
    page.goto(f"{address}/admin/leaflets")
    looked_at(page)
    choose(page, "busy.pdf", a_pdf(b"/JavaScript 2 0 R"))
    page.get_by_role("button", name="この版を公開する").click()
    expect(page.locator("error-summary")).to_contain_text("プログラム(JavaScript)が入っているPDFは、公開できません。")
    looked_at(page)
    choose(page, "leaflet.pdf", a_pdf())
    page.get_by_label("年度").fill("令和7年度版")
    page.get_by_role("button", name="この版を公開する").click()
    expect(page.get_by_text("リーフレットを公開しました。")).to_be_visible()
    looked_at(page)
    reader = open_page(width=390)
    reader.goto(f"{address}/leaflet")
    with reader.expect_download() as waiting:
        reader.get_by_role("link", name="令和7年度版").click()
    assert Path(waiting.value.path()).read_bytes() == a_pdf()
    assert waiting.value.suggested_filename == "hikikomori-support-20261126.pdf"
    page.get_by_role("button", name="公開をやめる").click()
    expect(page.get_by_text("公開をやめました。")).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("link", name="令和8年度版")).to_be_visible()
