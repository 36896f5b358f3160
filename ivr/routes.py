"""The blueprint with every view on it."""

from __future__ import annotations

from ivr.blueprint import bp
from ivr.views import check, conference, hold, offers, queue, status, voice

VIEWS = (check, conference, hold, offers, queue, status, voice)

__all__ = ["VIEWS", "bp"]
