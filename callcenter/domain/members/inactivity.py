"""The two-year rule: a registration without a consultation for two years goes, with everything that was written.

Only sending a consultation counts: a new one, or a further message in one. Signing in, reading, drafts and changes of
the registration do not.
"""

from __future__ import annotations

from datetime import date, timedelta

from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.codes import Code

YEARS = 2
WARNED_BEFORE = timedelta(days=30)
"""So long before its day the member is told, where the operator wants that."""


class Held(Code):
    """Why a registration stays although its period is over."""

    HOLD = "hold", "保存を延長しています"
    UNANSWERED = "unanswered", "返事をしていない相談がある"
    SAFETY = "safety", "安全にかかわる対応が続いている"


def purge_on(registered_on: date, last_sent_on: date | None) -> date:
    """Return the day from whose first minute in Japan the member is deleted."""
    return first_day_after(max(registered_on, last_sent_on or registered_on), YEARS)


def warn_on(due_on: date) -> date:
    """Return the day on which the member is told of the coming deletion."""
    return due_on - WARNED_BEFORE


def newest_due(today: date) -> date:
    """Return the newest base that can be due on *today*, so that nobody looks further than needed."""
    day = today - timedelta(days=365 * YEARS)
    while first_day_after(day, YEARS) > today:
        day -= timedelta(days=1)
    return day
