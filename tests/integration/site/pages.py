"""The pages of the public site, and how a reader asks for another way of reading."""

from __future__ import annotations

import re

from tests.pages import Site

GUIDES = ("/phone", "/mail", "/visit", "/visit/windows", "/lines", "/privacy", "/accessibility", "/leaflet")
USUAL = ("/", *GUIDES)
LIGHT = ("/m/", *(f"/m{path}" for path in GUIDES))
MISSING = ("/no-such-page", "/m/no-such-page")

KANA = {"kana": "on", "words": "usual"}
EASY = {"kana": "off", "words": "easy"}


def choose(site: Site, **choices: str) -> None:
    """Choose under 読みやすくする, as its form does."""
    assert site.get("/reading", query_string=choices | {"back": "/"}).status_code == 303


def body(page: str) -> str:
    """Return what is read of a page, without its head."""
    return re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL)
