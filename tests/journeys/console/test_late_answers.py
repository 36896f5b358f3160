"""An answer that comes late overwrites nothing newer, and no word that was typed while it was on its way is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.records.record_codes import Channel
from callcenter.services.directory import institutions
from callcenter.services.records import consultations
from tests.journeys.desk import available, callbar, expect_saved, hung_up, kept, talking, texts
from tests.journeys.late import HeldBack
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOARD, RECORD = re.compile(r"/console/$"), re.compile(r"/console/records/\w+$")
SAVE, BESIDE, SEARCH = re.compile(r"/save$"), re.compile(r"/beside$"), re.compile(r"/search$")
REFER = re.compile(r"/referrals$")


@pytest.fixture
def desk(office: Office, page: Page) -> Page:
    """A desk that takes calls, with a record begun earlier."""
    me, now = office.hire(), office.clock.now()
    office.known_caller("ミナト", by=me)
    with office.transaction() as session:
        consultations.open_draft(session, call_id=None, channel=Channel.PHONE, counsellor_id=me, hint=None, now=now)
    return available(office, page)


def finish(desk: Page) -> None:
    desk.get_by_role("textbox", name="次回").fill("絵の続き")
    desk.keyboard.press("Control+Enter")


def go_on_with_a_draft(desk: Page) -> None:
    draft = desk.locator("[data-open-record]").first
    draft.click()
    expect(desk.locator("#record-part")).to_have_attribute("data-record", str(draft.get_attribute("href"))[-32:])


def test_what_is_typed_after_taking_back_stays_in_its_field(office: Office, desk: Page) -> None:
    hung_up(office, desk, talking(office, desk))
    finish(desk)
    expect(callbar(desk)).to_contain_text("電話を待っています")
    expect(desk.locator(".toast")).to_contain_text("取り消す Alt+Z")
    record, board = HeldBack(desk, RECORD), HeldBack(desk, BOARD)
    desk.keyboard.press("Alt+z")
    expect(callbar(desk)).to_contain_text("記録の時間")  # the bar knows before the record is there
    record.asked()
    record.arrive()
    next_time = desk.get_by_role("textbox", name="次回")
    expect(next_time).to_be_focused()
    desk.keyboard.press("End")
    desk.keyboard.type("を")
    board.arrive()
    desk.keyboard.type("聞く")
    expect(next_time).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(callbar(desk)).to_contain_text("電話を待っています")
    assert (texts(office, "next_step")[-1], texts(office, "nickname_heard")[-1]) == ("絵の続きを聞く", "")


def test_what_is_typed_while_the_record_closes_is_kept(office: Office, desk: Page) -> None:
    hung_up(office, desk, talking(office, desk))
    board = HeldBack(desk, BOARD)
    finish(desk)
    board.asked()
    desk.keyboard.type("を聞く")
    board.arrive()
    expect(desk.locator("#record-form")).to_have_count(0)
    assert texts(office, "next_step")[-1] == "絵の続きを聞く"


def test_finishing_twice_by_one_impatient_key_says_nothing_went_wrong(office: Office, desk: Page) -> None:
    hung_up(office, desk, talking(office, desk))
    board = HeldBack(desk, BOARD)
    finish(desk)
    desk.keyboard.press("Control+Enter")
    board.asked()
    board.arrive()
    expect(desk.locator(".toast")).to_have_text(re.compile("記録を閉じました"))
    expect(desk.locator(".toast--warn")).to_have_count(0)


def test_names_that_were_looked_for_in_one_record_are_not_offered_in_the_next(office: Office, desk: Page) -> None:
    talking(office, desk)
    search = HeldBack(desk, SEARCH)
    desk.get_by_label("呼び名").fill("みなと")
    search.asked()
    go_on_with_a_draft(desk)
    search.arrive()
    expect(desk.locator(".candidate")).to_have_count(0)


def test_a_place_that_was_named_in_one_record_is_not_noted_in_the_next(office: Office, desk: Page) -> None:
    with office.transaction() as session:
        institutions.store_shipped(session, shipped_helplines(), now=office.clock.now())
    talking(office, desk)
    desk.keyboard.press("Alt+j")
    desk.keyboard.type("よりそい")
    expect(desk.locator("#directory-found li")).to_have_count(1)
    refer = HeldBack(desk, REFER)
    desk.locator("#directory-found").get_by_role("button", name="伝えた").click()
    refer.asked()
    desk.keyboard.press("Escape")
    go_on_with_a_draft(desk)
    refer.arrive()
    expect(desk.locator(".toast")).to_contain_text("紹介を、記録に書きました。")
    expect(desk.locator("#referrals-part")).not_to_contain_text("よりそい")
    expect(desk.locator("[name=outcomes][value=referred]")).not_to_be_checked()


def test_what_was_saved_since_is_not_put_back_to_older_words(office: Office, desk: Page) -> None:
    talking(office, desk)
    story = desk.get_by_label("主なお話")
    story.focus()
    save, beside = HeldBack(desk, SAVE), HeldBack(desk, BESIDE)
    desk.keyboard.type("図書館")
    save.asked()
    desk.evaluate("void document.querySelector('auto-save').sync()")
    beside.asked()  # what the server holds now, as seen by a page that does not know yet that it was saved
    save.arrive()
    expect_saved(desk)
    desk.keyboard.type("まで行けた")
    kept(office, desk, "図書館まで行けた")
    expect_saved(desk)
    beside.arrive()
    expect(story).to_have_value("図書館まで行けた")
    desk.keyboard.type("。")
    kept(office, desk, "図書館まで行けた。")
