"""Real processes: started together, looked after, and never left behind. The programs here are trivial ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.servers import ROOT

SLEEPER = "import time; print('here', flush=True); time.sleep(600)"
PATIENCE = 20.0

Step = dict[str, object]
Steps = Sequence[Step | list[Step]]


class Run:
    """A supervisor in a process of its own, with children of the test's choosing."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        self.folder = folder
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.tools.trial", str(folder), json.dumps(steps)],
                cwd=ROOT,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()

    def pids(self, name: str) -> list[int]:
        path = self.folder / f"{name}.pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)

    def until_up(self) -> None:
        self.until(lambda: "web: " in self.said)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child whose parent was killed stays a zombie where nobody collects the dead.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc/self").exists() else True


class Launch:
    """Starts runs in the test's own folder and kills what a failed test forgot."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runs = folder, list[Run]()

    def __call__(self, *steps: Step | list[Step]) -> Run:
        self.runs.append(Run(self.folder, steps))
        return self.runs[-1]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    starter, former = Launch(tmp_path), signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup
    yield starter
    signal.signal(signal.SIGHUP, former)
    for one in starter.runs:
        one.process.kill()
        one.process.wait()


def program(name: str, code: str = SLEEPER, **more: object) -> Step:
    return {"name": name, "code": code, **more}


def test_the_addresses_are_told_once_everything_is_ready(launch: Launch) -> None:
    run = launch(program("prepare", "print(123)"), [program("one"), program("two")])
    run.until_up()
    assert "123" in run.said
    assert run.pids("one")
    assert run.pids("two")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_wish_to_stop_leaves_no_process_behind(launch: Launch, number: signal.Signals) -> None:
    run = launch([program("one"), program("two")])
    run.until_up()
    assert run.end(number) == 0
    assert not any(alive(pid) for pid in run.pids("one") + run.pids("two"))


def test_a_run_under_nohup_outlives_its_terminal(launch: Launch) -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = launch([program("one")])
    finally:
        signal.signal(signal.SIGHUP, former)
    run.until_up()
    run.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert run.process.poll() is None
    assert run.end() == 0


def test_a_child_that_will_not_stop_is_killed_at_the_second_ctrl_c(launch: Launch) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
    run = launch([program("one", deaf, settles=1.0)])
    run.until_up()
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert run.end() == 0
    assert not any(alive(pid) for pid in run.pids("one"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_killing_the_launcher_hard_leaves_no_process_behind(launch: Launch) -> None:
    run = launch([program("one")])
    run.until_up()
    run.end(signal.SIGKILL)
    run.until(lambda: not any(alive(pid) for pid in run.pids("one")))


def test_a_dead_child_is_started_again_and_that_is_said(launch: Launch) -> None:
    run = launch([program("one", settles=0.3)])
    run.until_up()
    os.kill(run.pids("one")[0], signal.SIGKILL)
    run.until(lambda: len(run.pids("one")) == 2)
    assert "SIGKILL" in run.said
    assert run.end() == 0
    assert not any(alive(pid) for pid in run.pids("one"))


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses(launch: Launch) -> None:
    run = launch([program("one", "import time; time.sleep(0.4)")])
    run.until(lambda: run.said.count("one が止まりました") == 2)
    assert "1秒後" in run.said
    assert "2秒後" in run.said


def test_a_child_that_cannot_start_ends_the_run_with_its_last_words(launch: Launch) -> None:
    run = launch([program("one")], [program("two", "raise SystemExit('no such key')", never_ready=True)])
    assert run.process.wait(PATIENCE) == 1
    assert "two did not start" in run.said
    assert "no such key" in run.said
    assert not any(alive(pid) for pid in run.pids("one"))


def test_a_failing_task_ends_the_run_before_anything_is_served(launch: Launch) -> None:
    run = launch(program("prepare", "raise SystemExit('database is newer')"), [program("one")])
    assert run.process.wait(PATIENCE) == 1
    assert "database is newer" in run.said
    assert run.pids("one") == []


def test_ctrl_c_while_starting_stops_what_has_started(launch: Launch) -> None:
    run = launch([program("one", never_ready=True)])
    run.until(lambda: bool(run.pids("one")))
    assert run.end() == 0
    assert "web: " not in run.said
    assert not any(alive(pid) for pid in run.pids("one"))
