"""The first pages and the shared elements in a real browser: by eye, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import OpenPage, axe
from tests.journeys.site import served
from tests.pages import Site

pytestmark = pytest.mark.browser

WEATHER = "https://www.jma.go.jp/**"
TABS = """
<h1>試し</h1>
<tab-list aria-label="画面の部分">
<a href="#one">ひとつ</a> <a href="#two" data-first>ふたつ</a> <a href="#three">みっつ</a>
</tab-list>
<section id="one">1</section><section id="two">2</section><section id="three">3</section>
"""
KEYS = """
<h1>試し</h1>
<button aria-keyshortcuts="Alt+H" data-times="0">保留</button>
<label for="note">メモ</label><textarea id="note" aria-keyshortcuts="Alt+N"></textarea>
<key-map><button type="button" data-open-keys>キーの一覧</button>
<dialog aria-label="使えるキー"><dl></dl><form method="dialog"><button>閉じる</button></form></dialog></key-map>
"""


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def address(sqlite_url: str) -> Iterator[str]:
    """The address of the site in a trial, at two o'clock on a Thursday."""
    with served(Site(sqlite_url, env="development", PUBLIC_BASE_URL="http://127.0.0.1")) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("path", ["/", "/staff/login", "/no-such-page"])
def test_a_page_can_be_read_by_everybody(open_page: OpenPage, address: str, path: str, width: int, scheme: str) -> None:
    page = open_page(width=width, color_scheme=scheme)
    page.goto(address + path)
    axe(page)
    assert overflow(page) == 0


def test_the_largest_letters_fit_on_the_smallest_screen(open_page: OpenPage, address: str) -> None:
    page = open_page(width=320)
    page.goto(f"{address}/reading?size=largest&back=/")
    expect(page.locator("html")).to_have_attribute("data-size", "largest")
    assert overflow(page) == 0
    axe(page)


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize("width, height", [(390, 844), (320, 568)])
def test_the_telephone_can_be_pressed_before_anything_is_scrolled(
    open_page: OpenPage, address: str, width: int, height: int
) -> None:
    page = open_page(width=width, height=height)
    page.goto(address)
    expect(page.get_by_role("link", name="電話で話す")).to_be_in_viewport(ratio=1)


FIELDS = """
<h1>試し</h1>
<label for="one">呼び名</label><input class="input" id="one">
<label for="two">主なお話</label><textarea class="input" id="two"></textarea>
<button class="button">次へ</button>
"""
FOCUSED = """(element) => {
  element.focus({ focusVisible: true });
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const against = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const { outlineColor, outlineStyle, outlineWidth, boxShadow, backgroundColor } = getComputedStyle(element);
  const page = getComputedStyle(document.body).backgroundColor;
  const contrast = Math.min(...[backgroundColor, page].map((one) => against(light(outlineColor), light(one))));
  return { edge: `${outlineStyle} ${outlineWidth}`, boxShadow, contrast };
}"""


@pytest.mark.parametrize("colours", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_a_field_in_which_somebody_writes_has_a_calm_edge_and_a_button_a_clear_ring(
    open_page: OpenPage, address: str, colours: dict[str, str]
) -> None:
    page = open_page(**colours)
    page.goto(f"{address}/staff/login")
    put(page, FIELDS)
    for field in ("呼び名", "主なお話"):
        edge = page.get_by_label(field).evaluate(FOCUSED)
        assert (edge["edge"], edge["boxShadow"]) == ("solid 2px", "none")
        assert edge["contrast"] >= 3
    ring = page.get_by_role("button", name="次へ").evaluate(FOCUSED)
    assert ring["edge"] == "solid 3px"
    assert ring["contrast"] >= 3


def test_leaving_at_once_takes_the_page_out_of_the_history(page: Page, address: str) -> None:
    page.route(WEATHER, lambda route: route.fulfill(body="<title>天気</title>", content_type="text/html"))
    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("link", name="すぐに閉じる").click()
    page.wait_for_url(WEATHER)
    page.go_back()
    assert page.url == "about:blank"


def test_the_way_out_stays_at_hand_while_the_page_scrolls(open_page: OpenPage, address: str) -> None:
    page = open_page(width=390)
    page.goto(address)
    page.mouse.wheel(0, 3000)
    expect(page.get_by_role("link", name="すぐに閉じる")).to_be_in_viewport(ratio=1)


def test_without_scripts_the_number_the_menu_and_the_way_out_work(open_page: OpenPage, address: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_role("link", name="電話で話す")).to_have_attribute("href", "tel:0120529528")
    expect(page.get_by_role("link", name="すぐに閉じる")).to_have_attribute(
        "href", "https://www.jma.go.jp/bosai/forecast/"
    )
    page.get_by_text("読みやすくする").click()
    page.get_by_role("button", name="特大").click()
    expect(page.locator("html")).to_have_attribute("data-size", "largest")


def test_the_reading_menu_closes_with_escape_and_gives_the_focus_back(page: Page, address: str) -> None:
    page.goto(address)
    menu = page.get_by_text("読みやすくする")
    menu.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="特大")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


