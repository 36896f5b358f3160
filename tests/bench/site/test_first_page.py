"""The bench views the pages it says it views, and gets good answers only."""

from __future__ import annotations

from tests.bench.site import first_page


def test_every_page_is_viewed_as_often_and_answers(sqlite_url: str) -> None:
    views = first_page.measure(sqlite_url, seconds=0.0)
    assert views.bad == 0
    assert {page: len(seconds) for page, seconds in views.seconds.items()} == {"/": 1, "/m/": 1, "still": 1}
    assert all(ratio > 0 for ratio in views.ratios)
