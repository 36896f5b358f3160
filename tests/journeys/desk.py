"""What journeys at the counsellors' desk share: taking a call, and reading what was kept."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from callcenter.models.records import Consultation
from ivr.simulator.line.legs import Leg
from tests.journeys.office import Office, until

STORY = "近くの図書館まで行けた。"
SLOW = 20_000
"""Milliseconds for what a telephone needs its time for."""


def callbar(page: Page) -> Locator:
    return page.locator("#callbar")


def available(office: Office, page: Page, login: str = "tanto07") -> Page:
    """Sign in and take calls."""
    office.sign_in(page, login)
    page.keyboard.press("Alt+u")
    expect(callbar(page)).to_contain_text("電話を待っています")
    return page


def rung(office: Office, page: Page) -> Leg:
    """Let a caller dial and this desk ring."""
    leg = office.dial()
    expect(page.get_by_role("button", name="受ける")).to_be_visible(timeout=SLOW)
    return leg


def talking(office: Office, page: Page) -> Leg:
    """Let a caller dial and the counsellor answer."""
    leg = rung(office, page)
    page.keyboard.press("Alt+a")
    expect(page.get_by_label("呼び名")).to_be_focused(timeout=SLOW)
    expect(callbar(page)).to_contain_text("通話中", timeout=SLOW)
    return leg


def hung_up(office: Office, page: Page, leg: Leg) -> None:
    """Let the caller put the receiver down."""
    office.line.hang_up(leg.sid)
    expect(callbar(page)).to_contain_text("記録の時間", timeout=SLOW)


def expect_saved(page: Page) -> None:
    """Wait as long as the page may rest between two tries to save."""
    said = re.compile(r"^\s*\d\d:\d\d:\d\d に保存しました\s*$")
    expect(page.locator("[data-saved]")).to_have_text(said, timeout=SLOW)


def texts(office: Office, name: str = "story") -> list[str | None]:
    """Read a field of every record, oldest first."""
    with office.transaction() as session:
        return [getattr(record, name) for record in session.scalars(select(Consultation).order_by(Consultation.id))]


def kept(office: Office, page: Page, text: str) -> None:
    """Wait until the database holds the text."""
    until(page, lambda: text in texts(office))
