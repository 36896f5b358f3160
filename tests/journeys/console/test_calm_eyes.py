"""What tired eyes need: room for the work on a small screen, short lines, rows that are read at a glance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Call
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import continuity
from callcenter.services.delivery import alarms
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, hung_up, rung, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_OF_844 = 200
"""Pixels of a telephone's screen that may stand above the work."""
LONGEST_LINE = 40
"""Full-width letters."""
STORY = "夕方に一度、近くの図書館まで行けた。入口で引き返したけれど、悪くなかったと話される。" * 6
PROMISE = "次にお電話をいただいたときに、絵の道具の話のつづきと、図書館の静かな時間のことを聞く"

LINES = """() => {
  const lines = new Map();
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    let block = node.parentElement;
    if (!node.data.trim() || !block.checkVisibility() || block.closest(".sr")) continue;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    if (!lines.has(block)) lines.set(block, new Map());
    const range = document.createRange();
    range.selectNodeContents(node);
    const end = block.getBoundingClientRect().right; // what is cut off there is not read
    for (const { left, right: wish, bottom } of range.getClientRects()) {
      const [at, right] = [Math.round(bottom / 8), Math.min(wish, end)];
      const line = lines.get(block).get(at) ?? { left, right };
      lines.get(block).set(at, { left: Math.min(line.left, left), right: Math.max(line.right, right) });
    }
  }
  const sized = (element, width) => width / parseFloat(getComputedStyle(element).fontSize);
  const said = [...lines].flatMap(([block, of]) =>
    [...of.values()].map(({ left, right }) => [sized(block, right - left), block.textContent.trim().slice(0, 40)]));
  const written = [...document.querySelectorAll("main textarea")].filter((one) => one.checkVisibility()).map((one) => {
    const { paddingLeft, paddingRight } = getComputedStyle(one);
    return [sized(one, one.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)), one.name];
  });
  return [...said, ...written];
}"""
"""How many full-width letters wide each line of words is, and each field that words are written in."""


def too_long(page: Page) -> list[str]:
    return [f"{page.url}: {width:.1f}: {words}" for width, words in page.evaluate(LINES) if width > LONGEST_LINE + 0.5]


