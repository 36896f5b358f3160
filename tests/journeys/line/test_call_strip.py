"""A ring, a talk and the wrap-up on the other pages of the staff, in a real browser with a second tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from ivr.simulator.line.legs import Leg
from tests.browsers import axe
from tests.journeys.desk import SLOW, available, callbar, hung_up, rung, talking
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def opened_beside(page: Page, name: str = "ケース") -> Page:
    """Follow a link of the navigation; return the tab in which it opened."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=name, exact=True).click()
    beside = opened.value
    expect(beside.get_by_role("heading", level=1)).to_contain_text(name)
    return beside


def strip(page: Page) -> Locator:
    return page.locator("#call-strip")


def test_a_call_rings_is_accepted_muted_and_ended_on_another_page(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    beside = opened_beside(page)
    expect(strip(beside)).to_contain_text("電話を待っています")
    leg = office.dial()
    beside.get_by_role("button", name="受ける").click(timeout=SLOW)
    expect(strip(beside)).to_contain_text("通話中", timeout=SLOW)
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    expect(strip(beside)).to_contain_text("電話は、「相談員の画面」のタブにつながっています。")
    axe(beside)
    beside.keyboard.press("Alt+m")
    expect(callbar(page).get_by_role("button", name="ミュート")).to_have_attribute("aria-pressed", "true")
    expect(strip(beside).get_by_role("button", name="ミュート")).to_have_attribute("aria-pressed", "true")
    beside.keyboard.press("Alt+e")
    assert not leg.over, "one press ends nothing"
    beside.keyboard.press("Alt+e")
    until(page, lambda: leg.over)
    expect(strip(beside).get_by_text("記録は、「相談員の画面」のタブにあります。")).to_be_visible(timeout=SLOW)
    page.close()
    expect(strip(beside).get_by_role("link", name="記録へ戻る")).to_be_visible(timeout=SLOW)


def test_a_ring_is_declined_on_another_page(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    beside = opened_beside(page)
    leg = rung(office, page)
    beside.get_by_role("button", name="見送る").click(timeout=SLOW)
    expect(page.get_by_role("button", name="受ける")).to_be_hidden()
    expect(beside.get_by_role("button", name="受ける")).to_be_hidden()
    assert not leg.over


def still_rings(page: Page, leg: Leg) -> None:
    expect(page.get_by_role("button", name="受ける")).to_be_visible()
    assert not leg.over


def test_nothing_on_the_desk_leads_away_from_a_ring_or_a_talk(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = rung(office, page)
    here = page.url
    opened_beside(page).close()
    still_rings(page, leg)
    page.get_by_role("link", name="相談員の画面", exact=True).click()
    still_rings(page, leg)
    page.evaluate(
        """() => {
          const form = document.createElement("form");
          form.action = "/console/cases";
          form.append(document.createElement("button"));
          form.firstChild.textContent = "開く";
          document.querySelector("#line").append(form);
        }"""
    )
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="開く", exact=True).click()
    opened.value.close()
    still_rings(page, leg)
    assert page.url == here
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    opened_beside(page, "紹介先").close()
    expect(callbar(page)).to_contain_text("声は届いています", timeout=SLOW)
    assert not leg.over


def test_the_browser_asks_before_a_ring_is_left(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = rung(office, page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    until(page, lambda: page.evaluate("document.querySelector('line-desk').ringing"))  # the bar may be drawn before
    page.evaluate("location.href = '/console/cases'")
    until(page, lambda: asked == ["beforeunload"])
    still_rings(page, leg)


def test_a_ring_and_a_talk_outlast_a_reload(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = rung(office, page)
    page.reload()
    expect(page.get_by_role("button", name="受ける")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("声は届いています", timeout=SLOW)
    page.reload()
    expect(callbar(page)).to_contain_text("声は届いています", timeout=SLOW)
    assert not leg.over


def test_without_an_open_desk_the_page_says_where_calls_are_taken(office: Office, page: Page) -> None:
    office.hire()
    available(office, page)
    leg = talking(office, page)
    hung_up(office, page, leg)
    page.goto(f"{office.url}/console/cases")
    strip(page).get_by_role("link", name="記録へ戻る").click()
    expect(callbar(page)).to_contain_text("記録の時間")
