"""How well a browser's telephone carried the voices: measures and warnings in a compact form, and a verdict in words.

It holds numbers and codes only: no address, no network, no device.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.domain.codes import Code

MOST_WARNINGS = 50
LONGEST = 5 * 3600
"""Seconds; no leg lasts longer."""


class NotQuality(ValueError):
    """Raised for what is no account of a leg's quality."""


class LineWarning(Code):
    """What a browser's telephone warned of during a talk."""

    DELAY = "high-rtt", "声の遅れ"
    POOR = "low-mos", "声の質の低下"
    JITTER = "high-jitter", "声のゆれ"
    LOSS = "high-packet-loss", "声の欠け"
    LOSS_SHARE = "high-packets-lost-fraction", "声の欠けの多さ"
    NOTHING_HEARD = "low-bytes-received", "相手の声が届かない"
    NOTHING_SENT = "low-bytes-sent", "こちらの声が届かない"
    MICROPHONE = "constant-audio-input-level", "マイクに声が入らない"
    BROKEN = "ice-connectivity-lost", "回線の中断"


INTERRUPTIONS = (LineWarning.NOTHING_HEARD, LineWarning.NOTHING_SENT, LineWarning.BROKEN)


class Hearing(Code):
    """How well the two could hear one another."""

    GOOD = "good", "よく聞こえていました"
    UNSTEADY = "unsteady", "ときどき乱れました"
    POOR = "poor", "聞こえにくい時間がありました"


@dataclass(frozen=True)
class Measure:
    """One measure over a talk: its worst value and its median."""

    worst: float
    median: float


MEASURES: Mapping[str, float] = {"mos": 5, "rtt": 60_000, "jitter": 60_000, "loss": 100}
"""The measures and how large each can be: a mean opinion score, milliseconds twice, per cent."""


@dataclass(frozen=True)
class Warned:
    """A warning, in seconds from the beginning of the leg; ``until`` is None while it was not withdrawn."""

    what: LineWarning
    since: int
    until: int | None


@dataclass(frozen=True)
class Quality:
    """The account of one leg."""

    seconds: int
    measures: Mapping[str, Measure]
    warnings: tuple[Warned, ...]

    def as_facts(self) -> dict[str, Any]:
        """Return what is stored."""
        measured = {name: [one.worst, one.median] for name, one in self.measures.items()}
        return measured | {"seconds": self.seconds, "warnings": [[w.what, w.since, w.until] for w in self.warnings]}

    @property
    def hearing(self) -> Hearing:
        """Return the verdict; a microphone that heard nothing may be a counsellor who listened."""
        warned = {one.what for one in self.warnings} - {LineWarning.MICROPHONE}
        mos = self.measures.get("mos")
        if warned & set(INTERRUPTIONS) or (mos is not None and mos.median < 3.5):  # below it, users are dissatisfied
            return Hearing.POOR
        return Hearing.UNSTEADY if warned else Hearing.GOOD

    @property
    def warned_of(self) -> dict[LineWarning, int]:
        """Return how often there was each warning, the most frequent first."""
        return dict(Counter(one.what for one in self.warnings).most_common())


def parse(text: str) -> Quality:
    """Return the account that a page sent as JSON; ``NotQuality`` for anything else."""
    try:
        return read(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise NotQuality from None


def read(facts: Mapping[str, Any]) -> Quality:
    """Return the account from what is stored; ``ValueError``, ``TypeError`` or ``KeyError`` if it is none."""
    return Quality(
        _within(facts["seconds"], LONGEST),
        {name: _measure(facts[name], most) for name, most in MEASURES.items() if facts.get(name) is not None},
        tuple(_warned(*one) for one in facts["warnings"][:MOST_WARNINGS]),
    )


def _measure(pair: Any, most: float) -> Measure:
    worst, median = (float(one) for one in pair)
    if not (0 <= worst <= most and 0 <= median <= most):
        raise ValueError("a measure out of its range")
    return Measure(round(worst, 2), round(median, 2))


def _warned(what: str, since: Any, until: Any) -> Warned:
    return Warned(LineWarning(what), _within(since, LONGEST), None if until is None else _within(until, LONGEST))


def _within(number: Any, most: int) -> int:
    if not 0 <= int(number) <= most:
        raise ValueError("a time out of its range")
    return int(number)
