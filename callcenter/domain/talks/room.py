"""What happens in a talk room."""

from __future__ import annotations

from enum import StrEnum


class RoomEvent(StrEnum):
    """What the telephone company tells of a room."""

    JOINED = "joined"
    LEFT = "left"
    OTHER = "other"
    """It lives; there is no more to it."""
