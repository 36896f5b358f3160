"""Keys at the counsellor's page: each chip shows what is pressed, and no key goes astray."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from callcenter.domain.records.record_codes import Relation
from tests.journeys.desk import available, callbar, hung_up, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHIPS = """() => [...document.querySelectorAll("[aria-keyshortcuts]")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getAttribute("aria-keyshortcuts"), (one.labels?.[0] ?? one).querySelector("kbd")?.textContent])
"""
PRINTED = {"Control+Enter": "Ctrl+⏎"}


def chips(page: Page) -> dict[str, str | None]:
    """Return the chip of every key that works, by the key."""
    return dict(page.evaluate(CHIPS))


def test_every_chip_shows_the_whole_key(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    seen = chips(page)
    leg = talking(office, page)
    seen |= chips(page)
    hung_up(office, page, leg)
    seen |= chips(page)
    assert {"Alt+E", "Alt+N", "Alt+Q", "Control+Enter"} <= set(seen)
    assert seen == {key: PRINTED.get(key, key) for key in seen}


def test_the_list_of_keys_opens_from_a_field_and_nothing_is_typed_there(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    talking(office, page)
    expect(page.get_by_role("button", name="キーの一覧")).to_contain_text("Alt+?")
    page.keyboard.press("Alt+Shift+Slash")
    expect(page.get_by_role("dialog", name="使えるキー")).to_contain_text("Alt+M")
    page.keyboard.press("Alt+Slash")
    expect(page.get_by_role("dialog", name="使えるキー")).to_be_hidden()
    expect(page.get_by_label("呼び名")).to_be_focused()
    expect(page.get_by_label("呼び名")).to_have_value("")


@pytest.fixture
def two(office: Office, page: Page) -> Page:
    """A talk in which two of one reading have called before."""
    me = office.hire()
    office.known_caller("ミナト", by=me, told="図書館の話。")
    office.known_caller("みなみ", Relation.MOTHER, by=me, told="庭の話。")
    available(office, page)
    talking(office, page)
    return page


def test_a_key_pressed_before_the_names_are_there_goes_to_the_first_and_opens_nobody(two: Page) -> None:
    two.route("**/search", lambda route: wait(two, route))
    two.keyboard.type("みなと")
    two.wait_for_timeout(300)
    two.keyboard.press("Alt+1")
    expect(two.locator(".candidate").first).to_be_focused()
    expect(callbar(two)).to_contain_text("お名前はまだ")
    two.keyboard.press("Enter")
    expect(callbar(two)).to_contain_text("ミナトさん")


def test_a_key_pressed_while_the_same_name_comes_again_chooses_whom_it_showed(two: Page) -> None:
    two.keyboard.type("みな")
    expect(two.locator(".candidate")).to_have_count(2)
    first = two.locator(".candidate b").first.text_content()
    two.wait_for_timeout(500)
    two.route("**/search", lambda route: wait(two, route))
    two.get_by_label("呼び名").press("End")
    two.keyboard.press("Backspace")
    two.keyboard.type("な")
    two.keyboard.press("Alt+1")
    assert first
    expect(callbar(two)).to_contain_text(first.split("・")[0])


def wait(page: Page, route: Route) -> None:
    """Let an answer be slow."""
    page.wait_for_timeout(700)
    route.continue_()
