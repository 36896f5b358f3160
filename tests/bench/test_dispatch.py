"""The bench times decisions that are made, and finds two who hold the same counsellor."""

from __future__ import annotations

from pathlib import Path

from tests.bench import dispatch, places


def test_every_timed_decision_rings_somebody(sqlite_url: str) -> None:
    took = dispatch.measure(sqlite_url, seconds=0.0)
    assert len(took.one_free) == 100
    assert took.all_free > 0


def test_dispatchers_at_once_hold_nobody_twice(tmp_path: Path) -> None:
    with places.sqlite(tmp_path) as url:
        met = dispatch.race(url, 40, 2, seed=1)
    assert met.decisions >= 40
    assert met.doubles == 0


def test_of_two_who_are_rung_at_once_never_both_get_the_caller(tmp_path: Path) -> None:
    with places.sqlite(tmp_path) as url:
        met = dispatch.race_of_two(url, 60, 2, seed=1)
    assert met.decisions >= 60
    assert met.claims > 0
    assert met.doubles == 0


def test_two_who_hold_the_same_counsellor_for_a_moment_are_found() -> None:
    assert dispatch.overlaps([("a", 1, 5), ("b", 2, 9), ("a", 5, 8)]) == 0
    assert dispatch.overlaps([("a", 1, 5), ("b", 2, 9), ("a", 4, 8)]) == 1
