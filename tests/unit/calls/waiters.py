"""A caller who waits and the queue around them, for the tests of the waiting rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from callcenter.domain.calendar.hours import Reason, State
from callcenter.domain.calendar.times import JST
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.calls.waiting import QueueSnapshot, WaitingCaller
from callcenter.domain.policy import Policy

POLICY = Policy()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CAME = datetime(2026, 11, 25, 16, 0, tzinfo=JST)
CLOSE = datetime(2026, 11, 25, 17, 0, tzinfo=JST)
OPEN = State(True, Reason.OPEN, closes_at=CLOSE)
CLOSED = State(False, Reason.AFTER_CLOSING)
CALLER = WaitingCaller(
    state=CallState.WAITING,
    arrived_at=CAME,
    waiting_since=CAME,
    waits=1,
    spoken_position=None,
    apologies=0,
    apology_at=None,
    phrases_heard=frozenset(),
    words_at=None,
    nobody_at=None,
)
QUEUE = QueueSnapshot(now=CAME, hours=OPEN, closing=None, on_duty=2, coming=2, free=0, position=1, waiting=1)


def after(waited: timedelta, *, on_duty: int = 2, rung: bool = False) -> QueueSnapshot:
    """The queue of an open line when a caller has waited for so long."""
    return replace(QUEUE, now=CAME + waited, on_duty=on_duty, coming=on_duty, being_rung=rung)
