"""A counsellor's call in a real browser: ring, answer, talk, write, finish."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.duty.presence import Work
from callcenter.domain.records.record_codes import Relation
from callcenter.models.calls.calls import Presence
from tests.browsers import OpenPage, axe
from tests.journeys.desk import SLOW, STORY, available, callbar, expect_saved, hung_up, kept, rung, talking, texts
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def staff_id(office: Office) -> str:
    return office.hire()


def test_from_the_ring_to_the_finished_record_by_keyboard_alone(office: Office, staff_id: str, page: Page) -> None:
    office.known_caller("ミナト", by=staff_id, told=STORY)
    available(office, page)
    axe(page)
    leg = rung(office, page)
    expect(page.get_by_role("button", name="受ける")).to_be_focused()
    expect(page).to_have_title("● 呼び出し中・相談員の画面|東京都ひきこもりサポートネット")
    axe(page)
    page.keyboard.press("Alt+a")
    expect(page.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    page.keyboard.type("みなと")
    expect(page.get_by_role("button", name="ミナトさん・本人")).to_be_visible()
    axe(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="これまでの相談")).to_be_visible()
    expect(page.locator("#person-part")).to_contain_text(STORY)
    expect(callbar(page)).to_contain_text("ミナトさん")
    expect(page.get_by_label("主なお話")).to_be_focused()
    page.keyboard.type("絵の話をした。")
    expect_saved(page)
    axe(page)
    hung_up(office, page, leg)
    axe(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("error-summary")).to_be_focused()
    axe(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="次回")).to_be_focused()
    page.keyboard.type("絵の続き")
    page.keyboard.press("Control+Enter")
    expect(callbar(page)).to_contain_text("電話を待っています")
    assert (texts(office)[-1], texts(office, "next_step")[-1]) == ("絵の話をした。", "絵の続き")


def test_a_new_caller_gets_a_case_with_one_key(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    talking(office, page)
    page.keyboard.type("ハル")
    page.keyboard.press("Alt+0")
    expect(page.locator("#nick-state")).to_contain_text("ハルさん")
    expect(page.locator("#person-part")).to_contain_text("今回がはじめてです")
    page.get_by_role("button", name="つながりを外す").click()
    expect(page.locator("#nick-state")).to_contain_text("まだわからないとしています(ハルさんかもしれません)")


def test_the_mother_and_the_son_are_two_candidates(office: Office, staff_id: str, page: Page) -> None:
    office.known_caller("ミナト", by=staff_id)
    office.known_caller("ミナトの母", Relation.MOTHER, by=staff_id)
    available(office, page)
    talking(office, page)
    page.keyboard.type("みなと")
    expect(page.locator(".candidate b")).to_have_text(["ミナトさん・本人", "ミナトの母"])


def test_words_go_both_ways_on_a_simulated_line(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    leg = talking(office, page)
    until(page, lambda: office.line.leg(leg.sid).status == "in-progress")
    office.line.say(leg.sid, "もしもし")
    expect(page.get_by_role("log", name="試験の会話")).to_contain_text("もしもし", timeout=SLOW)
    page.get_by_label("相手に言うこと").fill("はい、お電話ありがとうございます。")
    page.get_by_role("button", name="言う").click()
    until(page, lambda: "はい、お電話ありがとうございます。" in office.line.leg(leg.sid).heard)
    axe(page)


def test_ending_takes_two_presses_and_the_record_stays(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    leg = talking(office, page)
    page.keyboard.type("ハル")
    page.keyboard.press("Alt+e")
    expect(page.get_by_role("button", name="もう一度押すと切れます")).to_be_visible()
    assert office.line.leg(leg.sid).status == "in-progress"
    page.keyboard.press("Alt+e")
    expect(callbar(page)).to_contain_text("記録の時間", timeout=SLOW)
    expect(page.get_by_label("呼び名")).to_have_value("ハル")
    assert office.line.leg(leg.sid).over


def test_a_silent_call_is_finished_in_two_keys(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    hung_up(office, page, talking(office, page))
    page.keyboard.press("Alt+q")
    axe(page)
    page.keyboard.press("1")
    expect(callbar(page)).to_contain_text("電話を待っています")
    expect(page.locator("#record-part")).to_contain_text("最後の電話は")


def test_declining_stops_the_ring_and_leaves_the_caller_waiting(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    leg = rung(office, page)
    page.keyboard.press("Alt+x")
    expect(page.get_by_role("button", name="受ける")).to_be_hidden()
    assert office.line.leg(leg.sid).status == "in-progress"


def test_a_ring_never_takes_the_focus_from_somebody_who_writes(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    hung_up(office, page, talking(office, page))
    page.get_by_role("button", name="記録をあとにして受け付ける").click()
    page.get_by_label("主なお話").focus()
    rung(office, page)
    expect(page.get_by_label("主なお話")).to_be_focused()
    page.keyboard.type("書いている")
    kept(office, page, "書いている")


def test_the_record_of_a_new_call_takes_the_place_of_an_old_one_after_saving_it(
    office: Office, staff_id: str, page: Page
) -> None:
    available(office, page)
    hung_up(office, page, talking(office, page))
    page.get_by_role("button", name="記録をあとにして受け付ける").click()
    expect(callbar(page)).to_contain_text("電話を待っています")
    page.get_by_label("主なお話").fill("前の方のこと")
    rung(office, page)
    page.keyboard.press("Alt+a")
    expect(page.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    expect(page.get_by_label("主なお話")).to_have_value("")
    expect(page.get_by_role("list", name="書きかけの記録").get_by_role("link")).to_have_count(1)
    assert texts(office) == ["前の方のこと", None]


def test_a_telephone_rings_and_the_screen_follows(office: Office, page: Page) -> None:
    office.hire("tanto08", phone="+819012345678")
    office.sign_in(page, "tanto08")
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    office.dial()
    expect(callbar(page)).to_contain_text("受話器を取って", timeout=SLOW)
    axe(page)
    until(page, lambda: any(leg.to == "+819012345678" and leg.status == "ringing" for leg in office.line.legs.values()))
    handset = next(leg for leg in office.line.legs.values() if leg.to == "+819012345678")
    office.line.answer(handset.sid)
    page.wait_for_timeout(300)
    office.line.press(handset.sid, "1")
    expect(page.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    expect(callbar(page)).to_contain_text("電話機でお話し中")


def test_everything_has_its_place_on_a_telephone_screen(office: Office, staff_id: str, open_page: OpenPage) -> None:
    page = available(office, open_page(width=390, height=844))
    axe(page)
    talking(office, page)
    expect(page.get_by_role("tab", name="記録")).to_have_attribute("aria-selected", "true")
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("button", name="電話を切る", exact=True)).to_be_in_viewport()
    page.get_by_role("tab", name="この方").click()
    expect(page.get_by_role("heading", name="候補")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_counsellor_who_leaves_is_not_rung(office: Office, staff_id: str, page: Page) -> None:
    available(office, page)
    page.keyboard.press("Alt+L")
    page.keyboard.press("2")
    expect(callbar(page)).to_contain_text("離席(ケア)")
    with office.transaction() as session:
        assert session.get_one(Presence, staff_id).work is Work.AWAY
