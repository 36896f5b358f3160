"""Coming in safely, and the calm word before the door shuts, in a real browser with an authenticator of its own."""

from __future__ import annotations

import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from callcenter.domain.staff.roles import Role
from callcenter.ui import access
from callcenter.ui.staff import session_timeout
from tests.browsers import OpenPage, axe
from tests.desk import PASSWORD
from tests.journeys.desk import available, expect_saved, hung_up, talking
from tests.journeys.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page) -> None:
    """Give the browser a device that holds passkeys (the Chrome DevTools Protocol's WebAuthn domain)."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def shows_password(page: Page, login: str) -> None:
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def signs_out(page: Page) -> None:
    menu = page.get_by_role("button", name="メニュー")
    if menu.is_visible():  # on a small screen
        menu.click()
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("職員のログイン")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def adds_app(page: Page) -> pyotp.TOTP:
    page.get_by_role("button", name="認証アプリを登録する").click()
    expect(page.get_by_role("img", name="QRコード")).to_be_visible()
    page.get_by_text("読みとれないときは").click()
    axe(page)
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("6けたの番号").fill(app.now())
    page.get_by_role("button", name="確かめる").click()
    expect(page.locator(".codes li")).to_have_count(10)
    axe(page)
    return app


def test_an_app_and_a_passkey_are_set_up_and_open_the_door(office: Office, open_page: OpenPage) -> None:
    office.hire("kanri", role=Role.ADMINISTRATOR)
    page, site = open_page(), office.url.replace("127.0.0.1", "localhost")  # where passkeys of a trial belong
    with_authenticator(page)
    page.goto(f"{site}/staff/login")
    shows_password(page, "kanri")
    page.locator("summary.me").click()
    page.get_by_role("link", name="ログインの安全設定").click()
    heading(page, "ログインの安全設定")
    axe(page)

    app = adds_app(page)
    signs_out(page)

    shows_password(page, "kanri")
    heading(page, "2段階認証")
    axe(page)
    page.get_by_label("6けたの番号").fill(app.at(time.time() + 30))
    page.get_by_role("button", name="ログイン", exact=True).click()
    page.get_by_role("link", name="職員のアカウント").click()
    heading(page, "職員のアカウント")
    axe(page)

    page.goto(f"{site}/staff/safety")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("どの機器か分かる名前").fill("わたしのスマホ")
    page.get_by_role("button", name="この機器のパスキーを登録する").click()
    expect(page.get_by_role("listitem").filter(has_text="わたしのスマホ")).to_be_visible()
    axe(page)
    signs_out(page)

    page.goto(f"{site}/staff/login?next=/admin/staff")
    axe(page)
    page.get_by_role("button", name="パスキーを使う").click()
    heading(page, "職員のアカウント")
    page.get_by_role("link", name="kanri").click()
    heading(page, "kanriさんのアカウント")
    axe(page)


def test_a_session_elsewhere_is_seen_and_ended_by_the_keyboard(office: Office, open_page: OpenPage) -> None:
    office.hire("kanri", role=Role.ADMINISTRATOR)
    here, elsewhere = open_page(), open_page(width=390, user_agent="Mozilla/5.0 (iPhone) Version/18.1 Safari/604.1")
    for page in (elsewhere, here):
        page.goto(f"{office.url}/staff/login?next=/staff/safety")
        shows_password(page, "kanri")
        heading(page, "ログインの安全設定")
    told = here.get_by_role("region", name="ログイン中の機器")
    expect(told).to_contain_text("ほかに 1 か所")
    for width in (1280, 390, 320):
        here.set_viewport_size({"width": width, "height": 844})
        axe(here)
    told.get_by_role("button", name="iPhone・Safariの画面を閉じる").press("Enter")
    expect(here.locator("body")).to_contain_text("その機器の画面を閉じました。")
    expect(told).to_contain_text("この画面だけです")
    elsewhere.reload()
    heading(elsewhere, "職員のログイン")
    heading(here, "ログインの安全設定")


class Later:
    """A clock on the server's wall that can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


def test_a_page_left_alone_says_so_and_comes_back_to_where_it_was(
    office: Office, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Later()
    for module in (access, session_timeout):
        monkeypatch.setattr(module, "time", wall)
    office.hire()
    page = open_page()
    page.clock.install()
    leg = talking(office, available(office, page))
    hung_up(office, page, leg)
    page.get_by_role("textbox", name="次回").fill("来週の話を聞く")
    expect_saved(page)

    passes(page, wall, minutes=26)
    told = page.locator("idle-watch")
    expect(told).to_contain_text("あと4分ほどで")
    axe(page)
    told.get_by_role("button", name="続ける").click()
    expect(told).to_be_empty()

    passes(page, wall, minutes=31)
    heading(page, "職員のログイン")
    expect(page.locator("body")).to_contain_text("安全のためにログアウトしました")
    shows_password(page, "tanto07")
    expect(page.get_by_role("textbox", name="次回")).to_have_value("来週の話を聞く")


def passes(page: Page, wall: Later, *, minutes: int) -> None:
    """Let time pass for the server and for the page."""
    wall.ahead += minutes * 60
    page.clock.fast_forward(minutes * 60_000)
