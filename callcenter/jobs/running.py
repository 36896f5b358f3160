"""A heavy job while it runs: what it is about, and how it says how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import current_app

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import heavy_jobs
from callcenter.services.delivery.heavy_jobs import LeasedJob

NOTE_EVERY = 1.0
"""Real seconds between two notes of the progress; whoever works may report as often as it likes."""


class Stopped(Exception):
    """This process is to stop; the job is left to the next one."""


class LeaseLost(Exception):
    """The job went to somebody else, as no progress was reported for too long."""


def nothing() -> None:
    """Where nobody needs to hear that the process is alive."""


class Running:
    """Handed to whoever works a heavy job off; *alive* hears of each report."""

    def __init__(self, held: LeasedJob, stop: threading.Event, alive: Callable[[], object] = nothing) -> None:
        self.subject_id = held.subject_id
        self._held, self._stop, self._alive = held, stop, alive
        self._noted = float("-inf")

    def advance(self, done: int, total: int | None = None) -> None:
        """Report that *done* steps of *total* are behind; ends the work if the process stops or the job went away.

        The note has a transaction of its own, whatever transaction the work itself is in.
        """
        if self._stop.is_set():
            raise Stopped
        if time.monotonic() - self._noted < NOTE_EVERY and done != total:
            return
        self._noted = time.monotonic()
        self._alive()
        with current_app.app_context(), unit_of_work() as session:
            mine = heavy_jobs.advance(session, self._held, done, total, now=context().ports.clock.now())
        if not mine:
            raise LeaseLost
