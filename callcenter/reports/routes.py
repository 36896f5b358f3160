"""The blueprint with every view on it."""

from __future__ import annotations

from callcenter.reports import alarms, board, flags, listening, numbers, openings, people, quality
from callcenter.reports.blueprint import bp

__all__ = ["alarms", "board", "bp", "flags", "listening", "numbers", "openings", "people", "quality"]
