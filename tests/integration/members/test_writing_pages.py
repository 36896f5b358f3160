"""A member writes: every step without scripts, nothing sent twice, and nothing typed lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from callcenter.context import reading, unit_of_work
from callcenter.domain.members.threads import LONGEST_DRAFT, LONGEST_TEXT, MOST_DRAFTS, ThreadState, Written
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.services.members import consulting, drafts
from tests.integration.members import people, writers
from tests.integration.members.people import PASSWORD
from tests.outages import no_connections
from tests.pages import ORIGIN, Page, Site

LONG = "夜になると、先のことばかり浮かびます。" * 500


class Desk:
    """A member at their own pages."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.member_id, self.number = people.registered_at(site.app, "ハル")
        people.signed_in(site.reader, self.member_id)

    def post(self, page: Page, do: str, **fields: str) -> Page:
        """Press a button of the form on *page*."""
        hidden = {name: page.value(name) for name in ("form_key", "seen", "thread")}
        thread = hidden["thread"]
        to = f"/mail/my/threads/{thread}/write" if thread else "/mail/my/new"
        return self.site.send(to, page, do=do, **(hidden | fields))

    def sends(self, text: str, subject: str = "") -> Page:
        """Write, read again, send."""
        again = self.post(self.site.open("/mail/my/new"), "check", text=text, subject=subject)
        return self.post(again, "send", text=text, subject=subject)

    def stored(self, model: type[Any]) -> list[Any]:
        with self.site.app.app_context(), reading() as session:
            rows = session.scalars(select(model).where(model.member_id == self.member_id).order_by(model.id)).all()
            for row in rows:
                row.shown = getattr(row, "text", None)
            session.expunge_all()
            return list(rows)

    def answer(self) -> str:
        """Let the mail desk answer the only consultation."""
        with self.site.app.app_context(), unit_of_work() as session:
            thread = session.scalars(select(Thread).where(Thread.member_id == self.member_id)).one()
            writers.answered(session, thread, "ゆっくりで大丈夫です。", now=self.site.clock.now())
            return thread.id

    def change(self, **values: Any) -> None:
        with self.site.app.app_context(), unit_of_work() as session:
            member = session.get_one(Member, self.member_id)
            for name, value in values.items():
                setattr(member, name, value)


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    site = Site(database_url)
    yield site
    site.close()


@pytest.fixture
def haru(site: Site) -> Desk:
    return Desk(site)


def test_a_letter_is_written_read_again_and_sent(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="こんにちは\r\n<b>http://x.test</b>", subject="はじめて")
    assert again.heading == "読み返す" and "<b>http://x.test</b>" in again.words
    assert haru.stored(Message) == [] and [one.shown for one in haru.stored(MemberDraft)] == [
        "こんにちは\n<b>http://x.test</b>"
    ]
    sent = haru.post(again, "send", text="こんにちは\r\n<b>http://x.test</b>", subject="はじめて")
    (message,) = haru.stored(Message)
    assert sent.heading == "お送りしました" and message.receipt in sent.words
    assert "今日は午後5時までです。" in sent.words and haru.stored(MemberDraft) == []
    letter = site.open(f"/mail/my/threads/{message.thread_id}")
    assert "はじめて" in letter.words and message.receipt in letter.words
    assert not [link for link in letter.links if "x.test" in link]


def test_a_form_that_is_posted_again_shows_the_same_receipt(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="二度押し")
    first, second = (haru.post(again, "send", text="二度押し") for _ in range(2))
    assert first.path == second.path and first.words == second.words
    assert len(haru.stored(Message)) == 1


def test_going_back_and_changing_what_was_sent_makes_a_further_draft(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="まちがい")
    haru.post(again, "send", text="まちがい")
    for press in ("send", "check", "draft"):
        shown = haru.post(again, press, text=f"書き直し {press}")
        assert shown.heading == "続きを書く" and "もう届いています" in shown.words
        assert f"書き直し {press}" in shown.words
    assert "もう届いています" in haru.post(again, "draft", text="まちがい").words
    assert len(haru.stored(Message)) == 1 and len(haru.stored(MemberDraft)) == 3


