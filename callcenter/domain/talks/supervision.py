"""The ways in which a supervisor may take part in a talk."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Who hears the supervisor."""

    LISTEN = "listen"
    """Nobody."""
    WHISPER = "whisper"
    """The counsellor alone."""
    BARGE = "barge"
    """Everybody."""
