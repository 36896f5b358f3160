"""The figures of a telephone service, as the field counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from callcenter.domain.calls.lifecycle import CallOutcome, CallState

IN_TIME = timedelta(seconds=30)
"""A caller who speaks with somebody within this time was answered in time."""

TARGET = 80
"""Per cent of callers who should be answered in time; below it the board says so."""

LONG_WAIT = timedelta(minutes=3)
VERY_LONG_WAIT = timedelta(minutes=10)

GAVE_UP = frozenset({CallOutcome.ABANDONED_GREETING, CallOutcome.ABANDONED_QUEUE})
NOT_RECEIVED = frozenset({CallOutcome.CLOSED_BEFORE, CallOutcome.BLOCKED})
"""These callers were never in the queue, so no figure of answering counts them."""


class Arrived(Protocol):
    """What is counted of a call."""

    @property
    def state(self) -> CallState: ...

    @property
    def outcome(self) -> CallOutcome | None: ...

    @property
    def arrived_at(self) -> datetime: ...

    @property
    def talked_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Answering:
    """How callers fared over some time."""

    received: int = 0
    """Callers who came while the line was open."""
    answered: int = 0
    """Callers who spoke with somebody."""
    in_time: int = 0
    gave_up: int = 0
    """Callers who hung up before anybody answered (途中切断)."""
    sent_away: int = 0
    """Callers whose waiting the line itself ended."""
    seconds_to_answer: float = 0.0
    """Of all answered callers together, from dialling to the first word."""

    @property
    def settled(self) -> int:
        """Callers of whom it is known whether they were answered."""
        return self.answered + self.gave_up + self.sent_away

    @property
    def service_level(self) -> int | None:
        """Per cent of the settled callers who were answered in time; None before there are any."""
        return round(100 * self.in_time / self.settled) if self.settled else None

    @property
    def average_speed(self) -> timedelta | None:
        """How long an answered caller waited on average; None before there are any."""
        return timedelta(seconds=self.seconds_to_answer / self.answered) if self.answered else None


def answering(calls: Iterable[Arrived]) -> Answering:
    """Count *calls*; whoever still waits, or is being connected, is received but not settled."""
    received = answered = in_time = gave_up = sent_away = 0
    seconds = 0.0
    for call in calls:
        if call.outcome in NOT_RECEIVED:
            continue
        received += 1
        if call.talked_at is not None:
            waited = max(timedelta(0), call.talked_at - call.arrived_at)
            answered, seconds = answered + 1, seconds + waited.total_seconds()
            in_time += waited <= IN_TIME
        elif call.state is CallState.ENDED:
            gave_up += call.outcome in GAVE_UP
            sent_away += call.outcome not in GAVE_UP
    return Answering(received, answered, in_time, gave_up, sent_away, seconds)
