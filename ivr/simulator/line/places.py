"""Queues and rooms as REST shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ivr.simulator.line.legs import Hook, Leg, new_sid


@dataclass(eq=False)
class Member:
    """A leg in a queue."""

    leg: Leg
    joined: float
    joined_at: datetime


@dataclass(eq=False)
class Queue:
    """A holding queue; the first member has waited longest."""

    name: str
    max_size: int
    created_at: datetime
    sid: str = field(default_factory=lambda: new_sid("QU"))
    members: list[Member] = field(default_factory=list)

    def average_wait(self, elapsed: float) -> int:
        """Return the mean whole seconds its present members have waited."""
        waits = [elapsed - member.joined for member in self.members]
        return int(sum(waits) / len(waits)) if waits else 0


@dataclass(eq=False)
class Participant:
    """A leg in a room."""

    leg: Leg
    label: str
    starts: bool
    ends: bool
    joined_at: datetime
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    coached_sid: str = ""


@dataclass(eq=False)
class Room:
    """A conference; the first participant's status callback holds for all."""

    name: str
    created_at: datetime
    region: str = "us1"
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"  # init, in-progress, completed
    participants: list[Participant] = field(default_factory=list)
    status_hook: Hook | None = None
    status_events: frozenset[str] = frozenset()
    sequence: int = 0
    updated_at: datetime | None = None
    ended_reason: str = ""
    ended_by: str = ""

    def find(self, key: str) -> Participant | None:
        """Return the participant with that call SID or label."""
        return next((p for p in self.participants if key in {p.leg.sid, p.label}), None)

    def hears(self, listener: Participant, speaker: Participant) -> bool:
        """Return whether *listener* hears what *speaker* says."""
        if self.status != "in-progress" or listener is speaker or listener.hold or speaker.hold or speaker.muted:
            return False
        return not speaker.coaching or listener.leg.sid == speaker.coached_sid
