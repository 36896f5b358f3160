"""What changes by itself on the counsellor's page leaves alone what somebody looks at, marks or is about to press."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk import available, callbar
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BEFORE = """
<div id="sample">
  <p id="notice">いまはいません。</p>
  <ul><li>一</li><li>二</li><li>三</li><li>四</li><li>五</li><li>六</li></ul>
  <details><summary>くわしく</summary><p>内訳</p></details>
  <a href="/console/drafts/1">書きかけ</a>
  <form action="/console/ask/1" method="post"><button name="colleague" value="1">一さんに引きつぐ</button></form>
</div>
"""
SOMEBODY_WAITS = ("いまはいません。", "1人が待っています。")
SHORT_LIST = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("#sample ul { height: 3em; overflow: auto }");
document.adoptedStyleSheets.push(sheet);
"""
REFRESH = "html => putParts(html, { patiently: true })"


@pytest.fixture
def desk(office: Office, page: Page) -> Page:
    """A desk with a part that only these tests write."""
    office.hire()
    office.sign_in(page, "tanto07")
    page.evaluate(SHORT_LIST)
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", BEFORE)
    return page


def refresh(desk: Page, *changes: tuple[str, str]) -> None:
    """Let the server write the part anew with *changes*."""
    written = BEFORE
    for old, new in changes:
        assert old in written
        written = written.replace(old, new)
    assert desk.evaluate(REFRESH, written)


def part(desk: Page, script: str) -> Any:
    return desk.evaluate(f"(() => {{ const part = document.getElementById('sample'); {script} }})()")


def test_marked_words_a_scrolled_list_and_an_open_fold_stay_as_they_are(desk: Page) -> None:
    part(desk, "getSelection().selectAllChildren(part.querySelector('li:nth-child(2)'))")
    part(desk, "part.querySelector('ul').scrollTop = 40; part.querySelector('details').open = true")
    refresh(desk, SOMEBODY_WAITS)
    expect(desk.locator("#sample")).to_contain_text("1人が待っています。")
    assert desk.evaluate("getSelection().toString()") == "二"
    assert part(desk, "return part.querySelector('ul').scrollTop") == 40
    expect(desk.get_by_text("内訳")).to_be_visible()


def test_a_link_keeps_the_focus_while_something_beside_it_changes(desk: Page) -> None:
    desk.get_by_role("link", name="書きかけ").focus()
    refresh(desk, SOMEBODY_WAITS)
    expect(desk.locator("#sample")).to_contain_text("1人が待っています。")
    expect(desk.get_by_role("link", name="書きかけ")).to_be_focused()


def test_a_button_that_would_do_something_else_is_a_new_one(desk: Page) -> None:
    part(desk, "window.pressed = part.querySelector('button'); pressed.focus()")
    refresh(desk, ("/ask/1", "/ask/2"), ('value="1"', 'value="2"'), ("一さん", "二さん"))
    assert desk.evaluate("window.pressed.isConnected") is False
    expect(desk.get_by_role("button", name="二さんに引きつぐ")).not_to_be_focused()


def test_a_button_that_does_the_same_is_the_same(desk: Page) -> None:
    part(desk, "window.pressed = part.querySelector('button'); pressed.focus()")
    refresh(desk, SOMEBODY_WAITS)
    assert desk.evaluate("window.pressed.isConnected && document.activeElement === window.pressed")


def test_an_answer_that_comes_late_never_replaces_what_was_asked_for_after_it(desk: Page) -> None:
    inside = """<p id="notice">3人が待っています。</p>"""
    desk.evaluate("html => putParts(html, { asked: 2 })", BEFORE.replace(*SOMEBODY_WAITS))
    for late in (BEFORE, inside):
        assert desk.evaluate("html => putParts(html, { patiently: true, asked: 1 })", late)
    expect(desk.locator("#notice")).to_have_text("1人が待っています。")
    desk.evaluate("html => putParts(html, { patiently: true, asked: 3 })", inside)
    expect(desk.locator("#notice")).to_have_text("3人が待っています。")


def test_the_servers_own_changes_arrive_without_drawing_the_part_anew(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    page.evaluate("window.kept = document.querySelector('#line-parts #waiting-title')")
    office.dial()
    expect(callbar(page)).to_contain_text("受ける")
    expect(page.locator("#waiting-title + .num, .waiting")).not_to_have_count(0)
    assert page.evaluate("window.kept.isConnected")
