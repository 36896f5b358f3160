"""The round numbers beside a chart."""

from __future__ import annotations

from itertools import count
from math import ceil

MOST_STEPS = 4


def round_marks(highest: int) -> tuple[int, ...]:
    """Return evenly spaced round numbers from 0 to *highest* or just above it, so few that each can be read."""
    steps = (base * 10**power for power in count() for base in (1, 2, 5))
    step = next(one for one in steps if one * MOST_STEPS >= highest)
    return tuple(step * number for number in range(max(1, ceil(highest / step)) + 1))
