"""The events of a talk room."""

from __future__ import annotations

from enum import StrEnum


class RoomEvent(StrEnum):
    """An event of a room, as the telephone company reports it."""

    JOINED = "joined"
    LEFT = "left"
    PLAYED = "played"
    """An announcement was played to the end."""
    OTHER = "other"
    """It lives; there is no more to it."""
