"""Work with a deadline: its outcome, what happens past the deadline, and what hung work may not do."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ivr.deadlines import MOST, within

A_PROCESS_WHOSE_WORK_HANGS = """
import threading
from ivr.deadlines import within
try:
    within(0.05, threading.Event().wait)
except TimeoutError:
    print("told")
"""


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """An event on which work may hang; at the end every helper is free again."""
    event = threading.Event()
    yield event
    event.set()
    for _ in range(200):
        with suppress(TimeoutError):
            return within(5, lambda: None)
        time.sleep(0.01)


def test_what_the_work_returns_is_returned() -> None:
    assert within(5, lambda: "spoken") == "spoken"


def test_what_the_work_raises_is_raised_even_if_it_ends_the_thread() -> None:
    with pytest.raises(SystemExit, match="2"):
        within(5, lambda: sys.exit(2))
    assert within(5, lambda: "spoken") == "spoken"


def test_work_past_its_deadline_is_given_up(hanging: threading.Event) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        within(0.1, hanging.wait)
    assert time.monotonic() - began < 1


def test_a_helper_serves_one_piece_of_work_after_another() -> None:
    within(5, lambda: None)
    threads = threading.active_count()
    for _ in range(100):
        within(5, lambda: None)
    assert threading.active_count() == threads


def test_hung_work_blocks_no_other_work_until_every_helper_hangs(hanging: threading.Event) -> None:
    for _ in range(MOST - 1):
        with pytest.raises(TimeoutError):
            within(0.001, hanging.wait)
    assert within(5, lambda: "spoken") == "spoken"
    with pytest.raises(TimeoutError):
        within(0.001, hanging.wait)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        within(5, lambda: "spoken")
    assert time.monotonic() - began < 1


def test_helpers_whose_work_ended_late_serve_again(hanging: threading.Event) -> None:
    for _ in range(MOST):
        with pytest.raises(TimeoutError):
            within(0.001, hanging.wait)
    hanging.set()
    time.sleep(0.2)
    assert [within(5, lambda: "spoken") for _ in range(MOST)] == ["spoken"] * MOST


def test_a_process_ends_while_its_work_hangs() -> None:
    run = subprocess.run(
        [sys.executable, "-c", A_PROCESS_WHOSE_WORK_HANGS], check=True, capture_output=True, text=True, timeout=30
    )
    assert run.stdout == "told\n"
