from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr.simulator.clock import JST, Clock
from tests.line import Line
from tests.simulator.desk import Desk

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=JST)


class Watch:
    """A real clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_the_clock_runs_at_its_pace() -> None:
    watch = Watch()
    clock = Clock(NOON, pace=10, real=watch)
    watch.seconds += 3
    assert clock.now() == NOON + timedelta(seconds=30)


def test_a_stopped_clock_stands_still() -> None:
    watch = Watch()
    clock = Clock(NOON, real=watch)
    watch.seconds += 5
    clock.set_pace(0)
    watch.seconds += 100
    assert clock.now() == NOON + timedelta(seconds=5)


def test_a_jump_leaves_elapsed_time_alone() -> None:
    clock = Clock(NOON, pace=0)
    clock.step(7)
    clock.jump(datetime(2027, 1, 1, 9, 59, 50))  # noqa: DTZ001 - naive moments are Japanese time
    assert clock.elapsed() == 7 and clock.now() == datetime(2027, 1, 1, 9, 59, 50, tzinfo=JST)


def test_a_pace_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="pace"):
        Clock(NOON).set_pace(-1)


def test_other_processes_can_follow_the_clock_file(tmp_path: Path) -> None:
    watch, file = Watch(), tmp_path / "clock.json"
    clock = Clock(NOON, pace=1, file=file, real=watch)
    watch.seconds += 60
    clock.set_pace(10)
    watch.seconds += 6
    told = json.loads(file.read_text())
    shown = datetime.fromisoformat(told["virtual"]) + timedelta(seconds=(watch() - told["real"]) * told["pace"])
    assert shown == clock.now() == NOON + timedelta(minutes=2)
    assert list(tmp_path.iterdir()) == [file]


def test_a_jump_lets_what_is_under_way_take_its_time(desk: Desk, line: Line) -> None:
    line.dial()
    line.advance(5)
    line.at(NOON + timedelta(days=40))
    line.advance(9)
    assert len(desk.to("/wait")) == 1
    line.advance(2)
    assert len(desk.to("/wait")) == 2
