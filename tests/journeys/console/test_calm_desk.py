"""The counsellor's page stays calm: nothing moves under a hand, and what it says is true and goes with its cause."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browsers import axe
from tests.journeys.desk import SLOW, available, callbar, hung_up, rung, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRIMARY = re.compile("button--primary")
A_NOTICE = '<div class="notice"><p>ケースの引きつぎを、<br>お願いされています。</p></div>'


@pytest.fixture
def desk(office: Office, page: Page) -> Page:
    """A counsellor who takes calls, at a screen of usual size."""
    page.set_viewport_size({"width": 1280, "height": 800})
    office.hire()
    return available(office, page)


def box(part: Locator) -> FloatRect:
    found = part.bounding_box()
    assert found is not None
    return found


def apart(one: FloatRect, other: FloatRect) -> bool:
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def end(page: Page) -> Locator:
    return page.locator(".callbar-end button")


def colour(control: Locator) -> str:
    return str(control.evaluate("one => getComputedStyle(one).backgroundColor"))


def test_a_notice_stands_above_the_left_column_and_moves_nothing_that_is_written(desk: Page) -> None:
    notices, record, line = desk.locator("staff-notices"), desk.locator("#record"), desk.locator("#line")
    before = box(record)
    notices.evaluate("(here, html) => (here.innerHTML = html)", A_NOTICE)
    expect(notices).to_contain_text("お願いされています。")
    assert box(record) == before
    assert apart(box(notices.locator(".notice")), box(line))


@pytest.mark.parametrize("height", [800, 1400])
def test_the_columns_stay_where_they_are_from_waiting_to_writing_up(office: Office, desk: Page, height: int) -> None:
    desk.set_viewport_size({"width": 1280, "height": height})
    columns = desk.locator("#main")
    waiting = box(columns)
    assert waiting["y"] + waiting["height"] == height
    leg = rung(office, desk)
    assert box(columns) == waiting
    desk.keyboard.press("Alt+a")
    expect(callbar(desk)).to_contain_text("声は届いています", timeout=SLOW)
    assert box(columns) == waiting
    hung_up(office, desk, leg)
    assert box(columns) == waiting


def test_the_button_that_ends_a_call_stays_under_the_second_click(office: Office, desk: Page) -> None:
    talking(office, desk)
    before, bar = box(end(desk)), box(callbar(desk))
    end(desk).click()
    expect(callbar(desk)).to_contain_text("できれば、相手の方が切るのを待ってください。")
    assert (box(end(desk)), box(callbar(desk))) == (before, bar)
    end(desk).click()
    expect(callbar(desk)).to_contain_text("記録の時間", timeout=SLOW)


def test_between_a_small_and_a_usual_screen_the_bar_has_two_rows(office: Office, desk: Page) -> None:
    desk.set_viewport_size({"width": 1000, "height": 800})
    talking(office, desk)
    assert box(callbar(desk))["height"] < 120


def test_the_one_needed_field_is_warm_until_it_is_filled(office: Office, desk: Page) -> None:
    talking(office, desk)
    needed, other = desk.get_by_label("次回"), desk.get_by_label("主なお話")
    assert colour(needed) != colour(other)
    needed.fill("また話す。")
    assert colour(needed) == colour(other)


def test_what_the_bar_tells_of_a_caller_on_hold_moves_nothing(office: Office, desk: Page) -> None:
    talking(office, desk)
    before, columns = box(end(desk)), box(desk.locator("#main"))
    desk.keyboard.press("Alt+h")
    expect(callbar(desk)).to_contain_text("相手の方には音楽が流れています", timeout=SLOW)
    assert (box(end(desk)), box(desk.locator("#main"))) == (before, columns)


def test_my_own_state_follows_as_soon_as_a_reason_to_leave_is_chosen(desk: Page) -> None:
    desk.keyboard.press("Alt+l")
    desk.keyboard.press("1")
    expect(callbar(desk)).to_contain_text("電話は鳴りません")
    expect(desk.locator(".my-state")).to_contain_text("離席", timeout=2_000)
    expect(desk.get_by_role("button", name="離れる理由を変える")).to_be_focused()


def test_whoever_is_muted_reads_that_nobody_hears_them(office: Office, desk: Page) -> None:
    talking(office, desk)
    expect(callbar(desk)).to_contain_text("声は届いています")
    before = box(end(desk))
    desk.keyboard.press("Alt+m")
    expect(callbar(desk)).to_contain_text("ミュート中です。相手の方には聞こえていません。")
    expect(callbar(desk)).not_to_contain_text("声は届いています")
    assert box(end(desk)) == before
    axe(desk)
    desk.keyboard.press("Alt+m")
    expect(callbar(desk)).to_contain_text("声は届いています")


def test_no_button_stands_out_to_finish_a_record_while_its_call_goes_on(office: Office, desk: Page) -> None:
    leg = talking(office, desk)
    finish = desk.locator("[data-finish-button]")
    assert box(finish)["y"] == box(desk.get_by_role("button", name="短い記録で閉じる"))["y"]
    expect(finish).not_to_have_class(PRIMARY)
    hung_up(office, desk, leg)
    expect(finish).to_have_class(PRIMARY)


def test_a_refusal_covers_no_field_and_goes_once_its_cause_is_over(office: Office, desk: Page) -> None:
    leg = talking(office, desk)
    desk.keyboard.press("Control+Enter")
    refusal = desk.locator(".toast")
    expect(refusal).to_contain_text("まだ通話中です")
    for part in ("#record", "#person"):
        assert apart(box(refusal), box(desk.locator(part)))
    axe(desk)
    hung_up(office, desk, leg)
    expect(refusal).to_have_count(0)


def test_a_refusal_goes_once_something_else_is_tried(office: Office, desk: Page) -> None:
    talking(office, desk)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("まだ通話中です")
    desk.keyboard.press("Alt+w")
    expect(desk.locator(".toast")).to_have_count(0)


def test_an_announcement_is_seen_to_play_and_to_be_over_and_nothing_moves(office: Office, desk: Page) -> None:
    talking(office, desk)
    before, bar = box(end(desk)), box(callbar(desk))
    desk.keyboard.press("Alt+v")
    desk.get_by_role("button", name="話さなくても大丈夫と伝える").click()
    expect(callbar(desk)).to_contain_text("「話さなくても大丈夫と伝える」を流しています…")
    expect(desk.get_by_text("声は届いています")).to_be_hidden()
    assert (box(end(desk)), box(callbar(desk))) == (before, bar)
    expect(callbar(desk)).to_contain_text("「話さなくても大丈夫と伝える」を流し終わりました。", timeout=2 * SLOW)
    axe(desk)
