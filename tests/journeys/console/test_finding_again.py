"""A caller found again by what was heard of a name, and by what else they say: typed in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.domain.records.record_codes import Relation
from tests.browsers import OpenPage, axe
from tests.journeys.desk import STORY, available, callbar, hung_up, kept, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def candidates(page: Page) -> Locator:
    return page.locator(".candidate")


def heard(page: Page, name: str) -> Locator:
    """Type a name over what stands there; return the candidates."""
    field = page.get_by_label("呼び名")
    field.fill("")
    expect(candidates(page)).to_have_count(0)
    field.press_sequentially(name, delay=20)
    return candidates(page)


def test_a_caller_is_found_however_the_name_is_typed_and_the_reason_is_said(office: Office, page: Page) -> None:
    by = office.hire()
    office.known_caller("ミナト", by=by, told="図書館まで行けた。")
    office.known_caller("光(ひかる)", by=by)
    talking(office, available(office, page))
    for typed, reason in (
        ("み", "はじめが同じ"),
        ("みなと", "読みが同じ"),
        ("ミナト", "同じ"),
        ("ﾐﾅﾄさん", "同じ"),
        ("minato", "読みが同じ"),
        ("みなとー", "長さの違い"),
        ("みなど", "濁点の違い"),
        ("みなも", "1字違い"),
        ("みなと 🌸", "読みが同じ"),
    ):
        found = heard(page, typed)
        expect(found, typed).to_have_count(1)
        expect(found.first).to_contain_text("ミナトさん・本人")
        expect(found.locator(".tag").first).to_have_text(reason)
    expect(heard(page, "ひかる").first).to_contain_text("光(ひかる)さん・本人")
    axe(page)

    expect(heard(page, "みなも").locator(".tag").first).to_have_text("1字違い")  # the list of the whole name
    page.keyboard.press("Alt+1")
    expect(page.locator(".earlier")).to_contain_text("図書館まで行けた。")
    expect(page.locator("#nickname_heard")).to_have_value("みなも")  # what was heard stays what was heard


def test_what_the_caller_also_says_brings_the_right_one_of_many_to_the_top(office: Office, page: Page) -> None:
    by = office.hire()
    office.known_caller("ゆき", Relation.MOTHER, by=by)
    for _ in range(3):
        office.known_caller("ユキ", by=by)
    talking(office, available(office, page))
    expect(heard(page, "ゆき")).to_have_count(4)
    page.get_by_label("話している方").select_option(label="母")
    expect(candidates(page).first).to_contain_text("続柄も合う")
    expect(candidates(page).first).to_contain_text("ゆきさん・母")
    page.get_by_label("前回の話題").focus()
    axe(page)


def test_names_a_slip_away_are_one_key_away_on_a_small_screen(office: Office, open_page: OpenPage) -> None:
    by = office.hire()
    for first in "あかさたなはまやらわい":
        office.known_caller(f"{first}き", by=by)
    page = open_page(width=390, height=844)
    talking(office, available(office, page))
    expect(heard(page, "ゆき")).to_have_count(9)
    expect(page.get_by_role("status").filter(has_text="候補が9人います")).to_be_visible()
    page.get_by_role("link", name="候補を見る").click()
    expect(candidates(page).first).to_be_focused()
    more = page.get_by_role("button", name="ほかの呼び名も見る")
    more.focus()
    page.keyboard.press("Enter")
    expect(candidates(page)).to_have_count(11)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_that_broke_off_before_any_name_goes_on_by_one_key(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = talking(office, page)
    page.get_by_label("主なお話").fill(STORY)
    kept(office, page, STORY)
    hung_up(office, page, leg)
    page.get_by_role("button", name="記録をあとにして受け付ける").click()
    expect(callbar(page)).to_contain_text("電話を待っています")
    talking(office, page)
    side = page.locator("#person-part")
    expect(side.get_by_role("button", name="お名前はまだ")).to_contain_text("に終わった電話")
    expect(side).not_to_contain_text(STORY)
    axe(page)
    page.keyboard.press("Alt+1")
    expect(side).to_contain_text(STORY)
    expect(side.get_by_role("heading", level=2).first).to_contain_text("の電話の方")
    axe(page)
