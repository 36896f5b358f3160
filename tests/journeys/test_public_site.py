"""The public site in a real browser: every page for everybody, with scripts and without, and the leaflet's way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import OpenPage, axe
from tests.integration.site.pages import GUIDES, LIGHT
from tests.journeys.site import served
from tests.journeys.test_pages_in_a_browser import overflow
from tests.pages import Site

pytestmark = pytest.mark.browser

WEATHER = "https://www.jma.go.jp/**"
WIDTHS = [1280, 390, 320]
CHOICES = ["size=largest&kana=on", "words=easy&size=large", "theme=dark&kana=on"]


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def address(sqlite_url: str) -> Iterator[str]:
    """The address of the site, at two o'clock on a Thursday."""
    with served(Site(sqlite_url, env="development", PUBLIC_BASE_URL="http://127.0.0.1")) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_guide_can_be_read_by_everybody(open_page: OpenPage, address: str, width: int, scheme: str) -> None:
    page = open_page(width=width, color_scheme=scheme)
    for path in GUIDES:
        page.goto(address + path)
        axe(page)
        assert overflow(page) == 0, path


@pytest.mark.parametrize("width", WIDTHS)
def test_every_light_page_can_be_read_by_everybody(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(width=width, java_script_enabled=True)
    for path in (*LIGHT, "/m/no-such-page"):
        page.goto(address + path)
        axe(page)
        assert overflow(page) == 0, path


@pytest.mark.parametrize("choice", CHOICES)
def test_large_letters_furigana_and_easy_words_fit_on_the_smallest_screen(
    open_page: OpenPage, address: str, choice: str
) -> None:
    page = open_page(width=320)
    page.goto(f"{address}/reading?{choice}")
    for path in ("/", *GUIDES):
        page.goto(address + path)
        axe(page)
        assert overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844), (320, 568)])
def test_from_the_first_page_every_door_leads_to_its_guide_and_back(
    open_page: OpenPage, address: str, width: int, height: int, scripts: bool
) -> None:
    page = open_page(width=width, height=height, java_script_enabled=scripts)
    page.goto(address)
    expect(page.get_by_role("link", name="電話で話す")).to_be_in_viewport(ratio=1)
    for door, title in (
        ("電話相談について", "電話で話す"),
        ("文字で書く", "メール相談のはじめ方"),
        ("訪問について", "家に来てもらう(訪問相談)"),
        ("ほかの相談窓口", "ほかの相談窓口"),
        ("プライバシーのお知らせ", "プライバシーのお知らせ"),
        ("リーフレット", "リーフレット"),
    ):
        page.get_by_role("link", name=door).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.get_by_role("link", name="東京都ひきこもりサポートネット").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("話してみませんか。")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_each_choice_of_reading_is_kept_and_leads_back_to_the_page(
    open_page: OpenPage, address: str, scripts: bool
) -> None:
    page = open_page(width=390, java_script_enabled=scripts)
    page.goto(f"{address}/visit")
    for button in ("つける", "特大", "暗い(反転)"):
        page.get_by_text("読みやすくする").first.click()
        page.get_by_role("button", name=button, exact=True).click()
        expect(page).to_have_url(f"{address}/visit")
    expect(page.locator("html")).to_have_attribute("data-size", "largest")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1 rt").first).to_have_text("いえ")
    page.get_by_text("読みやすくする").first.click()
    page.get_by_role("button", name="やさしい日本語").click()
    expect(page.locator("h2").first).to_contain_text("使")
    expect(page.locator("html")).to_have_attribute("data-size", "largest")


def test_a_guide_and_a_light_page_can_be_left_at_once(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.route(WEATHER, lambda route: route.fulfill(body="<title>天気</title>", content_type="text/html"))
    page.goto("about:blank")
    page.goto(f"{address}/visit")
    page.get_by_role("link", name="このページをすぐに閉じる").click()
    page.wait_for_url(WEATHER)
    page.go_back()
    assert page.url == "about:blank"
    page.goto(f"{address}/m/visit")
    link = page.get_by_role("link", name="このページをすぐに閉じる")
    expect(link).to_have_attribute("rel", "noreferrer")
    link.click()
    page.wait_for_url(WEATHER)


def test_the_light_pages_lead_from_one_to_the_next_without_scripts(open_page: OpenPage, address: str) -> None:
    page = open_page(width=320, java_script_enabled=False)
    page.goto(f"{address}/m/")
    page.get_by_role("link", name="訪問相談の案内").click()
    page.get_by_role("link", name="区市町村の一覧").click()
    expect(page.get_by_role("link", name="小笠原村")).to_be_visible()
    page.get_by_role("button", name="ふりがなをつける").click()
    expect(page).to_have_url(f"{address}/m/visit/windows")
    expect(page.locator("rt").first).to_be_visible()


def test_the_leaflet_is_loaded_under_a_name_with_its_day(page: Page, address: str) -> None:
    page.goto(f"{address}/leaflet")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="リーフレット(PDF").click()
    assert waiting.value.suggested_filename == "hikikomori-support-20260401.pdf"
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")


LARGEST_PAINT = """() => new Promise((tell) => {
  const seen = new PerformanceObserver((list) => tell(list.getEntries().at(-1).startTime));
  seen.observe({ type: "largest-contentful-paint", buffered: true });
})"""


def test_the_first_page_is_drawn_also_by_a_slow_telephone(
    open_page: OpenPage, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page(width=390, height=844)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address)
    painted = page.evaluate(LARGEST_PAINT)
    with capsys.disabled():
        sys.stdout.write(f"\nthe first page's largest part stood after {painted:.0f} ms at a quarter of the speed\n")
    assert painted > 0
