"""A notification on the computer's own desk while a page is out of sight: when, of what, and how it goes away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.staff.roles import Role
from callcenter.services.delivery import alarms
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, rung
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESKTOP = """
  window.stands = [];
  window.allowed = "%s";
  window.Notification = class extends EventTarget {
    static get permission() { return window.allowed; }
    static async requestPermission() {
      if (window.allowed === "default") window.allowed = window.answer ?? "granted";
      return window.allowed;
    }
    constructor(title, options) {
      super();
      Object.assign(this, { title, options });
      window.stands.push(this);
    }
    close() { window.stands = window.stands.filter((one) => one !== this); this.dispatchEvent(new Event("close")); }
  };
  window.inFront = true;
  Document.prototype.hasFocus = () => window.inFront;
"""
"""A desktop that can be looked at: a browser without windows shows no notification of its own."""


def with_desktop(page: Page, allowed: str = "default") -> Page:
    page.add_init_script(DESKTOP % allowed)
    return page


def stands(page: Page) -> list[str]:
    """Return the words of the notifications that stand on the desktop, all there is in them."""
    return list(page.evaluate("stands.map(({title, options}) => title + (options.body ?? ''))"))


def turn_away(page: Page, *, back: bool = False) -> None:
    """Go to another window, or come back."""
    page.evaluate("back => { inFront = back; dispatchEvent(new Event(back ? 'focus' : 'blur')); }", back)


def choice(page: Page) -> Locator:
    return page.locator("notice-choice")


def asked_for(page: Page) -> None:
    """Ask for notifications by the button, and put the sample away."""
    choice(page).get_by_role("button", name="知らせを出す").press("Enter")
    expect(choice(page)).to_contain_text("パソコンの知らせが出ます")
    assert stands(page) == ["知らせは、このように出ます"]
    page.evaluate("stands[0].close()")


def test_a_ring_is_told_outside_the_page_without_a_word_of_the_caller_and_goes_with_the_ring(
    office: Office, open_page: OpenPage
) -> None:
    office.hire()
    page = with_desktop(open_page())
    available(office, page)
    asked_for(page)
    axe(page)
    rung(office, page)
    assert stands(page) == []  # the person looks at the page
    turn_away(page)
    until(page, lambda: stands(page) == ["電話が鳴っています"])
    turn_away(page, back=True)
    assert stands(page) == []
    turn_away(page)
    page.evaluate("window.shown = 0; window.focus = () => { shown += 1; }; stands[0].dispatchEvent(new Event('click'))")
    assert page.evaluate("shown") == 1
    assert stands(page) == []
    turn_away(page)
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    assert stands(page) == []


def test_a_caller_who_hangs_up_takes_the_notification_along(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = with_desktop(open_page(), "granted")
    available(office, page)
    asked_for(page)
    turn_away(page)
    leg = office.dial()
    until(page, lambda: stands(page) == ["電話が鳴っています"])
    office.line.hang_up(leg.sid)
    until(page, lambda: stands(page) == [])


def test_who_never_asked_or_put_it_away_is_left_alone(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = with_desktop(open_page(), "granted")
    available(office, page)
    turn_away(page)
    rung(office, page)
    until(page, lambda: page.evaluate("document.querySelector('line-desk').ringing"))  # the bar may be drawn before
    assert stands(page) == []
    asked_for(page)
    turn_away(page)
    assert stands(page) == ["電話が鳴っています"]
    page.evaluate("stands[0].close()")  # by the person
    turn_away(page, back=True)
    turn_away(page)
    assert stands(page) == []
    choice(page).get_by_role("button", name="知らせをやめる").press("Enter")
    expect(choice(page)).to_contain_text("知らせを出せます")


def test_a_browser_that_refuses_says_where_to_allow_it(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = with_desktop(open_page(width=390, height=844))
    available(office, page)
    page.evaluate("answer = 'denied'")
    choice(page).get_by_role("button", name="知らせを出す").press("Enter")
    expect(choice(page)).to_contain_text("アドレスの左にあるしるしを押し")
    axe(page)
    turn_away(page)
    rung(office, page)
    assert stands(page) == []
    page.evaluate("allowed = 'granted'")  # in the browser's own settings
    turn_away(page, back=True)
    expect(choice(page)).to_contain_text("パソコンの知らせが出ます")


def test_a_browser_without_notifications_rings_as_ever_and_offers_nothing(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = open_page()
    page.add_init_script("delete window.Notification")
    available(office, page)
    expect(choice(page)).to_be_hidden()
    rung(office, page)


def test_a_browser_that_shows_none_from_a_page_says_so(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = with_desktop(open_page())
    available(office, page)
    page.evaluate("void (Notification.prototype.addEventListener = () => { throw new TypeError(); })")
    choice(page).get_by_role("button", name="知らせを出す").press("Enter")
    expect(choice(page)).to_contain_text("パソコンの知らせを出せません")
    page.evaluate("void document.dispatchEvent(new CustomEvent('desk-looked'))")  # as the page does every few seconds
    expect(choice(page)).to_contain_text("パソコンの知らせを出せません")


def test_an_alarm_is_told_outside_any_page_of_whoever_leads_the_line(office: Office, open_page: OpenPage) -> None:
    office.hire("tokatsu", role=Role.SUPERVISOR)
    page = with_desktop(open_page(), "granted")
    office.sign_in(page, "tokatsu")
    asked_for(page)
    page.goto(f"{office.url}/reports/flags")
    turn_away(page)
    with office.transaction() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=office.clock.now())
    until(page, lambda: stands(page) == ["知らせがあります"])
    page.locator("alarm-banner").get_by_role("button", name="見ました").press("Enter")
    until(page, lambda: stands(page) == [])


def test_the_headers_leave_the_browser_to_ask(office: Office, open_page: OpenPage) -> None:
    """The real browser: nothing that we send forbids a page to show one."""
    office.hire()
    page = open_page(permissions=["notifications"])
    office.sign_in(page)
    assert page.evaluate("new Notification('電話が鳴っています') instanceof Notification")
    expect(choice(page)).to_be_visible()
