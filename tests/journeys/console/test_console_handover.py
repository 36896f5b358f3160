"""Two counsellors in two real browsers: one asks, the other takes the caller over, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ivr.simulator.line.legs import Leg
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, talking
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def is_helped(office: Office, page: Page, caller: Leg) -> None:
    """Let the line say a word to the caller."""
    page.keyboard.press("Alt+v")
    expect(page.get_by_role("button", name="話さなくても大丈夫と伝える")).to_be_focused()
    axe(page)
    page.keyboard.press("Enter")
    until(page, lambda: any("話さなくても大丈夫です" in text for text in office.line.leg(caller.sid).heard))
    expect(page.get_by_role("button", name="話さなくても大丈夫と伝える")).to_be_hidden()


def is_held(page: Page) -> None:
    """Put the caller on hold and take them back."""
    page.keyboard.press("Alt+h")
    expect(callbar(page)).to_contain_text("相手の方には音楽が流れています", timeout=SLOW)
    page.keyboard.press("Alt+h")
    expect(callbar(page)).to_contain_text("声は届いています", timeout=SLOW)


def is_asked(page: Page, other: Page) -> None:
    """Ask the colleague, who answers."""
    page.keyboard.press("Alt+t")
    expect(page.get_by_role("button", name="担当08さん")).to_be_focused()
    axe(page)
    page.keyboard.press("1")
    expect(callbar(other)).to_contain_text("担当07さんから", timeout=SLOW)
    other.keyboard.press("Alt+a")
    expect(callbar(other)).to_contain_text("引きつぐまで", timeout=SLOW)
    expect(callbar(page)).to_contain_text("担当08さんと話しています", timeout=SLOW)
    axe(page)
    axe(other)


def test_a_caller_is_held_helped_and_handed_over_with_the_record(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    office.hire("tanto07")
    office.hire("tanto08")
    available(office, page)
    caller = talking(office, page)
    page.keyboard.type("ハル")
    other = available(office, open_page(width=390, height=844), "tanto08")
    is_helped(office, page, caller)
    is_held(page)
    is_asked(page, other)
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("主なお話").fill("引きつぐ直前に書いた。")
    page.keyboard.press("Alt+t")
    expect(callbar(page)).to_contain_text("電話を引きつぎました", timeout=SLOW)
    expect(page.get_by_label("主なお話")).to_be_hidden()
    expect(other.get_by_label("主なお話")).to_have_value("引きつぐ直前に書いた。", timeout=SLOW)
    expect(other.get_by_label("呼び名")).to_have_value("ハル")
    office.line.say(caller.sid, "もしもし")
    expect(other.locator("trial-talk [role=log]")).to_contain_text("もしもし", timeout=SLOW)


def test_a_colleague_is_introduced_to_the_caller_before_the_talk_is_theirs(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    office.hire("tanto07")
    office.hire("tanto08")
    available(office, page)
    caller = talking(office, page)
    page.get_by_label("主なお話").fill("紹介の前に書いた。")
    other = available(office, open_page(width=390, height=844), "tanto08")
    expect(page.locator("#line")).to_contain_text("担当08", timeout=SLOW)
    is_asked(page, other)
    page.keyboard.press("Alt+h")
    expect(callbar(page)).to_contain_text("三人で通話中", timeout=SLOW)
    expect(callbar(other)).to_contain_text("三人で話しています", timeout=SLOW)
    until(page, lambda: any("三人で、お話しします" in text for text in office.line.leg(caller.sid).heard))
    office.line.say(caller.sid, "はじめまして")
    expect(other.locator("trial-talk [role=log]")).to_contain_text("はじめまして", timeout=SLOW)
    expect(other.get_by_label("主なお話")).to_be_hidden()
    axe(page)
    axe(other)
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="お任せします").click()
    expect(callbar(page)).to_contain_text("電話を引きつぎました", timeout=SLOW)
    expect(other.get_by_label("主なお話")).to_have_value("紹介の前に書いた。", timeout=SLOW)
    expect(callbar(other)).to_contain_text("声は届いています", timeout=SLOW)


def test_a_panel_stays_open_while_the_bar_changes_and_closes_with_escape(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    office.hire("tanto07")
    office.hire("tanto08")
    available(office, page)
    talking(office, page)
    page.keyboard.press("Alt+t")
    expect(callbar(page)).to_contain_text("手のあいている人がいません")
    available(office, open_page(), "tanto08")
    expect(page.get_by_role("button", name="担当08さん")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="担当08さん")).to_be_hidden()