def test_what_is_too_long_comes_back_with_what_was_typed(site: Site, haru: Desk) -> None:
    text = "長" * (LONGEST_TEXT + 1)
    shown = haru.post(site.open("/mail/my/new"), "check", text=text, subject="題")
    assert shown.status == 422 and "10,000文字まで" in shown.words and text in shown.words
    kept = haru.post(shown, "draft", text=text, subject="題")
    assert "下書きに保存しました" in kept.words and text in kept.words
    refused = haru.post(kept, "draft", text="長" * (LONGEST_DRAFT + 1))
    assert refused.status == 422 and "長" * (LONGEST_DRAFT + 1) in refused.words


def test_an_empty_letter_is_neither_sent_nor_kept(site: Site, haru: Desk) -> None:
    page = site.open("/mail/my/new")
    assert "ひとことでも" in haru.post(page, "send", text=" \n").words
    assert "何も書かれていない" in haru.post(page, "draft", text=" \n").words
    assert (haru.stored(Message), haru.stored(MemberDraft)) == ([], [])


def test_reading_again_leads_back_to_writing_with_what_was_typed(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="  字下げ", subject="題")
    back = site.open(next(link for link in again.links if "draft=" in link))
    assert back.heading == "新しく書く" and back.value("subject") == "題"
    assert back.value("form_key") == again.value("form_key")
    assert any("draft=" in link for link in site.open("/mail/my/new").links)


def test_going_back_to_reading_again_shows_the_receipt(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="二度")
    assert site.open(again.path).words == again.words
    sent = haru.post(again, "send", text="二度")
    assert site.open(again.path).path == sent.path
    assert site.open(f"/mail/my/read/{'n' * 32}").status == 404


def test_whoever_has_very_many_drafts_can_still_send(site: Site, haru: Desk) -> None:
    with site.app.app_context(), unit_of_work() as session:
        member = session.get_one(Member, haru.member_id)
        for number in range(MOST_DRAFTS):
            drafts.keep(session, member, Written(f"{number:032}", f"下書き{number}"), now=site.clock.now())
    page = site.open("/mail/my/new")
    assert "50通まで" in haru.post(page, "draft", text="もう一通").words
    again = haru.post(page, "check", text="もう一通")
    assert haru.post(again, "send", text="もう一通").heading == "お送りしました"


def test_ten_thousand_characters_posted_two_hours_late_wait_as_a_draft(site: Site, haru: Desk) -> None:
    again = haru.post(site.open("/mail/my/new"), "check", text="はじめ")
    text = (LONG + "終わり")[-LONGEST_TEXT:]
    people.let_pass(site.app, haru.member_id, timedelta(hours=2))
    door = haru.post(again, "send", text=text, subject="夜のこと")
    assert door.path == "/mail/login" and "書きかけは下書きにあります" in door.words
    assert haru.stored(Message) == []
    back = site.send("/mail/login", door, number=haru.number, password=PASSWORD, next=door.value("next"))
    assert back.heading == "新しく書く" and text in back.words and "ログアウトのあとに届いた" in back.words
    assert back.value("subject") == "夜のこと"
    assert haru.post(haru.post(back, "check", text=text), "send", text=text).heading == "お送りしました"


def test_a_further_message_posted_late_waits_at_its_letter(site: Site, haru: Desk) -> None:
    haru.sends("ひとつめ")
    thread_id = haru.stored(Thread)[0].id
    letter = site.open(f"/mail/my/threads/{thread_id}")
    people.let_pass(site.app, haru.member_id, timedelta(hours=2))
    door = haru.post(letter, "check", text="ふたつめ")
    back = site.send("/mail/login", door, number=haru.number, password=PASSWORD, next=door.value("next"))
    assert back.path == f"/mail/my/threads/{thread_id}/write" and "ふたつめ" in back.words


def test_what_cannot_be_kept_after_the_session_is_shown_to_be_copied(site: Site, haru: Desk) -> None:
    page = site.open("/mail/my/new")
    people.let_pass(site.app, haru.member_id, timedelta(hours=2))
    text = "長" * (LONGEST_DRAFT + 1)
    shown = haru.post(page, "send", text=text)
    assert shown.status == 409 and text in shown.words and "20,000文字まで" in shown.words


