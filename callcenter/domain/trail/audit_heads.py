"""The head of the audit chain as one line, kept in a mail, a file or on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

LINE = re.compile(r"callcenter-audit-head 1 (\d{4}-\d{2}-\d{2}) (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class Head:
    """The end of the chain at some moment; kept outside, it proves that nothing was cut off later."""

    seq: int
    hash: str


def head_line(day: date, head: Head) -> str:
    """Return the head of *day* in Japan as one line; the keyed hash reveals nothing it covers."""
    return f"callcenter-audit-head 1 {day.isoformat()} {head.seq} {head.hash}"


def read_heads(text: str) -> list[Head]:
    """Return every head found in *text*, such as a whole mail or a file of many days."""
    return [Head(int(seq), hashed) for _, seq, hashed in LINE.findall(text)]
