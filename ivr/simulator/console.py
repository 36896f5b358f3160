"""The settings of Twilio's console, as far as programs can query them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

COUNTRIES = {
    "AU": "Australia",
    "CN": "China",
    "GB": "United Kingdom",
    "JP": "Japan",
    "LV": "Latvia",
    "US": "United States",
}
"""A handful stands for all."""
RISKS = ("low_risk_numbers_enabled", "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled")


KEY_KINDS = ("standard", "main", "restricted")


@dataclass(frozen=True)
class Alert:
    """What Twilio's debugger notes of a failed request."""

    code: str
    at: datetime
    url: str
    text: str = ""
    level: str = "error"


@dataclass
class Console:
    """The console's settings; a fresh line is set up as it should be."""

    active: bool = True
    dialing: dict[str, set[str]] = field(default_factory=lambda: {"JP": {RISKS[0]}})
    """By country, which kinds of numbers may be rung."""
    inherits_dialing: bool = False
    records_by_default: bool = False
    recordings: int = 0
    transcribes: bool = False
    alerts: list[Alert] = field(default_factory=list)
    key_kind: str = KEY_KINDS[0]
    """What the account's API key may do; the restricted one may place calls and see numbers."""
    key_known: bool = True
    refusal: tuple[int, int] = (401, 20003)
    """Status and code for a key that may not see something; Twilio's products differ here, 403 and 70051 occur, too."""
    relay: str = "127.0.0.1:3478"
    """Host and port of the TURN relay that tokens of the Network Traversal Service name; nobody listens by itself."""
    clock_ahead: float = 0.0
    """Seconds by which the clock of REST is ahead of everybody's."""