@pytest.mark.parametrize("do", ["check", "draft", "send"])
def test_without_the_database_the_text_stays_in_hand_and_is_sent_again(site: Site, haru: Desk, do: str) -> None:
    page = site.open("/mail/my/new")
    with no_connections(site.app):
        shown = haru.post(page, do, text="つながらない夜\r\nに", subject="夜")
        assert (
            shown.status == 503 and "書いた文は、まだここにあります" in shown.words and "つながらない夜" in shown.words
        )
        fields = {name: shown.value(name) for name in ("form_key", "seen", "thread", "subject", "do")}
        assert site.send("/mail/my/new", shown, text="つながらない夜\r\nに", **fields).status == 503
    assert site.send("/mail/my/new", shown, text="つながらない夜\r\nに", **fields).status == 200
    found = haru.stored(Message if do == "send" else MemberDraft)
    assert [one.shown for one in found] == ["つながらない夜\nに"]


def test_an_empty_form_posted_late_promises_no_draft(site: Site, haru: Desk) -> None:
    page = site.open("/mail/my/new")
    people.let_pass(site.app, haru.member_id, timedelta(hours=2))
    door = haru.post(page, "send", text="")
    assert "しばらく操作がなかった" in door.words and "下書きにあります" not in door.words


def test_a_script_saves_and_goes_on_in_the_draft_it_is_told(site: Site, haru: Desk) -> None:
    page = site.open("/mail/my/new")
    data = {name: page.value(name) for name in ("csrf_token", "form_key", "seen", "thread")}

    def save(text: str) -> tuple[int, dict[str, str]]:
        answer = site.reader.post(
            "/mail/my/drafts/keep",
            data=data | {"text": text},
            base_url=ORIGIN,
            headers={"Accept": "application/json"},
        )
        return answer.status_code, json.loads(answer.text)

    status, first = save("書きかけ")
    assert (status, first["saved_at"], first["form_key"]) == (200, "14:07", data["form_key"])
    assert save("別の画面")[1]["form_key"] != data["form_key"]
    refused = save("長" * 20_001)
    assert refused[0] == 409 and "20,000文字" in refused[1]["error"]
    people.let_pass(site.app, haru.member_id, timedelta(hours=2))
    assert save("書きかけ、つづき")[0] == 401
    assert sorted(one.shown for one in haru.stored(MemberDraft)) == ["別の画面", "書きかけ、つづき"]


def test_drafts_are_listed_gone_on_with_and_dropped(site: Site, haru: Desk) -> None:
    assert "下書きはありません" in site.open("/mail/my/drafts").words
    haru.post(site.open("/mail/my/new"), "draft", text="きょうは、すこし外に出ました。" * 20)
    shown = site.open("/mail/my/drafts")
    assert "今日 14:07 に保存" in shown.words and "下書きが1通あります" in site.open("/mail/my/").words
    address = next(link for link in shown.links if "draft=" in link)
    assert "すこし外に出ました" in site.open(address).words
    gone = site.send(f"/mail/my/drafts/{haru.stored(MemberDraft)[0].id}/drop", shown)
    assert "下書きを消しました" in gone.words and haru.stored(MemberDraft) == []
    assert site.open(address).status == 404


def test_writing_on_in_what_was_withdrawn_meanwhile_becomes_a_new_letter(site: Site, haru: Desk) -> None:
    haru.sends("ひとつめ")
    thread_id = haru.stored(Thread)[0].id
    letter = site.open(f"/mail/my/threads/{thread_id}")
    again = haru.post(letter, "check", text="つづき")
    assert "取り下げました" in site.send(f"/mail/my/threads/{thread_id}/withdraw", letter).words
    shown = haru.post(again, "send", text="つづき")
    assert shown.heading == "新しく書く" and "つづき" in shown.words
    assert haru.stored(Thread)[0].state is ThreadState.WITHDRAWN and len(haru.stored(Message)) == 1


def test_what_somebody_has_begun_to_read_is_not_withdrawn(site: Site, haru: Desk) -> None:
    haru.sends("ひとつめ")
    thread_id = haru.stored(Thread)[0].id
    letter = site.open(f"/mail/my/threads/{thread_id}")
    with site.app.app_context(), unit_of_work() as session:
        session.get_one(Thread, thread_id).state = ThreadState.READING
    refused = site.send(f"/mail/my/threads/{thread_id}/withdraw", letter)
    assert refused.status == 409 and "読みはじめている" in refused.words


