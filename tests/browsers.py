"""A real Chromium for the journeys, and the accessibility check that every page must pass."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, ViewportSize, sync_playwright

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FLAGS = (
    "--no-sandbox",  # Chromium has no sandbox to offer to root, as whom build servers run
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # nothing leaves this machine
)
PATIENCE = 10_000
"""Milliseconds that Playwright waits for what a page should show, on a busy machine."""

OpenPage = Callable[..., Page]


def chromium_of_the_machine() -> str | None:
    """Return the path of an installed Chromium; ``CHROMIUM`` names one outright."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next((path for path in (shutil.which(name) for name in names if name) if path), None)


def launch(playwright: Playwright) -> Browser:
    """Start the machine's Chromium, or else the one that Playwright downloaded."""
    return playwright.chromium.launch(executable_path=chromium_of_the_machine(), args=[*FLAGS])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


class _Watch:
    """Gathers what went wrong in a page's scripts, content policy and requests for files."""

    def __init__(self) -> None:
        self.wrong = list[str]()

    def over(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        page.on("request", lambda request: self._see(page, request))
        return page

    def _see(self, page: Page, request: Request) -> None:
        if re.search(r"/(undefined|null|NaN)\b", request.url):
            self.wrong.append(f"{page.url}: a script asked for {request.url}")

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        # A refused form (4xx) is an ordinary answer; the journey itself says which answers it expects.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            self.wrong.append(f"{page.url}: {message.text}")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Return ``open_page(width=1280, height=800, **context)``: a page for one more person, with cookies of its own.

    At the end no page may have had a script error or a breach of the content policy.
    """
    watch, contexts = _Watch(), []

    def open_one(width: int = 1280, height: int = 800, **options: Any) -> Page:
        size = ViewportSize(width=width, height=height)
        context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=size, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return watch.over(context.new_page())

    yield open_one
    for context in contexts:
        context.close()
    assert watch.wrong == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One person's page, 1280 × 800."""
    return open_page()


KEYS_OF_TWO = """() => {
  const shown = [...document.querySelectorAll("[aria-keyshortcuts]")].filter((one) => one.checkVisibility());
  const keys = shown.map((one) => one.getAttribute("aria-keyshortcuts"));
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))];
}"""


LEAN = {"resultTypes": ["violations"], "selectors": False, "elementRef": False, "preload": {"assets": ["media"]}}
"""Half of axe's work is to name every element that it looked at; only those with a fault need a name."""

RUN = """async (how) => (await axe.run(document, how)).violations"""


def axe(page: Page) -> None:
    """Hold the page as it stands now against WCAG 2.2 AA and axe's best practices; a key is one control's alone.

    After a click that leads to another page, first expect what that page shows: axe cannot tell which one is meant.
    """
    page.wait_for_load_state()  # what an ``expect`` saw may stand in half a document still
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # not a script tag: the content policy forbids those
    found = page.evaluate(RUN, LEAN) and page.evaluate(RUN, LEAN | {"selectors": True})
    lines = [f"{one['id']}: {one['help']} at {node['target']}" for one in found for node in one["nodes"]]
    lines += [f"the key {key} names two controls" for key in page.evaluate(KEYS_OF_TWO)]
    assert not lines, f"{page.url} at {page.viewport_size}:\n" + "\n".join(lines)
