"""A supervisor in real browsers: the board in one tab, their telephone in another, and a talk between two others."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callcenter.domain.staff.roles import Role
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, available, callbar, hung_up, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_supervisor_follows_a_talk_from_the_board_and_takes_it_over(office: Office, open_page: OpenPage) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    counsellor, telephone = open_page(), open_page()
    available(office, counsellor)
    leg = talking(office, counsellor)
    office.sign_in(telephone, "tokatsu")
    board = telephone.context.new_page()
    board.goto(f"{office.url}/reports/board")
    expect(board.get_by_role("heading", level=1)).to_have_text("いまの回線")
    axe(board)

    board.get_by_role("button", name="担当07の通話を聴く").click()
    expect(callbar(telephone)).to_contain_text("担当07の通話", timeout=SLOW)
    expect(board.get_by_role("button", name="聴くだけ")).to_be_visible(
        timeout=SLOW
    )  # the telephone picked up by itself
    expect(callbar(counsellor)).to_contain_text("tokatsuが聴いています", timeout=SLOW)
    office.line.say(leg.sid, "眠れないんです。")
    expect(telephone.locator("trial-talk")).to_contain_text("眠れないんです。", timeout=SLOW)
    axe(board)
    axe(telephone)
    axe(counsellor)

    board.get_by_role("button", name="相談員だけに話す").click()
    expect(board.get_by_role("button", name="相談員だけに話す")).to_have_attribute("aria-pressed", "true")
    expect(callbar(counsellor)).to_contain_text("あなたにだけ話しています", timeout=SLOW)
    telephone.get_by_label("相手に言うこと").fill("ゆっくりで大丈夫です。")
    telephone.get_by_role("button", name="言う").click()
    expect(counsellor.locator("trial-talk")).to_contain_text("ゆっくりで大丈夫です。", timeout=SLOW)
    assert "ゆっくりで大丈夫です。" not in leg.heard

    board.get_by_role("button", name="引きつぐ Alt+T").click()
    expect(board.locator("toast-box")).to_contain_text("もう一度押すと")
    board.get_by_role("button", name="もう一度押すと引きつぎます").click()
    expect(callbar(telephone)).to_contain_text("通話中", timeout=SLOW)
    expect(telephone.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    expect(callbar(counsellor)).to_contain_text("記録の時間", timeout=SLOW)
    expect(board.get_by_role("button", name="やめる")).to_have_count(0, timeout=SLOW)


def test_how_well_a_talk_could_be_heard_is_read_afterwards(office: Office, open_page: OpenPage) -> None:
    office.hire()
    office.hire("tokatsu", role=Role.SUPERVISOR)
    counsellor, page = open_page(), open_page(width=390, height=844)
    available(office, counsellor)
    leg = talking(office, counsellor)
    expect(callbar(counsellor)).to_contain_text("声は届いています", timeout=SLOW)
    counsellor.wait_for_timeout(1500)  # the line measures once a second
    hung_up(office, counsellor, leg)
    office.sign_in(page, "tokatsu")
    page.goto(f"{office.url}/reports/quality")
    expect(page.get_by_role("listitem").filter(has_text="担当07")).to_contain_text("よく聞こえていました")
    expect(page.get_by_role("main")).to_contain_text("声の質4.4(低いとき4.4)、往復40ミリ秒(40)")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
