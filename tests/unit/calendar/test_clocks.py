"""Which clock a process goes by."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callcenter.adapters.clock import FileClock, WallClock, announce, announced, clock, withdraw


def publish(path: Path, virtual: str, *, pace: float = 0.0) -> None:
    path.write_text(json.dumps({"real": datetime.now(UTC).timestamp(), "virtual": virtual, "pace": pace}))


def test_without_a_trial_the_wall_tells_the_time() -> None:
    assert isinstance(clock(None), WallClock)
    assert abs(clock(None).now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_trial_tells_its_own_time_and_a_jump_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    publish(path, "2026-11-26T14:05:00+09:00")
    going = FileClock(path)
    assert going.now() == datetime(2026, 11, 26, 5, 5, tzinfo=UTC)
    publish(path, "2026-12-29T12:00:00.500+09:00")
    assert going.now() == datetime(2026, 12, 29, 3, 0, 0, 500_000, tzinfo=UTC)


def test_a_fast_clock_runs_fast(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    path.write_text(json.dumps({"real": 0.0, "virtual": "2026-11-26T00:00:00+00:00", "pace": 60}))
    assert FileClock(path).now() > datetime.now(UTC) + timedelta(days=365)


def test_a_command_beside_a_running_trial_finds_its_clock(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    publish(path, "2026-11-26T14:05:00+09:00")
    assert announced(tmp_path) is None
    announce(tmp_path, path)
    assert announced(tmp_path) == path
    withdraw(tmp_path)
    assert announced(tmp_path) is None


def test_a_trial_that_was_killed_leaves_no_clock_behind(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    publish(path, "2026-11-26T14:05:00+09:00")
    announce(tmp_path, path)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    note = tmp_path / "run" / "trial.json"
    note.write_text(json.dumps({"pid": gone.pid, "clock": str(path)}))
    assert announced(tmp_path) is None
