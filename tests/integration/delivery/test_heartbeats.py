"""The worker's heartbeats: stored while its lanes do their work, and silent when one of them hangs or fails."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callcenter.adapters import systemd
from callcenter.jobs import worker
from callcenter.jobs.line import pulse as pulses
from callcenter.jobs.line.pulse import BREATH, HANGS_AFTER, Pulse, main_routine
from callcenter.jobs.loop import Routine, keep_running
from callcenter.services.delivery import heartbeats
from callcenter.services.delivery.heartbeats import ERRANDS, LINE, WorkerState
from tests.desk import Desk
from tests.integration.consoles import opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def state(desk: Desk) -> WorkerState:
    with desk.work() as session:
        return heartbeats.state(session, now=desk.clock.now())


def until(told: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not told() and time.monotonic() < deadline:
        time.sleep(0.02)
    return told()


def pulse_of(desk: Desk, *, errands_move: bool = True) -> Pulse:
    return Pulse(desk.app, lambda _within: errands_move)


def look_once(pulse: Pulse, *, well: bool = True) -> None:
    """Let the line's lane take a turn."""
    look = Routine("looking", lambda: None, 0.25)
    pulse.of(LINE, (look, Routine("sweeping", lambda: None, 3)))(look, well)


def store(desk: Desk, pulse: Pulse) -> None:
    with desk.app.app_context():
        pulse.store_if_due()


def test_a_worker_that_looks_and_whose_errands_move_is_well(desk: Desk) -> None:
    pulse = pulse_of(desk)
    look_once(pulse)
    store(desk, pulse)
    assert state(desk).well
    desk.line.advance(heartbeats.FRESH_FOR.total_seconds() + 1)
    assert state(desk).silent == (LINE, ERRANDS)
    assert state(desk).last_heard_at is not None


def test_a_look_that_fails_every_time_is_no_heartbeat(desk: Desk) -> None:
    pulse = pulse_of(desk)
    look_once(pulse, well=False)
    store(desk, pulse)
    assert state(desk).silent == (LINE,)


def test_another_routine_of_the_lane_does_not_speak_for_the_look() -> None:
    lanes = worker.lanes(threading.Event())
    main = main_routine(lanes[LINE])
    assert main is not None
    assert (main.name, main.every) == ("looking who waits", worker.LOOK)
    assert main_routine(lanes[worker.BELL]) is None


def test_errands_that_all_hang_are_no_heartbeat(desk: Desk) -> None:
    pulse = pulse_of(desk, errands_move=False)
    look_once(pulse)
    store(desk, pulse)
    assert state(desk).silent == (ERRANDS,)


def test_heartbeats_are_stored_every_few_seconds_and_not_at_every_look(desk: Desk) -> None:
    pulse = pulse_of(desk)
    look_once(pulse)
    store(desk, pulse)
    first = state(desk).looked_at[LINE]
    desk.line.advance(1)
    look_once(pulse)
    store(desk, pulse)
    assert state(desk).looked_at[LINE] == first
    desk.line.advance(2)
    look_once(pulse)
    store(desk, pulse)
    assert state(desk).looked_at[LINE] > first


def test_of_two_workers_one_is_enough(desk: Desk) -> None:
    one, two = pulse_of(desk), pulse_of(desk)
    look_once(one)
    store(desk, one)
    desk.line.advance(60)
    look_once(two)
    store(desk, two)
    assert state(desk).well


def test_a_worker_that_ends_in_order_is_missed_at_once(desk: Desk) -> None:
    pulse, stop = pulse_of(desk), threading.Event()
    look_once(pulse)
    beating = threading.Thread(target=pulse.beat_until, args=(stop,))
    beating.start()
    assert until(lambda: state(desk).well)
    stop.set()
    beating.join(10)
    assert state(desk).looked_at == {}


def test_heartbeats_of_a_worker_that_was_killed_are_forgotten_after_a_day(desk: Desk) -> None:
    pulse = pulse_of(desk)
    look_once(pulse)
    store(desk, pulse)
    desk.forgets_after(days=2)
    assert state(desk).looked_at == {}


def test_a_lane_that_hangs_leaves_the_others_beating(desk: Desk) -> None:
    pulse, stop, hanging = pulse_of(desk), threading.Event(), threading.Event()
    lanes = {LINE: (Routine("looking", lambda: hanging.wait(20), 0.05),), "night": (Routine("x", lambda: None, 0.05),)}
    threads = [
        threading.Thread(target=keep_running, args=(desk.app, routines, stop, None, pulse.of(name, routines)))
        for name, routines in lanes.items()
    ]
    for thread in threads:
        thread.start()

    def stored() -> bool:
        desk.line.advance(heartbeats.EVERY.total_seconds())
        store(desk, pulse)
        return "night" in state(desk).looked_at

    assert until(stored)
    assert state(desk).silent == (LINE,)
    stop.set()
    hanging.set()
    for thread in threads:
        thread.join(10)


# ------------------------------------------------------------------ systemd


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What systemd hears from a service of its."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(10)
    monkeypatch.setenv(systemd.ADDRESS, str(tmp_path / "notify"))
    yield listening
    listening.close()


def test_systemd_hears_that_the_worker_is_ready_alive_and_stopping(desk: Desk, told: socket.socket) -> None:
    pulse, stop = pulse_of(desk), threading.Event()
    look_once(pulse, well=False)  # it turns, though the database is away
    beating = threading.Thread(target=pulse.beat_until, args=(stop,))
    beating.start()
    assert [told.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    stop.set()
    beating.join(10)
    told.settimeout(0.1)
    heard = list[bytes]()
    while not heard or heard[-1] != b"STOPPING=1":
        heard.append(told.recv(64))


def test_systemd_hears_nothing_of_a_worker_whose_line_hangs(
    desk: Desk, told: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse, stop = pulse_of(desk), threading.Event()
    assert pulse.hangs()  # it has not begun
    look_once(pulse)
    assert not pulse.hangs()
    monkeypatch.setattr(pulses, "HANGS_AFTER", -1.0)
    beating = threading.Thread(target=pulse.beat_until, args=(stop,))
    beating.start()
    told.settimeout(BREATH * 3)
    with pytest.raises(TimeoutError):
        told.recv(64)
    stop.set()
    beating.join(10)
    assert HANGS_AFTER < 30  # systemd's patience, as the unit says


def test_a_worker_whose_errands_all_stand_still_hangs(desk: Desk) -> None:
    pulse = pulse_of(desk, errands_move=False)
    look_once(pulse)
    assert pulse.hangs()


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(systemd.ADDRESS, raising=False)
    systemd.notify(systemd.READY)
    monkeypatch.setenv(systemd.ADDRESS, str(tmp_path / "nobody listens"))
    systemd.notify(systemd.READY)


def test_an_abstract_socket_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"callcenter-test-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        monkeypatch.setenv(systemd.ADDRESS, f"@{name}")
        systemd.notify(systemd.ALIVE)
        assert listening.recv(64) == b"WATCHDOG=1"
