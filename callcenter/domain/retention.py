"""How long each class of record is kept, and from when it may go.

The period begins on the day after the last contact and ends with the day before the same day of a later year
(民法140条・143条); records go from midnight in Japan after that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.codes import Code
from callcenter.domain.consultations import Channel


class RecordClass(Code):
    """A kind of record with a period of its own."""

    PHONE = "phone", "電話の記録"
    VISIT = "visit", "訪問の記録"


class HoldReason(Code):
    """Why a record may not go although its period is over."""

    UNANSWERED = "unanswered", "返事をしていない相談がある"
    DISCLOSURE = "disclosure", "開示・訂正などの請求を受けている"
    SAFETY = "safety", "安全にかかわる対応が続いている"
    LEGAL = "legal", "法令や公文書の取り扱いによる"
    OTHER = "other", "そのほか"


@dataclass(frozen=True)
class Periods:
    """The operator's choice, in whole years."""

    phone_years: int = 2
    """After the last contact."""
    visit_years: int = 5
    """After the case was closed; while it is open, it stays."""


@dataclass(frozen=True)
class Kept:
    """What the rule asks about a case, or about a record that belongs to none."""

    channels: frozenset[Channel]
    last_contact_on: date
    """The last contact on any channel, or the day of opening where there was none."""
    closed_on: date | None
    """None while the case is open."""


def due_on(base: date, years: int) -> date:
    """Return the first day on which what was last touched on *base* may go; 1 March where the day is missing."""
    start = base + timedelta(days=1)
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def goes_on(kept: Kept, periods: Periods) -> tuple[date, RecordClass] | None:
    """Return when a case goes and by which class; the longest period counts. None while no day is certain."""
    found = [(due_on(kept.last_contact_on, periods.phone_years), RecordClass.PHONE)]
    if Channel.VISIT in kept.channels:
        if kept.closed_on is None:
            return None
        found.append((due_on(max(kept.closed_on, kept.last_contact_on), periods.visit_years), RecordClass.VISIT))
    return max(found, key=lambda one: one[0])


def earliest_base(today: date, periods: Periods) -> date:
    """Return the newest day of last contact that could be due on *today*, to look no further than needed."""
    years = min(periods.phone_years, periods.visit_years)
    base = today - timedelta(days=365 * years)
    while due_on(base, years) > today:
        base -= timedelta(days=1)
    return base


def visits_left(used: int, most: int = 5) -> int:
    """Return how many of the visits (R41) are left; never less than none."""
    return max(0, most - used)


def classes_of(channels: Collection[Channel]) -> tuple[RecordClass, ...]:
    """Return the classes that a case with these channels belongs to."""
    return (RecordClass.PHONE, RecordClass.VISIT) if Channel.VISIT in channels else (RecordClass.PHONE,)
