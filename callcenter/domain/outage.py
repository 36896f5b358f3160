"""How long an outage has lasted, and when the operator is told of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

QUIET = timedelta(minutes=1)
"""A trouble that was just told stays quiet for so long; it then tells how often it was met meanwhile."""

GAP = timedelta(minutes=5)
"""Failures that lie further apart are two outages: nobody asked in between, so nobody knows."""


class Outage:
    """How long nothing has worked; any success ends it."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._last: datetime | None = None

    def failed(self, now: datetime) -> None:
        """Note that something could not be done."""
        if self._since is None or self._last is None or now - self._last > GAP:
            self._since = now
        self._last = now

    def worked(self) -> None:
        """Note that something could be done, which ends the outage."""
        if self._since is not None:
            self._since = self._last = None

    def lasted(self, now: datetime) -> timedelta:
        """Return for how long nothing has worked; zero if all is well."""
        return timedelta(0) if self._since is None else now - self._since


class TroubleCounts:
    """Counts trouble by kind, and says when to tell the operator: at once, then once a minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = Counter[str]()
        self._told = dict[str, tuple[datetime, int]]()

    @property
    def counts(self) -> dict[str, int]:
        """Return how often each kind was met since this process started."""
        with self._lock:
            return dict(self._counts)

    def met(self, kind: str, now: datetime) -> int:
        """Count one more; return how many are unreported if it is time to report, else 0."""
        with self._lock:
            self._counts[kind] += 1
            told_at, told = self._told.get(kind, (None, 0))
            if told_at is not None and abs(now - told_at) < QUIET:
                return 0
            self._told[kind] = (now, self._counts[kind])
            return self._counts[kind] - told
