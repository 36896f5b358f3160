"""The words of a case."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Closing is soft: a closed case is found again like any other."""

    OPEN = "open"
    CLOSED = "closed"
