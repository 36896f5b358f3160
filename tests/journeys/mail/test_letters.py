"""A member writes, reads and comes back, in a real browser: with and without scripts, on every width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.members.threads import LONGEST_SUBJECT, LONGEST_TEXT, ThreadState
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Thread
from tests.browsers import OpenPage, axe
from tests.integration.members import people
from tests.integration.members.people import PASSWORD
from tests.journeys.mail.home import Home

pytestmark = pytest.mark.browser

REPLY = "つきみ草さん\n\nお便りを、何度か読みました。\n急がなくても大丈夫です。"
ODD = "夜中の三時👨‍👩‍👧です。\n\nمرحبا بالعالم\n<script>alert(1)</script> https://example.jp/" + "長" * 200


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def home(sqlite_url: str) -> Iterator[Home]:
    home = Home(sqlite_url)
    yield home
    home.close()


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def writes(page: Page, text: str) -> None:
    page.get_by_label("お便り").fill(text)


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_can_be_read_empty_and_full(open_page: OpenPage, home: Home, width: int, scheme: str) -> None:
    page = home.sits_down(open_page(width=width, color_scheme=scheme))
    for path in ("", "drafts", "new", "records", "leave", "threads/nothing"):
        page.goto(f"{home.url}/mail/my/{path}")
        axe(page)
        assert overflow(page) == 0, path
    home.has_sent("てがみ", "題" * LONGEST_SUBJECT)
    thread_id = home.has_sent(ODD, "たいへんに長い" * 8, days_ago=9, reply=REPLY * 20)
    home.changes(Member, home.member_id, mail_refused_at=home.site.clock.now())
    page.goto(f"{home.url}/mail/my/new")
    writes(page, ODD)
    presses(page, "下書きに保存")
    for path in ("", "drafts", f"threads/{thread_id}"):
        page.goto(f"{home.url}/mail/my/{path}")
        axe(page)
        assert overflow(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_letter_goes_from_the_first_word_to_its_receipt(
    open_page: OpenPage, home: Home, width: int, scripts: bool
) -> None:
    page = home.sits_down(open_page(width=width, java_script_enabled=scripts))
    page.goto(f"{home.url}/mail/my/")
    page.get_by_role("link", name="新しく書く").click()
    page.get_by_label("題").fill("夜のこと")
    writes(page, ODD)
    presses(page, "送る前に読み返す")
    expect(page.get_by_role("heading", name="読み返す")).to_be_visible()
    expect(page.locator(".letter-text")).to_have_text(ODD, use_inner_text=True)
    page.get_by_role("link", name="書き直す").click()
    writes(page, ODD + "おわり")
    presses(page, "送る前に読み返す")
    presses(page, "送る")
    receipt = page.locator(".receipt dd").first
    expect(receipt).to_have_text(re.compile(r"1126-[2-9A-Z]{5}"))
    assert home.messages() == [ODD + "おわり"] and home.drafts() == []
    number = receipt.inner_text()
    page.get_by_role("link", name="送ったお便りを見る").click()
    expect(page.get_by_text(number)).to_be_visible()
    assert page.locator(".letter-text a").count() == 0
    assert overflow(page) == 0
    if scripts:
        axe(page)


def test_ten_thousand_characters_are_sent_and_one_more_comes_back(open_page: OpenPage, home: Home) -> None:
    page = home.sits_down(open_page(width=390))
    page.goto(f"{home.url}/mail/my/new")
    text = ("あいうえおかきくけ\n" * (LONGEST_TEXT // 10))[:-1] + "終"
    writes(page, text + "わ")
    presses(page, "送る前に読み返す")
    expect(page.get_by_role("alert")).to_contain_text("10,000文字まで")
    axe(page)
    expect(page.get_by_label("お便り")).to_have_value(text + "わ")
    writes(page, text)
    presses(page, "送る前に読み返す")
    presses(page, "送る")
    expect(page.locator(".receipt")).to_be_visible()
    assert home.messages() == [text]


def test_pressing_twice_and_reloading_send_once(open_page: OpenPage, home: Home) -> None:
    page = home.sits_down(open_page())
    page.goto(f"{home.url}/mail/my/new")
    writes(page, "いちどだけ")
    presses(page, "送る前に読み返す")
    page.get_by_role("button", name="送る", exact=True).dblclick()
    expect(page.locator(".receipt")).to_be_visible()
    first = page.locator(".receipt dd").first.inner_text()
    page.reload()
    page.go_back()
    expect(page.locator(".receipt dd").first).to_have_text(first)
    assert home.messages() == ["いちどだけ"]


def test_what_is_typed_is_saved_by_itself_and_said_so(open_page: OpenPage, home: Home) -> None:
    page = home.sits_down(open_page(width=390))
    page.goto(f"{home.url}/mail/my/new")
    writes(page, "書きかけの")
    expect(page.get_by_text("21:10 に、下書きに保存しました。")).to_be_visible()
    axe(page)
    writes(page, "書きかけのお便り")
    with page.expect_response("**/mail/my/drafts/keep"):
        pass
    page.goto(f"{home.url}/mail/my/drafts")
    page.get_by_role("link", name=re.compile("続きを書く")).click()
    expect(page.get_by_label("お便り")).to_have_value("書きかけのお便り")
    assert home.drafts() == ["書きかけのお便り"]


def test_two_tabs_of_one_draft_lose_nothing(open_page: OpenPage, home: Home) -> None:
    first = home.sits_down(open_page())
    first.goto(f"{home.url}/mail/my/new")
    writes(first, "はじめ")
    expect(first.get_by_text("保存しました")).to_be_visible()
    first.goto(f"{home.url}/mail/my/drafts")
    address = first.get_by_role("link", name=re.compile("続きを書く")).get_attribute("href")
    first.goto(home.url + (address or ""))
    second = first.context.new_page()
    second.goto(first.url)
    for page, text in ((first, "はじめ、こちら"), (second, "はじめ、あちら")):
        with page.expect_response("**/mail/my/drafts/keep"):
            writes(page, text)
    assert sorted(map(str, home.drafts())) == ["はじめ、あちら", "はじめ、こちら"]
    for page in (first, second):
        presses(page, "送る前に読み返す")
        presses(page, "送る")
        expect(page.locator(".receipt")).to_be_visible()
    assert sorted(map(str, home.messages())) == ["はじめ、あちら", "はじめ、こちら"] and home.drafts() == []


def test_without_the_server_the_page_never_says_saved_and_tries_again(open_page: OpenPage, home: Home) -> None:
    page = home.sits_down(open_page())
    page.goto(f"{home.url}/mail/my/new")
    page.route("**/mail/my/drafts/keep", lambda route: route.fulfill(status=503, json={"error": "x"}))
    writes(page, "つながらない夜")
    expect(page.get_by_text("まだ保存できていません")).to_be_visible()
    axe(page)
    page.unroute("**/mail/my/drafts/keep")
    expect(page.get_by_text("下書きに保存しました")).to_be_visible()
    assert home.drafts() == ["つながらない夜"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_two_hours_later_what_was_written_waits_behind_the_sign_in(
    open_page: OpenPage, home: Home, scripts: bool
) -> None:
    page = home.sits_down(open_page(width=390, java_script_enabled=scripts))
    page.goto(f"{home.url}/mail/my/new")
    people.let_pass(home.site.app, home.member_id, timedelta(hours=2))
    text = "二時間かけて書きました。" * 800
    writes(page, text)
    presses(page, "送る前に読み返す")
    expect(page.get_by_text("書きかけは下書きにあります")).to_be_visible()
    page.get_by_label("利用者番号").fill(home.number)
    page.get_by_label("パスワード").fill(PASSWORD)
    presses(page, "ログイン")
    expect(page.get_by_label("お便り")).to_have_value(text)
    assert home.messages() == [] and home.drafts() == [text]


def test_a_reply_is_read_first_and_gone_on_from(open_page: OpenPage, home: Home) -> None:
    home.has_sent("夜になると眠れません。", "眠れないこと", days_ago=3, reply=REPLY)
    page = home.sits_down(open_page(width=390))
    page.goto(f"{home.url}/mail/my/")
    expect(page.get_by_text("つきみ草さん、こんばんは。")).to_be_visible()
    page.get_by_role("link", name="返信を読む").click()
    expect(page.locator("#newest .letter-text")).to_be_in_viewport()
    expect(page.locator("#newest .letter-text")).to_have_text(REPLY, use_inner_text=True)
    writes(page, "ありがとうございます。")
    presses(page, "送る前に読み返す")
    presses(page, "送る")
    expect(page.locator(".receipt")).to_be_visible()
    page.get_by_role("link", name="マイページへ", exact=True).click()
    expect(page.get_by_text("今は新しい返信はありません")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("受け取りました"))).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_letter_is_withdrawn_after_a_question(open_page: OpenPage, home: Home, scripts: bool) -> None:
    thread_id = home.has_sent("やっぱり、やめておきます。")
    page = home.sits_down(open_page(java_script_enabled=scripts))
    page.goto(f"{home.url}/mail/my/threads/{thread_id}")
    expect(page.get_by_role("button", name="取り下げます")).to_be_hidden()
    page.get_by_text("取り下げる", exact=True).click()
    presses(page, "取り下げます")
    expect(page.get_by_role("status").first).to_contain_text("取り下げました")
    assert page.get_by_label("お便り", exact=True).count() == 0


def test_a_letter_that_somebody_reads_cannot_be_withdrawn(open_page: OpenPage, home: Home) -> None:
    thread_id = home.has_sent("お願いします。")
    home.changes(Thread, thread_id, state=ThreadState.READING)
    page = home.sits_down(open_page())
    page.goto(f"{home.url}/mail/my/threads/{thread_id}")
    expect(page.locator(".state", has_text="読んでいます")).to_be_visible()
    assert page.get_by_text("取り下げる", exact=True).count() == 0


def test_words_of_danger_are_met_warmly_and_sent(open_page: OpenPage, home: Home) -> None:
    page = home.sits_down(open_page(width=320))
    page.goto(f"{home.url}/mail/my/new")
    writes(page, "もう消えたいです。")
    presses(page, "送る前に読み返す")
    presses(page, "送る")
    expect(page.get_by_role("heading", name="とてもつらい中で、書いてくださったのですね。")).to_be_in_viewport()
    expect(page.locator(".lines-now").get_by_role("link", name="119")).to_be_visible()
    assert overflow(page) == 0
    axe(page)


@pytest.mark.parametrize("kind", ["PDF", "JSON"])
def test_the_own_record_is_downloaded_for_the_password(open_page: OpenPage, home: Home, kind: str) -> None:
    home.has_sent("夜になると眠れません。", reply=REPLY)
    page = home.sits_down(open_page(width=390))
    page.goto(f"{home.url}/mail/my/records")
    page.get_by_label(re.compile(kind)).check()
    presses(page, "受け取る")
    expect(page.get_by_role("alert")).to_contain_text("パスワードが合っていません")
    axe(page)
    page.get_by_label(re.compile(kind)).check()
    page.get_by_label("パスワード").fill(PASSWORD)
    with page.expect_download() as started:
        presses(page, "受け取る")
    assert started.value.suggested_filename == f"my-record-20261126.{kind.lower()}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_leaving_is_asked_twice_and_then_quiet(open_page: OpenPage, home: Home, scripts: bool) -> None:
    home.has_sent("夜になると眠れません。")
    page = home.sits_down(open_page(width=390, java_script_enabled=scripts))
    page.goto(f"{home.url}/mail/my/leave")
    page.get_by_label("パスワード").fill(PASSWORD)
    presses(page, "登録と記録を消す")
    expect(page.get_by_role("alert")).to_contain_text("しるしを付けてください")
    page.get_by_label("登録と記録を消すことを、わかりました").check()
    page.get_by_label("パスワード").fill(PASSWORD)
    presses(page, "登録と記録を消す")
    expect(page.get_by_role("heading", name="消しました")).to_be_visible()
    if scripts:
        axe(page)
    page.goto(f"{home.url}/mail/my/")
    expect(page.get_by_role("heading", name="ログイン")).to_be_visible()
    assert home.messages() == []
