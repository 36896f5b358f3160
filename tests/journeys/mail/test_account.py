"""Coming to the mail consultation, and back to it from another device, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from callcenter.adapters.mail import SmtpMailer
from callcenter.context import Context
from callcenter.domain.members.threads import LinkKind
from callcenter.jobs import relay
from callcenter.services.delivery.outbox import Lane
from tests.browsers import OpenPage, axe
from tests.integration.members import people
from tests.journeys.mail.home import Home
from tests.journeys.test_pages_in_a_browser import overflow
from tests.servers import Mailbox

pytestmark = pytest.mark.browser

NEW_PASSWORD = "asagiri no naka no densha"
TEXT = "夜になると、明日のことが心配になります。"


@pytest.fixture(autouse=True)  # first of all, so that every page is closed before the server is gone
def home(sqlite_url: str, mailbox: Mailbox) -> Iterator[Home]:
    home = Home(sqlite_url)
    here: Context = home.site.app.extensions["callcenter"]
    mailer = SmtpMailer(mailbox.url, "no-reply@hikikomori-tokyo.net")
    home.site.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, mailer=mailer))
    arrived(home, mailbox)
    mailbox.letters.clear()
    yield home
    home.close()


def arrived(home: Home, mailbox: Mailbox) -> str:
    """Let the mails go out, and return the text of the last one."""
    with home.site.app.app_context():
        relay.drain(Lane.MEMBERS)
    return str(mailbox.letters[-1].get_content())


def link_in(text: str) -> str:
    found = re.search(r"http\S+", text)
    assert found is not None
    return found[0]


def registers(page: Page, home: Home) -> None:
    page.goto(f"{home.url}/mail/register")
    page.get_by_label("母", exact=True).check()
    page.get_by_label("呼び名").fill("あけぼの")
    page.get_by_label("お住まいの都道府県").select_option("埼玉県")
    page.get_by_label("年齢", exact=True).or_(page.locator("#age")).first.fill("58")
    page.locator("[name=sex][value=no_answer]").check()
    page.get_by_label("ひきこもりの期間").select_option("3年から5年")
    page.locator("#address").fill("akebono@example.jp")
    page.locator("#address_again").fill("akebono@example.jp")
    page.get_by_label("読みました").check()
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.get_by_role("heading", name="登録の内容の確認")).to_be_visible()
    page.get_by_role("button", name="この内容で登録する").click()
    expect(page.get_by_role("heading", name="登録ができました")).to_be_visible()


def writes_first(page: Page) -> None:
    page.get_by_label("ご相談").fill(TEXT)
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="送る", exact=True).click()
    expect(page.get_by_role("heading", name="お送りしました")).to_be_visible()


def signs_in(page: Page, home: Home, number: str, password: str) -> None:
    page.goto(f"{home.url}/mail/login")
    page.get_by_label("利用者番号").fill(number)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_role("button", name="ログイン").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_who_registers_at_a_computer_writes_by_the_mailed_link_on_a_phone_and_comes_back_to_the_computer(
    home: Home, mailbox: Mailbox, open_page: OpenPage, scripts: bool
) -> None:
    computer = open_page(width=1280, java_script_enabled=scripts)
    registers(computer, home)
    number = computer.locator("#user-number").inner_text()
    expect(computer.get_by_role("button", name="コピーする")).to_be_visible(visible=scripts)
    with computer.expect_download() as file:
        computer.get_by_role("link", name="ファイルに残す").click()
    assert file.value.path().read_text() == f"{number}\n" or number in file.value.path().read_text()
    text = arrived(home, mailbox)
    assert number in text
    phone = open_page(width=390, java_script_enabled=scripts)
    phone.goto(link_in(text))
    writes_first(phone)
    signs_in(computer, home, number.replace("-", "").lower(), NEW_PASSWORD)
    expect(computer).to_have_title("マイページ")
    computer.get_by_role("button", name="ログアウト").click()
    expect(computer.get_by_text("ログアウトしました")).to_be_visible()
    computer.go_back()
    computer.reload()
    expect(computer.get_by_role("heading", name="ログイン")).to_be_visible()


def test_a_forgotten_password_is_set_anew_on_another_device(home: Home, mailbox: Mailbox, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"{home.url}/mail/login")
    page.get_by_role("link", name="パスワードを忘れたとき").click()
    page.get_by_label("利用者番号").fill(home.number)
    page.get_by_role("button", name="メールを受け取る").click()
    expect(page.get_by_role("heading", name="受け付けました")).to_be_visible()
    page.goto(link_in(arrived(home, mailbox)))
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="このパスワードにする").click()
    expect(page.get_by_text("新しいパスワードに変えました")).to_be_visible()
    signs_in(page, home, home.number, NEW_PASSWORD)
    expect(page).to_have_title("マイページ")


def test_what_is_to_be_corrected_is_said_beside_the_field_and_first_of_all(home: Home, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"{home.url}/mail/register")
    page.get_by_label("呼び名").fill("あけぼの")
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.locator("error-summary")).to_be_focused()
    expect(page.get_by_label("呼び名")).to_have_value("あけぼの")
    axe(page)
    page.locator("error-summary a").first.click()
    expect(page.locator("#relation")).to_be_focused()


def test_who_writes_of_themselves_is_not_asked_of_somebody_else(home: Home, open_page: OpenPage) -> None:
    page = open_page(width=390)
    page.goto(f"{home.url}/mail/register")
    page.get_by_label("父", exact=True).check()
    expect(page.locator("#subject_age")).to_be_visible()
    page.get_by_label("本人", exact=True).check()
    expect(page.locator("#subject_age")).to_be_hidden()


def pages(page: Page, home: Home) -> Iterator[str]:
    """Lead the browser to every page of a member's account, and name each."""
    for name in ("register", "login", "number", "reset", "asked/number", "asked/reset"):
        page.goto(f"{home.url}/mail/{name}")
        yield name.replace("/", "-")
    page.goto(f"{home.url}/mail/reset/nothing")
    yield "link-over"
    page.goto(f"{home.url}/mail/register")
    page.get_by_role("button", name="内容を確かめる").click()
    yield "register-wrong"
    registers(page, home)
    yield "registered"
    page.goto(f"{home.url}/mail/first")
    yield "first"
    page.get_by_role("button", name="送る", exact=True).click()
    yield "first-wrong"
    home.sits_down(page)
    for name in ("account", "account/profile", "account/password", "account/mails", "account/address"):
        page.goto(f"{home.url}/mail/my/{name}")
        yield name.replace("/", "-")
    page.locator("#address").fill("tsukimi@example.jp")
    page.locator("#address_again").fill("tsukimi@example.jp")
    page.locator("#present").fill(people.PASSWORD)
    page.get_by_role("button", name="確認のメールを受け取る").click()
    yield "account-address-asked"
    page.goto(home.url + people.mailed_path(home.site.app, home.member_id, LinkKind.ADDRESS))
    yield "new-address"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_can_be_read_by_everybody(home: Home, open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(width=width, color_scheme=scheme)
    for name in pages(page, home):
        axe(page)
        assert overflow(page) == 0, name
