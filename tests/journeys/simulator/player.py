"""Somebody in front of the simulator's page."""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browsers import PATIENCE

TELEPHONE = "+819000000012"
"""Counsellor 12's."""


@dataclass
class Player:
    """Somebody in front of the page."""

    page: Page

    @property
    def phone(self) -> Locator:
        """The telephone in sight."""
        return self.page.get_by_role("tabpanel")

    @property
    def captions(self) -> Locator:
        return self.phone.get_by_role("log")

    @property
    def card(self) -> Locator:
        return self.page.get_by_role("group", name="担当12", exact=True)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def dials(self, from_: str = "非通知") -> None:
        self.phone.get_by_label("発信する番号").select_option(from_)
        self.press("電話をかける")

    def opens(self, drawer: str) -> None:
        self.page.get_by_role("heading", name=drawer).click()

    def until(self, script: str) -> None:
        """Wait until *script* is true; asked from outside, as the content policy forbids pages to evaluate text."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(script):
            assert time.monotonic() < deadline, script
            self.page.wait_for_timeout(50)

    def sees_no_sideways_scroll(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.viewport_size