def test_the_first_stop_of_the_tab_key_leads_to_the_words(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_refused_sign_in_moves_the_focus_to_what_is_wrong(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/login")
    page.get_by_label("ログイン名").fill("nobody")
    page.get_by_label("パスワード").fill("something")
    page.get_by_role("button", name="ログイン").click()
    expect(page.locator("error-summary")).to_be_focused()
    axe(page)
    page.get_by_role("link", name="ログイン名かパスワード").click()
    expect(page.get_by_label("ログイン名")).to_be_focused()


@pytest.fixture
def desk(page: Page, address: str) -> Page:
    """A staff page whose content the test chooses."""
    page.goto(f"{address}/staff/login")
    return page


def put(page: Page, html: str) -> None:
    page.evaluate("html => { document.getElementById('main').innerHTML = html }", html)


def test_tabs_are_worked_by_the_arrow_keys(desk: Page) -> None:
    put(desk, TABS)
    expect(desk.get_by_role("tab", name="ふたつ")).to_have_attribute("aria-selected", "true")
    desk.get_by_role("tab", name="ふたつ").focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("tab", name="みっつ")).to_be_focused()
    expect(desk.locator("#three")).to_have_attribute("data-shown", "")
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("tab", name="ひとつ")).to_be_focused()
    desk.keyboard.press("End")
    expect(desk.get_by_role("tab", name="みっつ")).to_be_focused()
    axe(desk)


def test_on_a_wide_screen_narrow_tabs_are_no_tabs(desk: Page) -> None:
    put(desk, TABS.replace("<tab-list", "<tab-list data-narrow"))
    expect(desk.get_by_role("tab")).to_have_count(0)
    desk.set_viewport_size({"width": 390, "height": 800})
    expect(desk.get_by_role("tab")).to_have_count(3)


def test_a_key_with_alt_presses_its_control_and_typing_is_never_taken(desk: Page) -> None:
    put(desk, KEYS)
    desk.evaluate("document.querySelector('[data-times]').addEventListener('click', e => e.target.dataset.times++)")
    desk.keyboard.press("Alt+n")
    desk.keyboard.type("h?")
    expect(desk.get_by_label("メモ")).to_have_value("h?")
    desk.keyboard.press("Alt+h")
    expect(desk.get_by_role("button", name="保留")).to_have_attribute("data-times", "1")


def test_the_question_mark_lists_the_keys_that_work(desk: Page) -> None:
    put(desk, KEYS)
    desk.get_by_role("button", name="保留").focus()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_contain_text("保留")
    expect(desk.get_by_role("dialog")).to_contain_text("メモ")
    axe(desk)


def test_short_news_is_told_without_taking_the_focus(desk: Page) -> None:
    desk.get_by_label("ログイン名").focus()
    desk.evaluate("document.querySelector('toast-box').say('保存できませんでした。', 'warn')")
    expect(desk.get_by_role("status")).to_contain_text("保存できませんでした。")
    expect(desk.get_by_label("ログイン名")).to_be_focused()
    desk.get_by_role("button", name="閉じる").click()
    expect(desk.get_by_role("status")).to_be_empty()


def test_what_went_well_leaves_by_itself_and_trouble_stays(desk: Page) -> None:
    desk.clock.install()
    desk.evaluate("document.querySelector('toast-box').say('記録を閉じました。')")
    desk.evaluate("document.querySelector('toast-box').say('保存できませんでした。', 'warn')")
    desk.clock.fast_forward(15_000)
    expect(desk.get_by_role("status")).to_contain_text("記録を閉じました。")
    desk.clock.fast_forward(10_000)
    expect(desk.get_by_role("status")).not_to_contain_text("記録を閉じました。")
    expect(desk.get_by_role("status")).to_contain_text("保存できませんでした。")
