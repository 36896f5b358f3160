"""Runs errands a few at a time, those about one leg in their order.

A request that the telephone company does not answer holds up the errands of its own leg only: neither the choice of
whom to ring nor what is done for other callers waits for it. Leases let several processes do this at once.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from queue import SimpleQueue

from flask import Flask

from callcenter.jobs import relay
from callcenter.jobs.loop import Routine, attempt
from callcenter.jobs.relay import DueErrand

THREADS = 8
"""Errands that may wait for the telephone company at once."""


class ErrandPool:
    """A few threads that run errands; they start with the first one."""

    def __init__(self, app: Flask, threads: int = THREADS) -> None:
        self._app, self._threads = app, threads
        self._changed = threading.Condition()
        self._ready = SimpleQueue[str]()
        """The legs whose next errand no thread has taken yet."""
        self._by_leg = dict[str, deque[int]]()
        self._known = set[int]()
        self._busy, self._finished_at = 0, time.monotonic()
        self._started = self._stopped = False

    def put(self, errands: Sequence[DueErrand]) -> None:
        """Take these on, each after those of its leg; one that is here already is not taken twice."""
        with self._changed:
            for errand in errands:
                if errand.message_id in self._known:
                    continue
                self._known.add(errand.message_id)
                if errand.leg in self._by_leg:
                    self._by_leg[errand.leg].append(errand.message_id)
                else:
                    self._by_leg[errand.leg] = deque([errand.message_id])
                    self._ready.put(errand.leg)
            self._start()

    def moves(self, within: float) -> bool:
        """Return whether a thread is free, or one has finished an errand in so many seconds."""
        with self._changed:
            return self._busy < self._threads or time.monotonic() - self._finished_at < within

    def stop(self, within: float) -> None:
        """Begin no further errand and wait so many seconds for those under way; whoever is next does the others."""
        with self._changed:
            self._stopped = True
            self._changed.wait_for(lambda: self._busy == 0, timeout=within)

    def _start(self) -> None:
        if self._started or not self._known:
            return
        self._started = True
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"errands-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            leg = self._ready.get()
            with self._changed:
                if self._stopped:
                    return
                self._busy += 1
                message_id = self._by_leg[leg][0]
            try:
                attempt(self._app, Routine("running an errand", partial(relay.deliver, message_id)))
            finally:
                self._finished(leg, message_id)

    def _finished(self, leg: str, message_id: int) -> None:
        with self._changed:
            self._busy -= 1
            self._finished_at = time.monotonic()
            self._known.discard(message_id)
            waiting = self._by_leg[leg]
            waiting.popleft()
            if waiting:
                self._ready.put(leg)
            else:
                del self._by_leg[leg]
            self._changed.notify_all()
