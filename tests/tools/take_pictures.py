"""Takes the README's pictures: ``python -m tests.tools.take_pictures WEB LINE`` beside a running ``callcenter run``.

WEB and LINE are the two addresses that ``run`` prints; the sign-ins are read from where it keeps them. A person
calls, 担当01 answers and finds the earlier talks, and both screens are kept in ``callcenter/static/pictures``.
Best started with ``--at 2026-11-26T14:07:00`` and fresh data, when the line is open and nothing else is on it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browsers import launch

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "callcenter" / "static" / "pictures"
SIGN_INS = ROOT / "var" / "sign-ins.txt"
PATIENCE = 20_000
"""Milliseconds; a ring comes three seconds after the call."""


def sign_in_of(name: str) -> tuple[str, str]:
    """Return login and password of one of the demo's people."""
    for line in SIGN_INS.read_text(encoding="utf-8").splitlines():
        who, login, password = line.split()
        if who == name:
            return login, password
    raise LookupError(f"{name} is not among the sign-ins in {SIGN_INS}")


def open_page(browser: Browser, *, height: int) -> Page:
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": height})
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def sit_down(page: Page, web: str) -> None:
    """Sign in as 担当01 and take calls."""
    login, password = sign_in_of("担当01")
    page.goto(f"{web}/staff/login")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="ログイン").click()
    page.locator("#callbar").get_by_role("button", name="受け付ける").click()
    expect(page.get_by_text("電話を待っています")).to_be_visible(timeout=PATIENCE)


def call(page: Page, line: str) -> None:
    """Dial from a withheld number and press a key."""
    page.goto(line)
    page.get_by_role("tabpanel").get_by_label("発信する番号").select_option("anonymous")
    page.get_by_role("button", name="電話をかける").click()
    expect(page.get_by_role("tabpanel").get_by_text("本当のお名前は")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("tabpanel").locator('[data-key="1"]').click()


def talk(console: Page, caller: Page) -> None:
    """Answer, speak, and find the caller by the name they give."""
    console.locator("[data-accept]").click()
    expect(console.locator('#callbar[data-mode="talk"]')).to_be_visible(timeout=PATIENCE)
    words = caller.get_by_role("tabpanel").locator('[data-part="words"]')
    expect(words).to_be_visible(timeout=PATIENCE)  # what is said earlier is not heard in the room
    say = console.locator("trial-talk input")
    say.fill("お電話ありがとうございます。ゆっくりで大丈夫です。")
    say.press("Enter")
    expect(caller.get_by_role("tabpanel").get_by_text("ゆっくりで大丈夫です")).to_be_visible(timeout=PATIENCE)
    words.fill("…ミナトです。図書館、また行ってみました。")
    words.press("Enter")
    console.get_by_label("呼び名").press_sequentially("みなと", delay=60)
    console.locator(".candidate").first.click()
    expect(console.locator(".earlier-list")).to_be_visible(timeout=PATIENCE)
    console.locator('[name="story"]').fill("図書館へ、もう一度行ってみた。今度は、入口から少し中へ。")
    expect(console.locator("[data-saved]")).to_contain_text("保存しました", timeout=PATIENCE)


def main(web: str, line: str) -> None:
    """Play the scene and keep both screens."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        console, caller = open_page(browser, height=740), open_page(browser, height=760)
        sit_down(console, web)
        call(caller, line)
        talk(console, caller)
        console.wait_for_timeout(2500)  # the text above is on its way to being saved
        console.mouse.move(0, 0)
        for page, name in ((console, "console.png"), (caller, "simulator.png")):
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=PICTURES / name, animations="disabled")
        browser.close()


if __name__ == "__main__":
    main(*(address.rstrip("/") for address in sys.argv[1:3]))
