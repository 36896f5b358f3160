"""The browser that the journeys lean on sees what a person would see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsers import OpenPage, axe

GOOD = '<!doctype html><html lang="ja"><title>よい</title><main><h1>よい</h1><p>読めます。</p></main></html>'


@pytest.mark.browser
def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.set_content(GOOD.replace("<p>", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p>'))
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


@pytest.mark.browser
def test_axe_lets_a_good_page_pass(page: Page) -> None:
    page.set_content(GOOD)
    axe(page)


@pytest.mark.browser
def test_two_people_share_no_cookies(open_page: OpenPage) -> None:
    caller, counsellor = open_page(), open_page(width=390)
    caller.context.add_cookies([{"name": "who", "value": "caller", "url": "http://127.0.0.1/"}])
    assert counsellor.context.cookies() == []


@pytest.mark.browser
def test_japanese_letters_are_drawn_and_not_boxes(page: Page) -> None:
    page.set_content("<p style='font:32px system-ui'><span id=a>電</span><span id=b>話</span></p>")
    pictures = {page.locator(f"#{name}").screenshot() for name in ("a", "b")}
    assert len(pictures) == 2, "two different letters look the same: is a Japanese font installed?"


@pytest.mark.browser
def test_a_key_that_names_two_controls_is_found(page: Page) -> None:
    buttons = "".join(f'<button aria-keyshortcuts="Alt+K">{name}</button>' for name in ("あ", "い"))
    page.set_content(GOOD.replace("<p>", f"{buttons}<p>"))
    with pytest.raises(AssertionError, match=r"the key Alt\+K names two controls"):
        axe(page)
