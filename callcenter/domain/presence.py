"""What a counsellor is doing, and who may be rung."""

from __future__ import annotations

from enum import StrEnum


class Work(StrEnum):
    OFFLINE = "offline"
    AVAILABLE = "available"
    OFFERED = "offered"
    CONNECTING = "connecting"
    ON_CALL = "on_call"
    WRAP_UP = "wrapup"
    AWAY = "away"


BOUND = (Work.OFFERED, Work.CONNECTING, Work.ON_CALL)
"""The line itself moves these on; a person cannot choose or leave them by a button."""


class AwayReason(StrEnum):
    BREAK = "break"
    CARE = "care"
    MEETING = "meeting"
    VISIT = "visit"
    MAIL = "mail"
    MISSED = "missed"
    """Set by the line after two rings in a row went unanswered."""
    UNREACHABLE = "unreachable"
    """Set by the line when a device answered busy at once: a frozen tab or an unplugged telephone."""
