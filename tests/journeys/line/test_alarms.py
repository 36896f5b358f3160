"""A counsellor calls for a supervisor, each in a browser of their own: banner and sound, and who has seen it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.staff.roles import Role
from callcenter.services.delivery import alarms
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, talking
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEARD = """() => {
  window.sounded = 0;
  const chime = RingTone.prototype.chime;
  RingTone.prototype.chime = function () { window.sounded += 1; return chime.call(this); };
}"""

UNPRESSED = """
  let pressed = false;
  addEventListener("click", () => (pressed = true), true);
  Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive: pressed }) });
"""
"""To Chromium every look of the test at the page is a press of the person's."""


def counts_sounds(page: Page) -> None:
    page.evaluate(HEARD)


def sounded(page: Page) -> int:
    return int(page.evaluate("window.sounded"))


def test_a_counsellor_in_danger_calls_and_reads_within_seconds_who_saw_it(office: Office, open_page: OpenPage) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    counsellor, supervisor = open_page(), open_page()
    available(office, counsellor)
    talking(office, counsellor)
    office.sign_in(supervisor, "tokatsu")
    supervisor.goto(f"{office.url}/admin/days")  # any page will do
    counts_sounds(supervisor)
    supervisor.get_by_role("heading", level=1).click()

    counsellor.get_by_label("計画あり").check()
    counsellor.locator("#summons").get_by_role("button", name="統括を呼ぶ").click()
    expect(counsellor.locator("#summons")).to_contain_text("まだ、だれも見ていません")
    expect(counsellor.locator("#summons")).to_contain_text("#7119")
    banner = supervisor.locator("alarm-banner")
    expect(banner).to_contain_text("担当07さんが、統括を呼んでいます", timeout=10_000)
    expect(banner).to_contain_text("見た人がいるまで、音が鳴ります")
    until(supervisor, lambda: sounded(supervisor) > 0)
    axe(supervisor)
    axe(counsellor)

    banner.get_by_role("button", name="見ました").click()
    expect(banner).to_contain_text("tokatsuさんが")
    expect(counsellor.locator("#summons")).to_contain_text(re.compile("tokatsuが見ました"), timeout=10_000)
    expect(banner.get_by_role("button", name="見ました")).to_have_count(0)
    before = sounded(supervisor)
    supervisor.wait_for_timeout(7000)
    assert sounded(supervisor) == before
    axe(counsellor)


