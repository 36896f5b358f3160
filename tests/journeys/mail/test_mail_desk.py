"""Answering mail in real browsers: two counsellors and a supervisor, with and without scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcenter.domain.staff.roles import Role
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from tests.browsers import OpenPage, axe
from tests.integration.members.threads_people import writer, writes
from tests.integration.people import case_of, talk
from tests.journeys.desk import SLOW, available, callbar, expect_saved, rung
from tests.journeys.office import Office, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORY = (
    "はじめて書きます。三年ほど、ほとんど部屋から出ていません。\n\n"
    "夜になると少しだけ外を歩けるようになりました。でも、昼は人の目がこわいです。\n"
    "このままでいいのか、だれかに聞いてほしくて書きました。"
)
REPLY = "書いてくださって、ありがとうございます。\n夜の散歩のこと、もう少し聞かせてください。"


def received(office: Office, text: str = STORY, nickname: str = "ハル", *, ago: timedelta = timedelta(0)) -> str:
    """Let a member write; return the consultation's id."""
    then = office.clock.now() - ago
    with office.transaction() as session:
        return writes(session, writer(session, nickname, now=then), text, now=then).id


def at_the_list(office: Office, page: Page, login: str = "tanto07") -> Page:
    office.sign_in(page, login)
    page.get_by_role("link", name="メール", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("メール")
    return page


def in_the_room(page: Page) -> Page:
    """Take the first consultation of the list."""
    page.get_by_role("button", name="返事を書く").first.click()
    expect(page.get_by_label("返事", exact=False).first).to_be_visible()
    return page


def written(page: Page, text: str = REPLY) -> None:
    page.locator("#reply").fill(text)
    page.locator("#next_step").fill("夜の散歩のことを聞く")
    expect_saved(page)


def sent(office: Office) -> list[str | None]:
    with office.transaction() as session:
        return [one.text for one in session.scalars(select(Message).where(Message.author == "staff"))]


def drafts(office: Office) -> list[str | None]:
    with office.transaction() as session:
        return [one.text for one in session.scalars(select(ReplyDraft))]


def approves_first(office: Office) -> None:
    here = office.app.extensions["callcenter"]
    policy = replace(here.settings.policy, reply_approval=True)
    object.__setattr__(here, "settings", replace(here.settings, policy=policy))


def fits(page: Page) -> None:
    """Refuse the page if somebody cannot read it at some width, in light or dark."""
    before = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.emulate_media(color_scheme="light")
    assert before is not None
    page.set_viewport_size(before)


def test_a_letter_is_answered_from_the_list_to_the_sent_reply(office: Office, page: Page) -> None:
    office.hire()
    received(office)
    at_the_list(office, page)
    fits(page)
    in_the_room(page)
    expect(page.get_by_text("あなたが担当しています。")).to_be_visible()
    written(page)
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("tab", name="返事").click()
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("読まれる形で見る")
    expect(page.locator(".as-read")).to_contain_text("夜の散歩のこと")
    fits(page)
    page.get_by_role("button", name="この文で送る").click()
    expect(page.get_by_text("返事を送りました。")).to_be_visible()
    assert sent(office) == [REPLY]
    with office.transaction() as session:
        assert session.scalars(select(Consultation)).one().state is ConsultationState.FINISHED


def test_the_list_begins_with_what_came_while_we_were_away_and_can_be_read_by_everybody(
    office: Office, page: Page
) -> None:
    office.clock.jump(datetime(2026, 11, 24, 10, 30))  # noqa: DTZ001  # the line's clock takes it for Japan's
    office.hire("tokatsu", role=Role.SUPERVISOR)
    for days in (4.5, 2, 1, 0):
        received(office, ago=timedelta(days=days))
    received(office, "もう消えてしまいたいと思うことがあります。", ago=timedelta(hours=40))
    with office.transaction() as session:
        session.scalars(select(Thread).order_by(Thread.waiting_since.desc())).all()[0].target_on = date(2026, 11, 27)
    at_the_list(office, page, "tokatsu")
    expect(page.locator(".mail-group").first).to_have_text("休みのあいだに届いたもの")
    expect(page.locator(".mail-row").first).to_contain_text("いのちの心配がある言葉")
    expect(page.locator(".mail-row")).to_have_count(5)
    fits(page)
    page.get_by_role("link", name="読む").first.click()
    expect(page.locator("#letters")).to_contain_text("消えてしまいたい")
    expect(page.get_by_text("返事は、まだ書かれていません。")).to_be_visible()
    fits(page)
    page.goto(f"{office.url}/console/mail/?show=mine")
    expect(page.get_by_text("いま担当している相談はありません。")).to_be_visible()
    fits(page)


def test_what_is_typed_and_sent_on_at_once_is_all_there(office: Office, page: Page) -> None:
    office.hire()
    received(office)
    in_the_room(at_the_list(office, page))
    page.locator("#next_step").fill("未定")
    page.locator("#reply").fill(REPLY)
    page.get_by_role("button", name="読まれる形で見る").click()
    expect(page.locator(".as-read")).to_contain_text("夜の散歩のこと")
    page.get_by_role("link", name="書き直す").click()
    expect(page.locator("#reply")).to_have_value(REPLY)
    page.get_by_label("文の例").select_option("cannot_medical")
    page.locator("#reply").fill("こんにちは。")
    page.get_by_role("button", name="返事の下に入れる").click()
    until(page, lambda: any("お医者さんの判断" in (one or "") for one in drafts(office)))
    expect(page.locator("#reply")).to_have_value(drafts(office)[0] or "")


def test_two_counsellors_never_answer_the_same_letter(office: Office, page: Page, open_page: OpenPage) -> None:
    office.hire("tanto07")
    office.hire("tanto08")
    received(office)
    other = at_the_list(office, open_page(), "tanto08")
    in_the_room(at_the_list(office, page))
    expect(other.get_by_text("担当07さんが担当")).to_be_visible(timeout=SLOW)
    expect(other.get_by_role("button", name="返事を書く")).to_have_count(0)
    written(page, "ここまで書きました。")
    office.clock.step(31 * 60)
    other.reload()
    in_the_room(other)
    expect(other.locator("#reply")).to_have_value("ここまで書きました。")
    page.locator("#reply").fill("ここまで書きました。もう少し。")
    expect(page.locator("[data-unsaved]")).to_contain_text("担当08さんが担当しています", timeout=SLOW)
    expect(page.locator("[data-unsaved]")).to_contain_text("書いた文は、この画面に残っています")
    expect(page.locator("#reply")).to_have_value("ここまで書きました。もう少し。")
    page.get_by_role("button", name="読まれる形で見る").click()
    expect(page.locator(".toasts")).to_contain_text("まだ保存できていないため")
    written(other)
    other.get_by_role("button", name="読まれる形で見る").click()
    other.get_by_role("button", name="この文で送る").click()
    expect(other.get_by_text("返事を送りました。")).to_be_visible()
    assert sent(office) == [REPLY]


def test_a_supervisor_hands_a_reply_back_and_then_lets_it_go(office: Office, page: Page, open_page: OpenPage) -> None:
    approves_first(office)
    office.hire("tanto07")
    office.hire("tokatsu", role=Role.SUPERVISOR)
    received(office)
    in_the_room(at_the_list(office, page))
    written(page)
    page.get_by_role("button", name="読まれる形で見る").click()
    page.get_by_role("button", name="統括に確認をたのむ").click()
    expect(page.get_by_text("統括に確認をたのみました。")).to_be_visible()
    chief = at_the_list(office, open_page(), "tokatsu")
    chief.get_by_role("link", name="確認を待つ返事").click()
    fits(chief)
    chief.get_by_role("link", name="読んで決める").click()
    fits(chief)
    chief.get_by_label("直してほしいところ").fill("あいさつを、もう少しやわらかく。")
    chief.get_by_role("button", name="書いた人に戻す").click()
    expect(chief.get_by_text("書いた人に戻しました。")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="続きを書く").click()
    expect(page.locator("#remark")).to_contain_text("もう少しやわらかく")
    written(page, "直した返事です。")
    page.get_by_role("button", name="読まれる形で見る").click()
    page.get_by_role("button", name="統括に確認をたのむ").click()
    expect(page.get_by_text("統括に確認をたのみました。")).to_be_visible()
    chief.reload()
    chief.get_by_role("link", name="読んで決める").click()
    chief.get_by_role("button", name="この文で送ってよい").click()
    expect(chief.get_by_text("返事を送りました。")).to_be_visible()
    assert sent(office) == ["直した返事です。"]


def test_without_scripts_a_letter_is_answered_all_the_same(office: Office, open_page: OpenPage) -> None:
    office.hire()
    received(office)
    page = open_page(java_script_enabled=False)
    with_scripts_off(office, page)
    page.get_by_role("button", name="返事を書く").click()
    page.locator("#reply").fill(REPLY)
    page.locator("#next_step").fill("未定")
    page.get_by_role("button", name="保存する").first.click()
    expect(page.get_by_text("保存しました。").first).to_be_visible()
    page.get_by_role("button", name="読まれる形で見る").click()
    page.get_by_role("button", name="この文で送る").click()
    expect(page.get_by_text("返事を送りました。")).to_be_visible()
    assert sent(office) == [REPLY]


def with_scripts_off(office: Office, page: Page) -> None:
    office.sign_in(page)
    page.goto(f"{office.url}/console/mail/")


def test_a_call_rings_while_a_reply_is_written_and_nothing_of_it_is_lost(office: Office, page: Page) -> None:
    office.hire()
    received(office)
    available(office, page)
    room = page.context.new_page()
    room.goto(f"{office.url}/console/mail/")
    in_the_room(room)
    written(room, "電話の前の文")
    rung(office, page)
    expect(room.locator("#call-strip")).to_be_visible(timeout=SLOW)
    room.bring_to_front()
    room.locator("#reply").fill("電話の前の文と、鳴っているあいだの文")
    until(page, lambda: drafts(office) == ["電話の前の文と、鳴っているあいだの文"])
    page.bring_to_front()
    page.keyboard.press("Alt+a")
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    office.clock.step(40 * 60)
    until(page, lambda: "時間が過ぎましたが" not in room.locator("#mail-claim").inner_text(), seconds=40)


def test_a_member_is_joined_with_their_consent_and_the_card_comes_beside_the_reply(office: Office, page: Page) -> None:
    sato = office.hire()
    received(office)
    with office.transaction() as session:
        staff = session.get_one(Staff, sato)
        talk(session, staff, case_of(session, staff, "ハル").people[0], 9)
    in_the_room(at_the_list(office, page))
    page.locator("#reply").fill("途中の文")
    page.get_by_role("button", name="電話などの記録とつなぐ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("電話などの記録とつなぐ")
    page.get_by_role("button", name="探す").click()
    page.get_by_label("ハルさん・本人", exact=False).check()
    fits(page)
    page.get_by_role("button", name="同意をいただいて、つなぐ").click()
    expect(page.get_by_text("同意をどう受けたか", exact=False).first).to_be_visible()
    page.get_by_label("メールに、そう書いてあった").check()
    page.get_by_role("button", name="同意をいただいて、つなぐ").click()
    expect(page.locator("#card-name")).to_contain_text("ハルさん")
    expect(page.locator("#reply")).to_have_value("途中の文")
    fits(page)
