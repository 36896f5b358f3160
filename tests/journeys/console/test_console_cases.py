"""Cases in real browsers: handed over, followed up, closed and opened again; and where else a caller may turn."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcenter.domain.cases.states import CaseState
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.models.cases.cases import Case
from callcenter.models.directory import Referral
from callcenter.models.records import ConsultationCode
from callcenter.services.directory import institutions
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, expect_saved, talking
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def only_case(office: Office) -> Case:
    with office.transaction() as session:
        case = session.scalars(select(Case)).one()
        _ = case.summary  # opened while there is a key at hand
        return case


def summary(office: Office) -> str | None:
    with office.transaction() as session:
        return session.scalars(select(Case)).one().summary


def is_handed_over(office: Office, page: Page, other: Page) -> None:
    """Ask the colleague, who is told wherever they are, reads and accepts."""
    page.get_by_text("ほかの人に引きつぐ").click()
    page.get_by_label("引きつぐ相手").select_option(label="担当08")
    page.get_by_label("申し送り").fill("夕方が話しやすい方です。")
    page.get_by_role("button", name="お願いする").click()
    expect(page.get_by_role("heading", name="担当08さんの返事を待っています")).to_be_visible()
    other.reload()
    expect(other.get_by_text("担当07が、ケースの引きつぎをお願いしています。")).to_be_visible(timeout=SLOW)
    axe(other)
    other.get_by_role("link", name="開く", exact=True).click()
    expect(other.get_by_text("夕方が話しやすい方です。")).to_be_visible()
    axe(other)
    expect(page.locator("#case-live")).to_contain_text("担当08さんも、いまこのケースを開いています", timeout=SLOW)
    other.get_by_role("button", name="引きつぐ", exact=True).click()
    expect(other.get_by_text("(あなたです)")).to_be_visible()


def test_a_case_is_found_handed_over_followed_up_closed_and_opened(
    office: Office, page: Page, open_page: OpenPage
) -> None:
    me, _ = office.hire("tanto07"), office.hire("tanto08")
    office.known_caller("ミナト", by=me, told="図書館まで行けた")
    office.sign_in(page)
    page.get_by_role("link", name="ケース", exact=True).click()
    expect(page.get_by_role("link", name="ミナトさん")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="ミナトさん").click()
    expect(page.get_by_text("図書館まで行けた", exact=True)).to_be_visible()
    axe(page)
    other = open_page(width=390, height=844)
    office.sign_in(other, "tanto08")
    is_handed_over(office, page, other)
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.reload()
    page.get_by_label("このケースのこと").fill("祖母の家にいる。")
    until(page, lambda: summary(office) == "祖母の家にいる。")
    expect(other.locator("[data-newer]")).to_be_visible(timeout=SLOW)  # nothing changes under the hand that writes
    other.get_by_label("このケースのこと").fill("祖母と暮らす。")
    expect(other.get_by_role("button", name="両方残す")).to_be_visible(timeout=SLOW)
    axe(other)
    other.get_by_role("button", name="両方残す").click()
    until(other, lambda: summary(office) == "祖母の家にいる。\n祖母と暮らす。")

    other.get_by_role("button", name="次の受付日").click()
    expect(other.get_by_text("2026年11月26日(木)に、もう一度見ます。")).to_be_visible()
    other.get_by_text("このケースを終了する").click()
    other.get_by_label("理由").select_option("settled")
    other.get_by_role("button", name="終了する", exact=True).click()
    expect(other.get_by_role("heading", name="終了したケースです")).to_be_visible()
    axe(other)
    assert only_case(office).state is CaseState.CLOSED
    other.get_by_role("button", name="もう一度開く").click()
    expect(other.get_by_text("もう一度開きました。")).to_be_visible()
    assert only_case(office).state is CaseState.OPEN


def test_a_place_to_turn_to_is_found_by_one_key_and_noted(office: Office, page: Page) -> None:
    office.hire("tanto07")
    with office.transaction() as session:
        institutions.store_shipped(session, shipped_helplines(), now=office.clock.now())
    available(office, page)
    talking(office, page)
    page.keyboard.press("Alt+j")
    expect(page.get_by_label("名称・内容・電話番号")).to_be_focused()
    page.keyboard.type("よりそい")
    expect(page.locator("#directory-found li")).to_have_count(1, timeout=SLOW)
    axe(page)
    page.locator("#directory-found").get_by_role("button", name="伝えた").click()
    expect(page.locator("#referrals-part")).to_contain_text("0120-279-338", timeout=SLOW)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="紹介先")).to_be_hidden()
    expect_saved(page)
    with office.transaction() as session:
        assert session.scalars(select(Referral.name)).one() == "よりそいホットライン"
        assert session.scalars(select(ConsultationCode.code)).all() == ["referred"]
    axe(page)