def box(part: Locator) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom in the window."""
    found = part.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def leaves_room(page: Page) -> None:
    """Nothing but the top of the page stands above the work, and nothing is cut off at its side."""
    page.evaluate("scrollTo(0, 0)")
    assert box(page.locator("main"))[1] <= MOST_OF_844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_telephone_screen_a_call_leaves_three_quarters_to_the_record(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = open_page(width=390, height=844)
    office.sign_in(page)
    leaves_room(page)
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    leaves_room(page)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="メニュー").click()
        page.get_by_role("link", name="ケース", exact=True).click()
    beside = opened.value
    leg = rung(office, page)
    leaves_room(page)
    beside.get_by_role("button", name="受ける").wait_for(timeout=SLOW)
    leaves_room(beside)
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    leaves_room(page)
    for name in ("ミュート", "いのちの心配", "保留", "引きつぎ", "音声を流す", "電話を切る"):
        left, _, right, _ = box(callbar(page).get_by_text(name, exact=True).locator("visible=true").first)
        assert left >= 0, name
        assert right <= 390, name
    expect(beside.locator("#call-strip")).to_contain_text("通話中", timeout=SLOW)
    leaves_room(beside)
    axe(page)
    page.keyboard.press("Alt+h")
    expect(callbar(page)).to_contain_text("音楽が流れています", timeout=SLOW)
    leaves_room(page)
    hung_up(office, page, leg)
    leaves_room(page)
    axe(page)


def test_on_a_telephone_screen_an_alarm_leaves_the_call_its_room(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page(width=390, height=844)
    available(office, page, "tokatsu")
    with office.transaction() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=office.clock.now())
    banner = page.locator("alarm-banner")
    expect(banner.get_by_role("button", name="見ました")).to_be_visible(timeout=SLOW)
    leaves_room(page)
    expect(banner).not_to_contain_text("運用の担当者に知らせてください。", use_inner_text=True)
    banner.get_by_role("button", name="くわしく").press("Enter")
    expect(banner.get_by_text("運用の担当者に知らせてください。")).to_be_visible()
    expect(banner.get_by_role("button", name="くわしく")).to_have_attribute("aria-expanded", "true")
    axe(page)
    banner.get_by_role("button", name="くわしく").press("Enter")
    talking(office, page)
    leaves_room(page)
    axe(page)


def test_every_page_opens_from_a_menu_on_a_telephone_screen(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = open_page(width=390, height=844)
    office.sign_in(page, "tokatsu")
    menu = page.get_by_role("button", name="メニュー")
    expect(page.get_by_role("button", name="ログアウト")).to_be_hidden()
    menu.press("Enter")
    expect(page.get_by_role("link", name="いまの回線", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="ログアウト")).to_be_hidden()
    expect(menu).to_be_focused()
    for path in ("/reports/board", "/console/cases", "/reports/flags", "/admin/days", "/reports/readers"):
        page.goto(f"{office.url}{path}")
        leaves_room(page)


def met(office: Office, page: Page) -> Locator:
    """Speak with somebody who has told much before; return what stands about them."""
    by = office.hire()
    person_id = office.known_caller("ミナト", by=by, told=STORY)
    office.known_caller("ゆき", by=by, told=STORY)
    with office.transaction() as session:
        person = session.get_one(Person, person_id)
        for _ in range(3):
            office.tell(session, person, by, STORY)
        due_on = local_date(office.clock.now()) + timedelta(days=7)
        owner = session.get_one(Staff, by)
        continuity.make_promise(
            session, person, PROMISE, due_on=due_on, owner=owner, record=None, by=owner, now=office.clock.now()
        )
    talking(office, available(office, page))
    page.get_by_label("呼び名").press_sequentially("みなと")
    page.locator(".candidate").first.click()
    expect(page.locator(".earlier")).to_be_visible()
    return page.locator("#person")


@pytest.mark.parametrize("width", [1280, 1920])
def test_an_earlier_talk_is_two_lines_until_it_is_opened(office: Office, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    person = met(office, page)
    rows = person.locator(".earlier-list > li")
    expect(rows).to_have_count(4)
    for row in rows.all():
        _, top, right, bottom = box(row)
        assert bottom - top <= 70
        assert right <= width
    first = rows.first
    summary = first.locator("summary").first
    summary.focus()
    summary.press("Enter")
    expect(first.locator(".earlier-text").first).to_have_text(STORY)
    expect(first.locator(".earlier-text").first).to_be_visible()
    axe(page)
    promise = person.locator(".promise")
    _, top, _, bottom = box(promise)
    assert bottom - top <= 26


def test_no_line_is_longer_than_forty_letters_on_a_wide_screen(office: Office, open_page: OpenPage) -> None:
    page = open_page(width=1920, height=1080)
    met(office, page)
    found = too_long(page)
    office.hire("tokatsu", role=Role.SUPERVISOR)
    chief = open_page(width=1920, height=1080)
    office.sign_in(chief, "tokatsu")
    found += too_long(chief)
    chief.goto(f"{office.url}/console/cases")
    found += too_long(chief)
    for path in ("/reports/board", "/reports/flags", "/reports/readers", "/reports/break-glass", "/reports/quality"):
        chief.goto(f"{office.url}{path}")
        found += too_long(chief)
    page.goto(f"{office.url}/console/cases")
    page.get_by_role("link", name="ゆきさん").click()
    expect(page.locator(".earlier-list")).to_be_visible()
    found += too_long(page)
    assert found == []


def call(office: Office, days_ago: int, number: int, outcome: CallOutcome) -> Call:
    at = office.clock.now() - timedelta(days=days_ago)
    ended = {"state": CallState.ENDED, "outcome": outcome, "ended_at": at}
    times = {"arrived_at": at, "arrived_on": local_date(at), "waiting_since": at, "last_news_at": at}
    return Call(caller_sid=f"CA{number:032d}", caller_kind=CallerKind.WITHHELD, **ended, **times)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_calls_of_a_year_are_seen_as_columns_and_read_as_words(
    office: Office, open_page: OpenPage, width: int, scheme: str
) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    with office.transaction() as session:
        for number in range(40):
            outcome = CallOutcome.COMPLETED if number % 4 else CallOutcome.ABANDONED_QUEUE
            session.add(call(office, number * 9, number, outcome))
    page = open_page(width=width, height=844, color_scheme=scheme)
    office.sign_in(page, "tokatsu")
    page.goto(f"{office.url}/admin/figures")
    chart = page.get_by_role("img", name="月ごとの電話、この12か月")
    expect(chart).to_be_visible()
    expect(chart.locator("desc")).to_contain_text("いちばん多いのは")
    letters = [box(one) for one in chart.locator("text").all() if one.is_visible()]
    for at, one in enumerate(letters):
        assert one[0] >= 0
        assert one[2] <= width
        for other in letters[:at]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
    expect(page.get_by_role("table", name="月ごとの件数").get_by_role("row")).to_have_count(13 if width > 720 else 12)
    axe(page)