def test_a_waiting_reply_outranks_writing_anew(site: Site, haru: Desk) -> None:
    haru.sends("ひとつめ", "夜のこと")
    quiet = site.open("/mail/my/")
    assert "今は新しい返信はありません" in quiet.words and "受け取りました" in quiet.words
    thread_id = haru.answer()
    home = site.open("/mail/my/")
    assert "まだ読んでいない返信が 1 件" in home.words and "返事があります" in home.words
    assert home.words.index("返信を読む") < home.words.index("新しく書く")
    assert "ゆっくりで大丈夫です。" in site.open(f"/mail/my/threads/{thread_id}").words
    assert "返事を読みました" in site.open("/mail/my/").words


def test_the_greeting_is_one_of_the_hour(site: Site, haru: Desk) -> None:
    assert "ハルさん、こんにちは。" in site.open("/mail/my/").words
    site.clock.at += timedelta(hours=4)
    assert "ハルさん、こんばんは。" in site.open("/mail/my/").words


def test_the_target_is_told_and_past_it_only_that_it_takes_longer(database_url: str) -> None:
    site = Site(database_url, REPLY_TARGET_DAYS="3")
    haru = Desk(site)
    assert "返信のめやすは、12月1日(火)ごろです。" in haru.sends("ひとつめ").words
    site.clock.at += timedelta(days=5)
    assert "12月1日(火)ごろ" in site.open("/mail/my/").words
    site.clock.at += timedelta(days=1)
    late = site.open("/mail/my/").words
    assert "お待たせしています" in late and "12月1日(火)ごろ" not in late
    site.close()


def test_a_bounced_notice_is_told_with_what_to_do(site: Site, haru: Desk) -> None:
    haru.change(mail_refused_at=site.clock.now())
    assert "お知らせのメールが届きませんでした" in site.open("/mail/my/").words
    assert "前のときに届きませんでした" in haru.sends("ひとつめ").words


def test_words_of_danger_show_the_lines_that_are_open_and_block_nothing(site: Site, haru: Desk) -> None:
    assert "とてもつらい中で" not in haru.sends("すこし眠れました").words
    sent = haru.sends("もう消えたいです")
    assert "とてもつらい中で" in sent.words and "119" in sent.words and len(haru.stored(Message)) == 2


def test_at_night_our_own_number_is_none_of_the_lines_that_are_open(site: Site, haru: Desk) -> None:
    site.clock.at += timedelta(hours=9)
    page = site.open("/mail/my/new")
    assert "次はあした(金)午前10時からです。" in page.words
    assert not [link for link in page.links if link.startswith("tel:0120529528")]


def test_every_page_is_neutral_and_kept_nowhere(site: Site, haru: Desk) -> None:
    haru.sends("ひとつめ", "ひきこもりのこと")
    thread_id, message_id = haru.stored(Thread)[0].id, haru.stored(Message)[0].id
    paths = ("", "new", "drafts", "records", "leave", f"threads/{thread_id}", f"sent/{message_id}")
    for path in paths:
        page = site.open(f"/mail/my/{path}")
        assert page.response.headers["Cache-Control"] == "no-store", path
        assert "ひきこもり" not in page.title and page.title == page.heading, path
        assert site.dead_links(page) == [], path


def test_long_lists_have_pages(site: Site, haru: Desk) -> None:
    with site.app.app_context(), unit_of_work() as session:
        member = session.get_one(Member, haru.member_id)
        for number in range(25):
            message = writers.send(session, member, f"便り{number}", subject=f"便り{number}", now=site.clock.now())
            consulting.withdraw(session, member, message.thread_id, site.clock.now())
    first, second = site.open("/mail/my/"), site.open("/mail/my/?page=2")
    assert sum(f"便り{number} " in f"{first.words} {second.words} " for number in range(25)) == 25
    with site.app.app_context(), reading() as session:
        assert session.scalars(select(func.count(Thread.id))).one() == 25
