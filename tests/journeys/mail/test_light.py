"""A member's light pages in a browser without scripts, on the narrowest telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import OpenPage
from tests.integration.members.people import PASSWORD
from tests.journeys.mail.home import Home
from tests.journeys.mail.test_letters import overflow

pytestmark = pytest.mark.browser

TEXT = "夜になると、\n明日のことが心配になります。"
REPLY = "お便りを、何度か読みました。\n急がなくても大丈夫です。"


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def home(sqlite_url: str) -> Iterator[Home]:
    home = Home(sqlite_url)
    yield home
    home.close()


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_member_signs_in_reads_a_reply_and_writes_again_without_scripts(open_page: OpenPage, home: Home) -> None:
    home.has_sent("てがみ", "夜のこと", days_ago=2, reply=REPLY)
    page = open_page(width=320, java_script_enabled=False)
    page.goto(f"{home.url}/m/mail")
    page.get_by_role("link", name="ログイン").click()
    page.get_by_label("利用者番号").fill(home.number)
    page.get_by_label("パスワード", exact=True).fill("not the password")
    presses(page, "ログイン")
    expect(page.get_by_role("link", name="利用者番号かパスワードが合っていません")).to_be_visible()
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    presses(page, "ログイン")
    expect(page).to_have_title("マイページ")
    page.get_by_role("link", name="返信を読む").click()
    expect(page.get_by_text("急がなくても大丈夫です。")).to_be_visible()
    page.get_by_label("お便り").fill(TEXT)
    presses(page, "下書きに保存")
    expect(page.get_by_label("お便り")).to_have_value(TEXT)
    presses(page, "送る前に読み返す")
    presses(page, "送る")
    expect(page.get_by_role("heading", name="お送りしました")).to_be_visible()
    assert home.messages()[-1] == TEXT
    presses(page, "ログアウト")
    expect(page.get_by_text("ログアウトしました")).to_be_visible()
    assert page.url == f"{home.url}/m/mail/login"


def test_no_light_page_is_wider_than_the_telephone(open_page: OpenPage, home: Home) -> None:
    thread = home.has_sent("てがみ", "夜のこと", days_ago=2, reply=REPLY)
    page = home.sits_down(open_page(width=320))
    for path in ("", f"threads/{thread}", "new", "drafts", "account", "account/profile", "account/mails", "leave"):
        page.goto(f"{home.url}/m/mail/my/{path}")
        assert overflow(page) == 0, path
    for path in ("register", "number", "reset", "goodbye"):
        page.goto(f"{home.url}/m/mail/{path}")
        assert overflow(page) == 0, path
