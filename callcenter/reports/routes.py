"""The supervisors' views, gathered so that importing their blueprint brings them all."""

from __future__ import annotations

from callcenter.reports import board, flags, listening, numbers, openings, people
from callcenter.reports.blueprint import bp

__all__ = ["board", "bp", "flags", "listening", "numbers", "openings", "people"]
