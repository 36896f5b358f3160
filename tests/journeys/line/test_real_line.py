"""The counsellor's page on a real line: Twilio's SDK in a real browser, a microphone, and a telephone instead."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Presence
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, callbar
from tests.journeys.line.edge import Edge
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real_line]
TELEPHONE = "+819012345678"


def until_pumped(page: Page, edge: Edge, true: Callable[[], bool]) -> None:
    def look() -> bool:
        edge.pump()
        return true()

    until(page, look, seconds=20)


def test_a_call_on_a_real_line_from_the_microphone_check_to_the_end(
    office: Office, edge: Edge, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page(permissions=["microphone"])
    edge.serve(page)
    office.sign_in(page)
    check = page.locator("mic-check")
    expect(check).to_contain_text("マイクを使えます")
    page.keyboard.press("Alt+c")
    expect(check.get_by_label("使うマイク")).to_be_focused()
    expect(check).to_contain_text("声が入っています")
    axe(page)
    check.get_by_role("button", name="確認を終える").click()
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    leg = office.dial()
    accept = page.get_by_role("button", name="受ける")
    until_pumped(page, edge, lambda: accept.is_visible() and "ringing" in edge.invited.values())
    page.keyboard.press("Alt+a")
    until_pumped(page, edge, lambda: "声は届いています" in callbar(page).inner_text())
    mute = page.get_by_role("button", name="ミュート")
    page.keyboard.press("Alt+m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.querySelector('line-desk').line.call.isMuted()")
    page.keyboard.press("Alt+m")
    page.evaluate("document.querySelector('line-desk').line.call.emit('warning', 'high-packet-loss')")
    expect(callbar(page)).to_contain_text("回線が不安定で")
    expect(page.locator("#announce")).to_contain_text("回線が不安定で")
    axe(page)
    office.line.hang_up(leg.sid)
    until_pumped(page, edge, lambda: "記録の時間" in callbar(page).inner_text())
    assert edge.strangers == []


def test_nobody_is_rung_before_their_microphone_may_be_used(office: Office, edge: Edge, open_page: OpenPage) -> None:
    office.hire()
    page = open_page()
    edge.serve(page)
    office.sign_in(page)
    expect(page.locator("mic-check")).to_contain_text("マイクを")
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("つながるまで、呼び出しは来ません")
    until_pumped(page, edge, lambda: edge.registered)
    page.keyboard.press("Alt+c")
    expect(page.locator("mic-check")).to_contain_text("許可されていません")
    axe(page)
    office.dial()
    page.wait_for_timeout(5000)
    assert edge.invited == {}
    page.context.grant_permissions(["microphone"])
    page.keyboard.press("Alt+c")
    until_pumped(page, edge, lambda: "ringing" in edge.invited.values())


def test_who_stood_still_is_told_and_may_fall_back_to_a_telephone(
    office: Office, edge: Edge, open_page: OpenPage
) -> None:
    staff_id = office.hire(phone=TELEPHONE)
    page = open_page(permissions=["microphone"])
    edge.serve(page)
    office.sign_in(page)
    expect(page.locator("mic-check")).to_be_hidden()
    page.keyboard.press("Alt+p")
    until_pumped(page, edge, lambda: edge.registered)
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    axe(page)
    until(page, lambda: page.evaluate("document.querySelector('line-desk').tickedAt > 0"))
    page.evaluate("document.querySelector('line-desk').tickedAt -= 60_000")  # as if the page had been frozen
    expect(callbar(page)).to_contain_text("離席(電話につながらず)", timeout=SLOW)
    expect(page.locator("toast-box")).to_contain_text("離席にしました")
    expect(page).to_have_title(re.compile("^離席にしました"))
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    page.keyboard.press("Alt+p")
    until_pumped(page, edge, lambda: not edge.registered)
    with office.transaction() as session:
        assert session.get_one(Presence, staff_id).contact is Contact.PHONE
    office.dial()
    expect(callbar(page)).to_contain_text("受話器を取って", timeout=SLOW)
