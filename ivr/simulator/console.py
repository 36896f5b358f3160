"""The settings of Twilio's console, as far as programs can query them."""

from __future__ import annotations

from dataclasses import dataclass, field

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
