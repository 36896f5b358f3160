"""Real processes: the worker is halted or killed and callers get through; a request that hangs delays nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.loopback import HOST
from callcenter.models.calls.calls import Call
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.engines import connect
from ivr.simulator.line.legs import Leg
from tests.bench.load import call_in
from tests.chaos.system import Program, System

PACE = 4.0
WITHIN = 60.0
"""Seconds; nothing is measured, a slow machine may take its time."""


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[System]:
    """Start web and worker as they are started in earnest, with two counsellors at their telephones."""
    call_in(database_url, 2)
    system = System(database_url, folder, PACE)
    with system.running():
        yield system


@pytest.fixture
def system(database_url: str, tmp_path: Path) -> Iterator[System]:
    with running(database_url, tmp_path) as system:
        yield system


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Iterator[System]:
    """For what no database decides."""
    with running(sqlite_url, tmp_path) as system:
        yield system


def until(told: Callable[[], object]) -> bool:
    deadline = time.monotonic() + WITHIN
    while not told() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(told())


def worker_is_well(system: System) -> bool:
    told = requests.get(f"http://{HOST}:{system.web_port}/readyz", timeout=10).json()
    return bool(told["checks"]["worker"]["ok"])


def rung(system: System) -> list[Leg]:
    with system.engine.lock:
        return [leg for leg in system.engine.legs.values() if not leg.inbound]


def answers(system: System, leg: Leg) -> None:
    """Pick up and press 1 once the line asks for it."""
    assert until(lambda: leg.status == "ringing")
    system.engine.answer(leg.sid)
    assert until(lambda: leg.status == "in-progress" and leg.heard)
    system.engine.press(leg.sid, "1")


def calls(system: System) -> list[Call]:
    engine = connect(system.database_url)
    with Session(engine) as session:
        found = list(session.scalars(select(Call).order_by(Call.arrived_at, Call.id)))
    engine.dispose()
    return found


@contextmanager
def between_transactions(system: System) -> Iterator[None]:
    """Let nobody write meanwhile: who is halted with SQLite's lock in hand keeps it until systemd kills them."""
    engine = connect(system.database_url)
    with engine.begin():
        yield
    engine.dispose()


@pytest.mark.parametrize("strike", [Program.halt, Program.kill], ids=["halted", "killed"])
def test_with_a_halted_or_killed_worker_a_call_goes_from_dialling_to_its_end(
    system: System, strike: Callable[[Program], None]
) -> None:
    assert until(lambda: worker_is_well(system))
    with between_transactions(system):
        strike(system.worker)
    phone = system.engine.dial("anonymous")
    assert until(lambda: rung(system))
    assert not worker_is_well(system)
    answers(system, rung(system)[0])
    assert until(lambda: [call.state for call in calls(system)] == [CallState.TALKING])
    system.engine.say(phone.sid, "聞こえますか")
    assert "聞こえますか" in rung(system)[0].heard
    system.engine.hang_up(phone.sid)
    assert until(lambda: [call.outcome for call in calls(system)] == [CallOutcome.COMPLETED])
    assert until(lambda: all(leg.over for leg in rung(system)))


def test_a_worker_that_goes_on_after_it_was_halted_is_well_again(on_sqlite: System) -> None:
    assert until(lambda: worker_is_well(on_sqlite))
    on_sqlite.worker.halt()
    assert until(lambda: not worker_is_well(on_sqlite))
    on_sqlite.worker.go_on()
    assert until(lambda: worker_is_well(on_sqlite))


def test_a_ring_that_twilio_does_not_answer_delays_no_other_caller(on_sqlite: System) -> None:
    assert until(lambda: worker_is_well(on_sqlite))
    on_sqlite.engine.faults.next_rest = ["rest_lost"]
    on_sqlite.engine.dial("anonymous")
    assert until(lambda: not on_sqlite.engine.faults.next_rest)
    on_sqlite.engine.dial("anonymous")
    assert until(lambda: rung(on_sqlite))
    engine = connect(on_sqlite.database_url)
    with Session(engine) as session:
        rings = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "ring").order_by(OutboxMessage.id))
        first = rings.first()
        assert first is not None
        assert (first.done_at, first.lease is not None) == (None, True)  # it still hangs
    engine.dispose()
