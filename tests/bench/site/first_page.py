"""The first public page: how long one view takes within the process, beside a page that stands still.

Both are asked in turn, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.test import Client

from tests.pages import ORIGIN, Site

FIRST, LIGHT, STILL = "/", "/m/", "still"
WARM_UP = 20
ZIPPED = {"Accept-Encoding": "gzip"}


@dataclass
class Views:
    """The seconds of every view of a page, and how many answers were not good ones."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {FIRST: [], LIGHT: [], STILL: []})
    bad: int = 0

    @property
    def ratios(self) -> list[float]:
        """Return how many times as long as a page that stands still each view of the first page took."""
        return [ours / still for ours, still in zip(self.seconds[FIRST], self.seconds[STILL], strict=True)]


def measure(url: str, *, seconds: float) -> Views:
    """View the pages in turn for *seconds*, at least once after the warm-up."""
    site = Site(url)
    try:
        pages = {FIRST: site.app, LIGHT: site.app, STILL: _still(site.get(FIRST).text)}
        views, readers = Views(), {page: Client(app) for page, app in pages.items()}
        for _ in range(WARM_UP):
            _view_all(readers, Views())
        until = time.monotonic() + seconds
        while time.monotonic() < until or not views.seconds[FIRST]:
            _view_all(readers, views)
    finally:
        site.close()
    return views


def _view_all(readers: dict[str, Client], views: Views) -> None:
    for page, reader in readers.items():
        path = FIRST if page == STILL else page
        began = time.perf_counter()
        answer = reader.get(path, base_url=ORIGIN, headers=ZIPPED)
        views.seconds[page].append(time.perf_counter() - began)
        views.bad += answer.status_code != 200


def _still(text: str) -> Flask:
    """Return an application whose only page is always the same *text*."""
    app = Flask("still")
    app.add_url_rule(FIRST, view_func=lambda: text, endpoint="page")
    return app
