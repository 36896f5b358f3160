"""What was pressed by a slip is taken back where it was pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import axe
from tests.journeys.desk import available, callbar, hung_up, talking, texts
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_record_that_was_finished_by_a_slip_is_taken_back_by_one_key(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = talking(office, page)
    page.get_by_role("textbox", name="次回").fill("絵の続き")
    hung_up(office, page, leg)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("取り消す Alt+Z")
    expect(callbar(page)).to_contain_text("電話を待っています")  # so that what it shows next is of the way back
    axe(page)
    page.keyboard.press("Alt+z")
    expect(callbar(page)).to_contain_text("記録の時間")
    expect(page.get_by_role("textbox", name="次回")).to_be_focused()
    expect(page.get_by_role("textbox", name="次回")).to_have_value("絵の続き")
    page.keyboard.press("End")
    page.keyboard.type("を聞く")
    page.keyboard.press("Control+Enter")
    expect(callbar(page)).to_contain_text("電話を待っています")
    assert texts(office, "next_step")[-1] == "絵の続きを聞く"


def test_the_way_back_is_gone_after_ten_seconds(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    hung_up(office, page, talking(office, page))
    page.clock.install()
    page.keyboard.press("Alt+q")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="取り消す")).to_be_visible()
    page.clock.fast_forward(5_000)
    expect(page.get_by_role("button", name="取り消す")).to_be_visible()
    page.clock.fast_forward(6_000)
    expect(page.get_by_role("button", name="取り消す")).to_have_count(0)
