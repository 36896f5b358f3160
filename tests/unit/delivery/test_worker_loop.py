"""The worker's loop: each routine in its own time, none of them stopped by another, and an end that is prompt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from callcenter.jobs import loop, worker
from callcenter.jobs.loop import Routine, keep_running


@pytest.fixture
def app() -> Flask:
    return Flask("loop")


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def after(count: int, runs: list[str], stop: threading.Event, name: str) -> Callable[[], None]:
    """Return a routine's act that notes its *name* and ends the loop at its run number *count*."""

    def run() -> None:
        assert current_app.name == "loop"
        runs.append(name)
        if runs.count(name) == count:
            stop.set()

    return run


def test_each_routine_comes_in_its_own_time(app: Flask, stop: threading.Event) -> None:
    runs = list[str]()
    often = Routine("often", after(5, runs, stop, "often"), 0.01)
    seldom = Routine("seldom", after(9, runs, stop, "seldom"), 600)
    keep_running(app, (often, seldom), stop)
    assert (runs.count("often"), runs.count("seldom")) == (5, 1)


def test_a_routine_that_fails_stops_no_other_and_is_tried_again(
    app: Flask, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REST", 0.01)
    runs = list[str]()

    def fails() -> None:
        runs.append("fails")
        raise KeyError

    keep_running(app, (Routine("fails", fails, 0.01), Routine("goes on", after(5, runs, stop, "on"), 0.01)), stop)
    assert runs.count("on") == 5
    assert runs.count("fails") >= 2


@pytest.mark.parametrize("error", [ValueError("ミナトさん"), OperationalError("ミナトさん", None, Exception("x"))])
def test_a_failure_is_told_by_the_routines_name_and_never_by_what_was_said(
    app: Flask, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails() -> None:
        raise error

    assert not loop.attempt(app, Routine("keeping the file", fails, 1))
    assert "keeping the file" in caplog.text
    assert type(error).__name__ in caplog.text
    assert "ミナト" not in caplog.text


def test_what_is_wanted_once_is_tried_until_it_succeeds(
    app: Flask, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REST", 0.01)
    tries, runs = list[int](), list[str]()

    def at_the_second() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise KeyError

    keep_running(
        app,
        (Routine("once", at_the_second, 0.01, once=True), Routine("other", after(20, runs, stop, "other"), 0.01)),
        stop,
    )
    assert len(tries) == 2


def test_a_ring_is_answered_at_once_and_only_then(app: Flask, stop: threading.Event) -> None:
    bell, runs = threading.Event(), list[str]()
    answering = Routine("answering", after(9, runs, stop, "rung"))
    thread = threading.Thread(target=keep_running, args=(app, (answering,), stop, bell))
    thread.start()
    time.sleep(0.05)
    assert runs == []
    bell.set()
    deadline = time.monotonic() + 5
    while not runs and time.monotonic() < deadline:
        time.sleep(0.005)
    assert runs == ["rung"]
    stop.set()
    bell.set()
    thread.join(5)
    assert not thread.is_alive()
    assert runs == ["rung"]


def test_the_end_does_not_wait_for_the_next_time(app: Flask, stop: threading.Event) -> None:
    runs = list[str]()
    thread = threading.Thread(
        target=keep_running, args=(app, (Routine("seldom", after(9, runs, stop, "seldom"), 600),), stop)
    )
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_every_routine_of_the_worker_has_a_name_of_its_own(stop: threading.Event) -> None:
    names = [routine.name for routines in worker.lanes(stop).values() for routine in routines]
    assert len(set(names)) == len(names)
