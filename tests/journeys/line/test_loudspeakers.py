"""The ring on the loudspeaker and the voice in the headset: chosen, kept in this browser, unplugged; on both lines.

Chromium's own stand-ins for devices are two loudspeakers beside the usual one; only a pulled plug is faked.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, rung
from tests.journeys.line.edge import Edge
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ONE, OTHER = "Fake Audio Output 1", "Fake Audio Output 2"
UNPLUG = """(label) => {
  const { mediaDevices } = navigator;
  const all = MediaDevices.prototype.enumerateDevices;
  mediaDevices.enumerateDevices = async () => (await all.call(mediaDevices)).filter((one) => one.label !== label);
  mediaDevices.dispatchEvent(new Event("devicechange"));
}"""
PLUG_IN = """() => {
  delete navigator.mediaDevices.enumerateDevices;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}"""
NAMED = """async (id) => (await navigator.mediaDevices.enumerateDevices()).find(
  ({ kind, deviceId }) => kind === "audiooutput" && deviceId === id)?.label ?? "" """
VOICE_AT = (
    "() => [...document.querySelector('line-desk').line.session.audio.speakerDevices.get()].map(({ label }) => label)"
)


def rings_at(page: Page) -> str:
    """Return the label of the loudspeaker at which calls ring; nothing is the usual one."""
    return str(page.evaluate(NAMED, page.evaluate("document.querySelector('line-desk').tone.context?.sinkId ?? ''")))


def check(page: Page) -> Locator:
    """Begin マイクを確かめる by its key."""
    page.keyboard.press("Alt+c")
    expect(page.get_by_label("使うマイク")).to_be_focused()
    return page.locator("mic-check")


def test_it_rings_on_the_loudspeaker_that_was_chosen_also_after_the_page_is_opened_anew(
    office: Office, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page(permissions=["microphone"])
    available(office, page)
    panel = check(page)
    panel.get_by_label("呼び出し音のスピーカー").select_option(label=ONE)
    panel.get_by_role("button", name="呼び出し音を聞く").press("Enter")
    until(page, lambda: rings_at(page) == ONE)
    until(page, lambda: not page.evaluate("document.querySelector('mic-check').tone.silent"))
    axe(page)
    page.reload()
    rung(office, page)
    page.get_by_role("heading", name="待っている方").click()
    until(page, lambda: rings_at(page) == ONE)
    until(page, lambda: not page.evaluate("document.querySelector('line-desk').tone.silent"))


def test_an_unplugged_loudspeaker_is_told_and_it_rings_where_it_is_usual_until_it_is_back(
    office: Office, open_page: OpenPage
) -> None:
    office.hire()
    page = open_page(width=390, height=844, permissions=["microphone"])
    available(office, page)
    panel = check(page)
    panel.get_by_label("呼び出し音のスピーカー").select_option(label=OTHER)
    until(page, lambda: rings_at(page) == OTHER)
    page.evaluate(UNPLUG, OTHER)
    until(page, lambda: rings_at(page) == "")
    gone = "呼び出し音は、いつものところから鳴ります"
    expect(panel.locator("[data-speaker-gone]")).to_contain_text(gone)
    expect(page.locator("toast-box")).to_contain_text(gone)
    expect(panel.get_by_label("呼び出し音のスピーカー")).to_contain_text("外れているもの")
    until(page, lambda: not page.evaluate("document.querySelector('line-desk').tone.silent"))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(PLUG_IN)
    until(page, lambda: rings_at(page) == OTHER)
    expect(panel.locator("[data-speaker-gone]")).to_be_empty()


def test_a_browser_that_cannot_choose_where_it_rings_offers_no_choice(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = open_page(permissions=["microphone"])
    page.add_init_script("delete AudioContext.prototype.setSinkId; delete AudioContext.prototype.sinkId")
    available(office, page)
    panel = check(page)
    expect(panel.get_by_label("相手の声のスピーカー")).to_be_visible()
    expect(panel.get_by_label("呼び出し音のスピーカー")).to_be_hidden()
    rung(office, page)
    until(page, lambda: not page.evaluate("document.querySelector('line-desk').tone.silent"))


def test_a_trial_asks_for_no_microphone_but_lets_one_try_it(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = open_page()
    available(office, page)
    panel = page.locator("mic-check")
    expect(panel).to_contain_text("マイクなしで使えます")
    expect(panel).to_contain_text("ネットワークの確認は、本番の回線で使えます")
    axe(page)
    rung(office, page)


@pytest.mark.real_line
def test_on_a_real_line_the_voice_goes_where_it_was_told(office: Office, edge: Edge, open_page: OpenPage) -> None:
    office.hire()
    page = open_page(permissions=["microphone"])
    edge.serve(page)
    office.sign_in(page)
    panel = check(page)
    panel.get_by_label("呼び出し音のスピーカー").select_option(label=ONE)
    panel.get_by_label("相手の声のスピーカー").select_option(label=OTHER)
    panel.get_by_role("button", name="確認を終える").click()
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています", timeout=SLOW)
    until(page, lambda: page.evaluate(VOICE_AT) == [OTHER])
    until(page, lambda: rings_at(page) == ONE)
    page.evaluate(UNPLUG, OTHER)
    until(page, lambda: page.evaluate(VOICE_AT) == ["Fake Default Audio Output"])
    expect(panel).to_contain_text("声は、いつものところから聞こえます")
    page.evaluate(PLUG_IN)
    until(page, lambda: page.evaluate(VOICE_AT) == [OTHER])
    assert rings_at(page) == ONE
    assert edge.strangers == []
