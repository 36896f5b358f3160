"""When something goes wrong at the desk: nothing typed is lost, and the screen never says more than is true."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import consultations
from callcenter.services.staff import accounts
from tests.browsers import OpenPage, axe
from tests.desk import PASSWORD
from tests.journeys.desk import SLOW, available, callbar, expect_saved, hung_up, kept, talking, texts
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def staff_id(office: Office) -> str:
    return office.hire()


@pytest.fixture
def desk(office: Office, staff_id: str, page: Page) -> Page:
    return available(office, page)


def test_what_was_written_and_the_call_itself_outlive_a_reload(office: Office, desk: Page) -> None:
    leg = talking(office, desk)
    desk.get_by_label("主なお話").fill("途中まで書いた。")
    expect_saved(desk)
    desk.reload()
    expect(desk.get_by_label("主なお話")).to_have_value("途中まで書いた。")
    expect(callbar(desk)).to_contain_text("声は届いています", timeout=SLOW)
    desk.wait_for_timeout(9000)  # longer than the line waits for a page that went away
    assert office.line.leg(leg.sid).status == "in-progress"


def test_a_caller_whose_talk_a_lost_browser_tore_rings_in_the_same_browser_again(office: Office, desk: Page) -> None:
    leg = talking(office, desk)
    desk.get_by_label("主なお話").fill("途切れるまでの話")
    expect_saved(desk)
    address = desk.url
    desk.goto("about:blank")
    until(desk, lambda: any("途切れてしまいました" in words for words in leg.heard))
    desk.goto(address)
    expect(callbar(desk)).to_contain_text("途切れた電話の方です", timeout=SLOW)
    expect(desk.get_by_label("主なお話")).to_have_value("途切れるまでの話")
    axe(desk)
    desk.keyboard.press("Alt+a")
    expect(callbar(desk)).to_contain_text("声は届いています", timeout=SLOW)
    expect(desk.get_by_label("主なお話")).to_have_value("途切れるまでの話")
    assert office.line.leg(leg.sid).status == "in-progress"


def test_nothing_is_called_saved_while_the_server_is_away(office: Office, staff_id: str, browser: Browser) -> None:
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo")  # its log may say that the net is away
    page = available(office, context.new_page())
    talking(office, page)
    context.set_offline(True)
    page.get_by_label("主なお話").fill("届かない文")
    expect(page.locator("[data-saved]")).to_have_text("保存できていません")
    expect(page.get_by_role("alert").filter(has_text="この画面に残っています")).to_be_visible()
    axe(page)
    assert "届かない文" not in texts(office)
    context.set_offline(False)
    expect_saved(page)
    assert "届かない文" in texts(office)
    context.close()


def test_a_save_whose_answer_broke_off_is_tried_again(office: Office, desk: Page) -> None:
    talking(office, desk)
    desk.route("**/save", lambda route: route.fulfill(status=200, body=""), times=1)
    desk.get_by_label("主なお話").fill("返事のこない文")
    expect(desk.locator("[data-saved]")).to_have_text("保存できていません")
    expect_saved(desk)
    kept(office, desk, "返事のこない文")


def test_a_record_that_is_not_saved_is_not_finished(office: Office, desk: Page) -> None:
    hung_up(office, desk, talking(office, desk))
    desk.route("**/save", lambda route: route.fulfill(status=503))
    desk.get_by_role("textbox", name="次回").fill("未定")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("toast-box")).to_contain_text("閉じられません")
    expect(desk.get_by_role("textbox", name="次回")).to_have_value("未定")


def test_somebody_signed_out_signs_in_elsewhere_and_loses_no_word(office: Office, desk: Page) -> None:
    talking(office, desk)
    with office.transaction() as session:
        who = session.scalars(select(Staff)).one()
        accounts.sign_out(session, who, now=office.clock.now())
    desk.get_by_label("主なお話").fill("書き続けた文")
    alert = desk.locator("[data-unsaved]")
    expect(alert).to_contain_text("もう一度ログインしてください")
    axe(desk)
    with desk.context.expect_page() as opened:
        alert.get_by_role("link", name="新しいタブでログインする").click()
    door = opened.value
    door.get_by_label("ログイン名").fill("tanto07")
    door.get_by_label("パスワード").fill(PASSWORD)
    door.get_by_role("button", name="ログイン").click()
    expect_saved(desk)
    kept(office, desk, "書き続けた文")


def test_who_comes_back_to_the_page_has_their_words_saved_at_once(office: Office, desk: Page) -> None:
    talking(office, desk)
    desk.route("**/save", lambda route: route.fulfill(status=503))
    desk.get_by_label("主なお話").fill("とどかなかった文")
    expect(desk.locator("[data-saved]")).to_have_text("保存できていません")
    stop = "const saver = document.querySelector('auto-save'); saver.later = () => {}; clearTimeout(saver.timer)"
    desk.evaluate(stop)  # no try by itself any more
    desk.unroute("**/save")
    desk.evaluate("dispatchEvent(new Event('focus'))")
    expect_saved(desk)
    kept(office, desk, "とどかなかった文")


def test_two_texts_for_one_field_are_both_shown_and_both_kept(office: Office, desk: Page) -> None:
    talking(office, desk)
    office.hire("tokatsu", role=Role.SUPERVISOR)
    with office.transaction() as session:
        supervisor = session.scalars(select(Staff).where(Staff.login == "tokatsu")).one()
        record = session.scalars(select(Consultation)).one()
        now = office.clock.now()
        consultations.save_draft(session, record.id, record.version, {"story": "統括の文"}, by=supervisor, now=now)
    desk.get_by_label("主なお話").fill("わたしの文")
    conflict = desk.locator("[data-conflict]")
    expect(conflict).to_contain_text("統括の文")
    expect(desk.locator("[data-saved]")).to_have_text(re.compile("保存できていない"))
    axe(desk)
    conflict.get_by_role("button", name="両方残す").click()
    expect_saved(desk)
    assert texts(office) == ["統括の文\nわたしの文"]


def test_a_second_tab_only_looks_until_it_takes_over(office: Office, desk: Page) -> None:
    second = desk.context.new_page()
    second.goto(f"{office.url}/console/")
    expect(second.get_by_text("別のタブで受付中です")).to_be_visible()
    axe(second)
    second.get_by_role("button", name="このタブで受ける").click()
    expect(second.get_by_text("別のタブで受付中です")).to_be_hidden()
    expect(desk.get_by_text("別のタブで受付中です")).to_be_visible(timeout=SLOW)


def test_without_a_stream_the_screen_looks_by_itself(office: Office, staff_id: str, page: Page) -> None:
    office.app.extensions["callcenter.follower"].most = 0
    available(office, page)
    talking(office, page)


def test_a_screen_that_is_no_longer_fresh_says_so(office: Office, desk: Page) -> None:
    office.app.extensions["callcenter.follower"].most = 0
    desk.route("**/fragment/line", lambda route: route.fulfill(status=503))
    desk.get_by_role("button", name="退席する").click()
    expect(callbar(desk)).to_contain_text("画面が新しくなっていません")
    desk.unroute("**/fragment/line")
    expect(callbar(desk)).to_contain_text("電話は鳴りません")
    expect(callbar(desk)).not_to_contain_text("画面が新しくなっていません")


def test_without_scripts_a_record_can_still_be_written(office: Office, staff_id: str, open_page: OpenPage) -> None:
    with office.transaction() as session:
        now = office.clock.now()
        record = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff_id, hint=None, now=now
        )
    office.known_caller("ミナト", by=staff_id)
    page = office.sign_in(open_page(java_script_enabled=False))
    page.goto(f"{office.url}/console/records/{record.id}")
    page.get_by_label("呼び名").fill("みなと")
    page.get_by_role("button", name="探す").click()
    page.get_by_role("button", name="ミナトさん・本人").click()
    page.get_by_role("textbox", name="次回").fill("未定")
    page.get_by_role("button", name="記録を閉じる").click()
    expect(page.get_by_text("記録を閉じました。")).to_be_visible()
    until(page, lambda: "未定" in texts(office, "next_step"))
