"""A life in danger, in a real browser: the level of risk by one key, and a breath before the next call."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import axe
from tests.journeys.desk import SLOW, available, callbar, expect_saved, hung_up, rung, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_level_of_risk_is_one_key_away_and_the_next_call_waits_for_a_breath(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = talking(office, page)
    page.get_by_label("呼び名").press_sequentially("みな")
    page.keyboard.press("Alt+g")
    expect(page.get_by_role("group", name="いのちの心配").get_by_label("不明")).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="回線").click()
    page.keyboard.press("Alt+g")
    expect(page.get_by_role("group", name="いのちの心配").get_by_label("不明")).to_be_focused()
    page.get_by_role("group", name="いのちの心配").get_by_label("計画あり").check()
    expect_saved(page)
    expect(page.get_by_label("呼び名")).to_have_value("みな")
    hung_up(office, page, leg)
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator("#line-parts")).to_contain_text("このあとは、一息入れてから、受付に戻ります。")
    page.get_by_label("次回").fill("あす、こちらからかける。")
    page.keyboard.press("Control+Enter")
    expect(callbar(page)).to_contain_text("離席(一息)")
    expect(callbar(page)).to_contain_text("受けられるときに「受け付ける」を押してください。")
    axe(page)
    next_one = office.dial()
    expect(page.locator("#line-parts")).to_contain_text("いま出られる人がいないことを", timeout=SLOW)
    assert not next_one.over
    page.keyboard.press("Alt+u")
    expect(page.get_by_role("button", name="受ける")).to_be_visible(timeout=SLOW)


def test_the_key_leads_to_the_record_of_the_call_from_another_record(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    left_for_later = talking(office, page)
    hung_up(office, page, left_for_later)
    page.get_by_role("button", name="記録をあとにして受け付ける").click()
    rung(office, page)
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    expect(page.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    at_hand = callbar(page).get_attribute("data-record")
    page.locator("[data-open-record]").click()
    expect(page.locator("#record-part")).not_to_have_attribute("data-record", str(at_hand))
    page.keyboard.press("Alt+g")
    expect(page.locator("#record-part")).to_have_attribute("data-record", str(at_hand))
    expect(page.get_by_role("group", name="いのちの心配").get_by_label("不明")).to_be_focused()
