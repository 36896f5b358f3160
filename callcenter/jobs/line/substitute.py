"""The worker's substitute: a web process does the rounds of the line while no worker's heartbeat is fresh.

So callers get through with a worker that is dead, hangs or is being replaced. Webhooks wake it and go on at once; what
it does, and what that takes, happens in threads of its own. Several processes may do so at once, as workers may.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask, current_app

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.alarms import AlarmKind
from callcenter.jobs.loop import Routine, attempt
from callcenter.services.delivery import alarms, heartbeats, outbox
from callcenter.services.delivery.heartbeats import WorkerState

if TYPE_CHECKING:
    from callcenter.jobs.line.errand_pool import ErrandPool
    from callcenter.jobs.line.rounds import RunErrands
    from callcenter.jobs.relay import DueErrand

log = logging.getLogger(__name__)

LOOK = 1.0
"""Real seconds between two looks whether the worker is there, and between two rounds while it is not."""
STAYS = 30.0
"""Real seconds for which it goes on looking after it was woken: a waiting caller wakes it again every 20 s at least."""
SWEEP = timedelta(seconds=3)
MISSED_AFTER = timedelta(seconds=30)
"""A worker that is being replaced is back by then; after that supervisors are told."""
LOST_SIGHT = timedelta(minutes=1)
"""Two looks that lie further apart say nothing of the time between them."""


class Substitute:
    """Does the worker's rounds in this process when it is needed; fulfils the port of that name."""

    def __init__(self) -> None:
        self._lock, self._woken = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._pool: ErrandPool | None = None

    def wake(self) -> None:
        """Let the thread look whether a worker is there; it starts with the first one who asks."""
        if self._woken.is_set():
            return
        self._woken.set()
        with self._lock:
            if self._thread is None:
                args = (this_app(),)
                self._thread = threading.Thread(target=self._stand_by, args=args, name="substitute", daemon=True)
                self._thread.start()

    def _stand_by(self, app: Flask) -> None:
        duty = Duty(self._run_errands)
        while True:
            self._woken.wait()
            until = time.monotonic() + STAYS
            while time.monotonic() < until:
                if self._woken.is_set():
                    self._woken.clear()
                    until = time.monotonic() + STAYS
                attempt(app, Routine("standing in for the worker", duty.look))
                if duty.has_more:
                    until = time.monotonic() + STAYS
                time.sleep(LOOK)

    def _run_errands(self, errands: Sequence[DueErrand]) -> None:
        if self._pool is None:
            from callcenter.jobs.line.errand_pool import ErrandPool  # with all that errands need: only where it is used

            self._pool = ErrandPool(this_app())
        self._pool.put(errands)


def this_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001  # Flask's own idiom


class Duty:
    """The rounds as they are done without a worker; *run* runs the errands."""

    def __init__(self, run: RunErrands) -> None:
        self._run = run
        self._swept_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._missed_since: datetime | None = None
        self._on_duty = self.has_more = False

    def look(self) -> None:
        """Do a round if no worker does; afterwards ``has_more`` says whether errands are left for a later one."""
        from callcenter.jobs.line import rounds

        now = context().ports.clock.now()
        with reading() as session:
            worker = heartbeats.state(session, now=now)
            self.has_more = not worker.well and outbox.has_undone(session)
        self._report(worker)
        self._miss(worker, now)
        if worker.well:
            return
        rounds.ring_and_run_errands(self._run)
        if self._swept_at is None or abs(now - self._swept_at) >= SWEEP:
            self._swept_at = now
            rounds.sweep()
            self._tell_supervisors(now)
            rounds.run_slow_errands(self._run)

    def _miss(self, worker: WorkerState, now: datetime) -> None:
        """Note since when the worker is missed, as far as this process has looked."""
        in_sight = self._looked_at is not None and abs(now - self._looked_at) < LOST_SIGHT
        if worker.well:
            self._missed_since = None
        elif self._missed_since is None or not in_sight:
            self._missed_since = now
        self._looked_at = now

    def _tell_supervisors(self, now: datetime) -> None:
        if self._missed_since is not None and now - self._missed_since >= MISSED_AFTER:
            with unit_of_work() as session:
                alarms.raise_alarm(session, AlarmKind.WORKER, now=now)

    def _report(self, worker: WorkerState) -> None:
        if self._on_duty and worker.well:
            log.warning("the worker is back")
        elif not self._on_duty and not worker.well:
            log.error("no worker's heartbeat (%s); this process does its rounds", ", ".join(worker.silent))
        self._on_duty = not worker.well
