"""The telephone's blueprint with every view on it."""

from __future__ import annotations

from ivr import conference, hold, offers, queue, status, voice
from ivr.blueprint import bp

VIEWS = (conference, hold, offers, queue, status, voice)

__all__ = ["VIEWS", "bp"]
