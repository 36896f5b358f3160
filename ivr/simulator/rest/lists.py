"""What lists draw on: the truth, nothing, or what was once true; a resource asked for by its SID is the true one."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from ivr.simulator.line.legs import Leg
from ivr.simulator.line.places import Participant, Room
from ivr.simulator.rest.door import engine


def legs() -> list[Leg]:
    """Return the legs that a list shows, oldest first."""
    return _shown()[0]


def rooms() -> list[Room]:
    """Return the rooms that a list shows, oldest first."""
    return _shown()[1]


def participants(room: Room) -> list[Participant]:
    """Return the participants that a list of this room shows."""
    return next((shown.participants for shown in rooms() if shown.sid == room.sid), [])


def _shown() -> tuple[list[Leg], list[Room]]:
    line = engine()
    if line.faults.empty_lists:
        return [], []
    if not line.faults.stale_lists:
        line.listed = None
        return list(line.legs.values()), list(line.rooms.values())
    if line.listed is None:
        line.listed = [copy(leg) for leg in line.legs.values()], [_as_it_is(room) for room in line.rooms.values()]
    return line.listed


def _as_it_is(room: Room) -> Room:
    return replace(room, participants=[copy(participant) for participant in room.participants])