def test_the_first_press_on_a_page_lands_where_it_was_aimed(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page()
    page.add_init_script(UNPRESSED)
    office.sign_in(page, "tokatsu")
    page.goto(f"{office.url}/reports/break-glass")
    told = page.locator("alarm-banner [data-told]")
    expect(told).to_contain_text("知らせの音は、まだ鳴りません")
    aim = page.get_by_role("heading", level=1)
    before = aim.bounding_box()
    aim.hover()
    page.mouse.down()
    page.wait_for_timeout(200)  # a finger rests on what it presses
    assert aim.bounding_box() == before
    page.mouse.up()
    expect(told).to_contain_text("知らせがあれば、音が鳴ります")
    assert aim.bounding_box() == before


def test_from_the_banner_one_press_leads_into_the_talk(office: Office, open_page: OpenPage) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    counsellor, telephone = open_page(), open_page(width=390)
    available(office, counsellor)
    leg = talking(office, counsellor)
    office.sign_in(telephone, "tokatsu")
    counsellor.keyboard.press("Alt+t")
    counsellor.get_by_role("button", name="統括を呼ぶ(電話はこのまま)").press("Enter")
    expect(counsellor.get_by_text("だれに引きつぎますか")).to_be_hidden()
    expect(telephone.locator("alarm-banner")).to_contain_text("統括を呼んでいます", timeout=10_000)
    axe(telephone)
    telephone.locator("alarm-banner").get_by_role("button", name="いっしょに話す").press("Enter")
    expect(callbar(telephone)).to_contain_text("担当07の通話", timeout=SLOW)
    expect(callbar(counsellor)).to_contain_text("tokatsuが見ました", timeout=SLOW)
    expect(callbar(counsellor)).to_contain_text("tokatsuが、いっしょに話しています", timeout=SLOW)
    telephone.get_by_label("相手に言うこと").fill("統括です。")
    telephone.get_by_role("button", name="言う").click()
    expect(counsellor.locator("trial-talk")).to_contain_text("統括です。", timeout=SLOW)
    assert "統括です。" in leg.heard


def test_the_sound_can_be_put_off_in_one_browser_which_says_so(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page()
    office.sign_in(page, "tokatsu")
    page.goto(f"{office.url}/reports/board")
    counts_sounds(page)
    page.get_by_role("heading", level=1).click()
    with office.transaction() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=office.clock.now())
    until(page, lambda: sounded(page) > 0)
    page.get_by_role("button", name="この端末では鳴らさない").click()
    expect(page.locator("alarm-banner")).to_contain_text("この端末では、知らせの音を消しています")
    page.goto(f"{office.url}/reports/flags")
    expect(page.locator("alarm-banner")).to_contain_text("電話会社から、返事がありません")
    expect(page.locator("alarm-banner")).to_contain_text("この端末では、知らせの音を消しています")
    axe(page)
    page.get_by_role("button", name="音を鳴らす").click()
    expect(page.locator("alarm-banner")).to_contain_text("音が鳴ります")


def raised(office: Office, *kinds: AlarmKind) -> None:
    with office.transaction() as session:
        for kind in kinds:
            alarms.raise_alarm(session, kind, now=office.clock.now())


def box(place: Locator) -> tuple[float, float]:
    """Return where it begins and ends, from the top of the window."""
    found = place.bounding_box()
    assert found is not None
    return found["y"], found["y"] + found["height"]


def test_on_a_small_screen_title_and_button_stay_in_sight_above_the_call(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page(width=390, height=600)
    office.sign_in(page, "tokatsu")
    raised(office, AlarmKind.TELEPHONY)
    seen = page.locator("alarm-banner").get_by_role("button", name="見ました")
    expect(seen).to_be_visible(timeout=10_000)
    axe(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 200
    head = box(page.locator(".alarm-head"))
    assert head[0] >= 0
    assert head[1] - head[0] < 70
    assert box(seen)[0] >= 0
    assert box(callbar(page))[0] >= head[1] - 1
    assert box(page.locator("#main"))[1] > box(page.locator(".stay"))[1]
    axe(page)
    seen.click()
    expect(page.locator("alarm-banner")).to_contain_text("に見ました")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert abs(box(callbar(page))[0]) <= 1


def test_nothing_moves_while_a_finger_rests_on_what_it_presses(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page(width=390, height=800)
    office.sign_in(page, "tokatsu")
    page.goto(f"{office.url}/reports/flags")
    aim = page.get_by_role("heading", level=1)
    aim.click()
    before = aim.bounding_box()
    aim.hover()
    page.mouse.down()
    raised(office, AlarmKind.TELEPHONY)
    page.wait_for_timeout(6500)  # it has been asked for meanwhile
    assert aim.bounding_box() == before
    page.mouse.up()
    expect(page.locator("alarm-banner")).to_contain_text("電話会社から、返事がありません", timeout=1000)


def test_a_press_too_many_does_not_stop_the_alarm_that_came_into_its_place(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page(width=320, height=640)
    office.sign_in(page, "tokatsu")
    raised(office, AlarmKind.TELEPHONY, AlarmKind.UNATTENDED)
    buttons = page.locator("alarm-banner").get_by_role("button", name="見ました")
    expect(buttons).to_have_count(2, timeout=10_000)
    axe(page)
    page.evaluate("document.querySelectorAll('alarm-banner form[data-seen] button').forEach((one) => one.click())")
    expect(buttons).to_have_count(1)
    page.wait_for_timeout(800)
    buttons.click()
    expect(buttons).to_have_count(0)
