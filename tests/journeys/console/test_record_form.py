"""The record in a real browser: words at hand, what was told before, two people, a crash, a small screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import func, select

from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.records import consultations
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, expect_saved, hung_up, talking, texts
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_BYTES, MOST_REQUESTS = 120 * 1024, 15
"""Of a first load of the console, compressed, as it travels."""


def told_before(office: Office, counsellor: str) -> None:
    """Let ミナト have told how long it has lasted."""
    person = office.known_caller("ミナト", by=counsellor, told="図書館まで行けた。")
    with office.transaction() as session:
        record = session.query(Consultation).filter_by(person_id=person).one()
        staff = session.get_one(Staff, counsellor)
        consultations.save_draft(session, record.id, 9, {"period": "3_5"}, by=staff, now=office.clock.now())


def expect_light(asked: list[Request]) -> None:
    """Hold a first load of the console to its limits."""
    answered = [request for request in asked if "/events" not in request.url and request.response()]
    sizes = [request.sizes() for request in answered]
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) <= MOST_BYTES
    assert len(asked) <= MOST_REQUESTS, [request.url for request in asked]


def crashed(office: Office, page: Page, open_page: OpenPage) -> tuple[Page, list[Request]]:
    """Let the browser die without a word; return a new one with the same cookie, and what it asked for."""
    kept = page.context.storage_state()
    page.context.close()
    fresh, asked = open_page(storage_state=kept), list[Request]()

    def note(request: Request) -> None:
        asked.append(request)

    fresh.on("request", note)
    fresh.goto(f"{office.url}/console/")
    return fresh, asked


def what_i_wrote_is_not_told_me_again(office: Office, page: Page) -> None:
    """Let the page look for what others wrote: it is handed none of its own texts, so none is noted as read."""
    noted = select(func.count()).where(AuditEntry.action == "consultation.read")
    with office.transaction() as session:
        before = session.scalar(noted)
    page.evaluate("document.querySelector('auto-save').sync()")
    with office.transaction() as session:
        assert session.scalar(noted) == before


def a_supervisor_writes_beside(office: Office, page: Page, open_page: OpenPage) -> None:
    """Let a supervisor come to the record, and the counsellor note a life in danger, which the board then tells."""
    beside = office.sign_in(open_page(), "tokatsu")
    beside.goto(f"{office.url}/console/records/{page.locator('#record-part').get_attribute('data-record')}")
    beside.get_by_role("textbox", name="これまで").fill("統括も書いた。")
    expect(page.locator("[data-others]")).to_contain_text("tokatsuさん", timeout=SLOW)
    expect(page.get_by_role("textbox", name="これまで")).to_have_value("統括も書いた。", timeout=SLOW)
    axe(page)

    page.get_by_role("radio", name="実行中").focus()
    page.keyboard.press("Space")
    expect(page.locator("risk-check")).to_contain_text("この電話から、119や110にはかけられません。本人か")
    page.get_by_role("checkbox", name="死にたい気持ちがあるか").focus()
    page.keyboard.press("Space")
    expect(page.locator('[data-step="asked"]')).to_have_text("14:00", timeout=SLOW)
    beside.goto(f"{office.url}/reports/board")
    expect(beside.get_by_text("いのちの危険に対応しています")).to_be_visible()
    beside.context.close()
    page.get_by_role("button", name="今日も同じ").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-taken="period"]')).to_be_hidden(timeout=SLOW)
    axe(page)


def the_server_fails_and_the_browser_dies(
    office: Office, page: Page, open_page: OpenPage
) -> tuple[Page, list[Request]]:
    """Let more be typed that cannot be saved, and hold it to be sealed, brought back and saved."""
    page.route("**/save", lambda route: route.fulfill(status=503))
    page.get_by_label("主なお話").press("End")
    page.keyboard.type("届かなかった。")
    expect(page.locator("[data-saved]")).to_have_text("保存できていません")
    kept = page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('draft:')).join()")
    assert kept
    assert "届かなかった" not in kept
    page, asked = crashed(office, page, open_page)
    expect(page.get_by_label("主なお話")).to_have_value("途中まで書いた。届かなかった。")
    expect_saved(page)  # of an earlier save; the copy goes once what came back is saved, too
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('draft:'))")
    return page, asked


def test_a_talk_is_written_by_keyboard_through_danger_and_a_crash(office: Office, open_page: OpenPage) -> None:
    counsellor = office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    told_before(office, counsellor)
    page = available(office, open_page())
    leg = talking(office, page)
    page.keyboard.type("みなと")
    expect(page.get_by_role("button", name="ミナトさん・本人")).to_be_visible()
    page.keyboard.press("Alt+1")
    expect(page.get_by_label("ひきこもりの期間")).to_have_value("3_5")
    expect(page.locator('[data-taken="period"]')).to_be_visible()
    expect(page.get_by_label("主なお話")).to_be_focused()
    page.keyboard.type("途中まで書いた。")
    page.keyboard.press("Alt+s")
    page.keyboard.type("くすり")
    expect(page.get_by_role("dialog", name="声かけの例").get_by_role("listitem")).to_have_count(1)
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_label("主なお話")).to_be_focused()
    expect_saved(page)
    what_i_wrote_is_not_told_me_again(office, page)

    a_supervisor_writes_beside(office, page, open_page)
    page.get_by_role("textbox", name="次回").focus()
    page.keyboard.type("助けとつながったかを聞く。")
    expect_saved(page)

    page, asked = the_server_fails_and_the_browser_dies(office, page, open_page)
    expect_light(asked)
    expect(page.get_by_role("textbox", name="次回")).to_have_value("助けとつながったかを聞く。")
    hung_up(office, page, leg)
    page.keyboard.press("Control+Enter")
    expect(callbar(page)).to_contain_text("離席(一息)")
    assert (texts(office)[-1], texts(office, "background")[-1]) == ("途中まで書いた。届かなかった。", "統括も書いた。")


def test_on_a_small_screen_nothing_is_squeezed_or_slides_sideways(office: Office, open_page: OpenPage) -> None:
    office.hire()
    page = available(office, open_page(width=390, height=844))
    hung_up(office, page, talking(office, page))
    page.get_by_role("tab", name="記録").click()
    finish = page.get_by_role("button", name="記録を閉じる")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        box = finish.bounding_box()
        assert box is not None
        assert box["height"] < 64, "its words stand on one line"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="声かけの例").click()
    axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="回線").click()
    with page.context.expect_page() as opened:
        page.keyboard.press("Alt+i")
    page = opened.value
    expect(page.get_by_role("heading", name="あとから記録を書く")).to_be_visible()
    axe(page)
    page.get_by_role("radio", name="訪問").check()
    page.get_by_role("radio", name="電話以外").check()
    page.get_by_role("button", name="記録を開く").click()
    expect(page.get_by_text("あとから記入(電話以外で受けた)")).to_be_visible()
    axe(page)
