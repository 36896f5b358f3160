"""The worker's pulse: stores when each lane last did its work, and tells systemd that the process does not hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Flask

from callcenter.adapters import systemd
from callcenter.context import context, unit_of_work
from callcenter.jobs.loop import Routine, attempt
from callcenter.services.delivery import heartbeats
from callcenter.services.delivery.heartbeats import ERRANDS, LINE
from callcenter.services.keeping import process_keys

BREATH = 0.5
"""Real seconds between two looks at the lanes; how often heartbeats are stored goes by the clock of the service."""
ERRANDS_MOVE_WITHIN = 15.0
"""Real seconds in which an errand comes to its end even if the telephone company does not answer."""
HANGS_AFTER = 20.0
"""Real seconds without a turn of the line's lane after which systemd is told nothing any more, and restarts us."""
ERRANDS_HANG_AFTER = 60.0
"""The same where every errand hangs: longer than several requests in a row that the telephone company lets wait."""


def main_routine(routines: Sequence[Routine]) -> Routine | None:
    """Return the routine whose success shows that a lane works: the most frequent; None if only a bell starts it."""
    recurring = [routine for routine in routines if routine.every is not None and not routine.once]
    return min(recurring, key=lambda routine: routine.every or 0.0, default=None)


class Pulse:
    """What the lanes of this process tell of themselves."""

    def __init__(self, app: Flask, errands_move: Callable[[float], bool]) -> None:
        self._app, self._errands_move = app, errands_move
        self._process = process_keys.name_of_this("worker")
        self._lock = threading.Lock()
        self._looked_at = dict[str, datetime]()
        self._turned = dict[str, float]()
        self._stored_at: datetime | None = None
        self._ready = False

    def of(self, lane: str, routines: Sequence[Routine]) -> Callable[[Routine, bool], None]:
        """Return what a lane calls after each run of a routine, with whether it succeeded."""
        main = main_routine(routines)

        def turned(routine: Routine, well: bool) -> None:
            with self._lock:
                self._turned[lane] = time.monotonic()
                if well and routine is main:
                    self._looked_at[lane] = self._now()

        return turned

    def beat_until(self, stop: threading.Event) -> None:
        """Store heartbeats until *stop*, then take them back, so that others do at once what this process did."""
        storing = Routine("storing the worker's heartbeats", self.store_if_due)
        while not stop.wait(BREATH):
            self._tell_systemd()
            attempt(self._app, storing)
        systemd.notify(systemd.STOPPING)
        attempt(self._app, Routine("taking the worker's heartbeats back", self._take_back))

    def store_if_due(self) -> None:
        """Store the heartbeats if the last ones are old, or the clock was changed."""
        now = self._now()
        if self._stored_at is not None and abs(now - self._stored_at) < heartbeats.EVERY:
            return
        with self._lock:
            if self._errands_move(ERRANDS_MOVE_WITHIN):
                self._looked_at[ERRANDS] = now
            looked_at = dict(self._looked_at)
        with unit_of_work() as session:
            heartbeats.record(session, self._process, looked_at)
        self._stored_at = now

    def hangs(self) -> bool:
        """Return whether the line or all errands stand still; they move also while the database is away."""
        with self._lock:
            stands = time.monotonic() - self._turned.get(LINE, float("-inf")) > HANGS_AFTER
        return stands or not self._errands_move(ERRANDS_HANG_AFTER)

    def _tell_systemd(self) -> None:
        if self.hangs():
            return
        if not self._ready:
            self._ready = True
            systemd.notify(systemd.READY)
        systemd.notify(systemd.ALIVE)

    def _take_back(self) -> None:
        with unit_of_work() as session:
            heartbeats.forget_process(session, self._process)

    def _now(self) -> datetime:
        with self._app.app_context():
            return context().ports.clock.now()
