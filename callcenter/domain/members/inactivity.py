"""The two-year rule: a registration without a consultation for two years goes, with everything that was written.

Only sending a consultation counts: a new one, or a further message in one. Signing in, reading, drafts and changes of
the registration do not.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.calendar.times import at_japan, in_japan, local_date
from callcenter.domain.codes import Code
from callcenter.domain.policy import MAIL_YEARS

WARNED_BEFORE = timedelta(days=30)
"""So long before its day the member is told, where the operator wants that."""
MORNING = time(9)
"""Mails that the night's work causes wait for it: a telephone may lie beside the bed."""


class Held(Code):
    """Why a registration stays although its period is over."""

    HOLD = "hold", "保存を延長しています"
    UNANSWERED = "unanswered", "返事をしていない相談がある"
    SAFETY = "safety", "安全にかかわる対応が続いている"


def purge_on(registered_on: date, last_sent_on: date | None) -> date:
    """Return the day from whose first minute in Japan the member is deleted."""
    return first_day_after(max(registered_on, last_sent_on or registered_on), MAIL_YEARS)


def warn_on(due_on: date) -> date:
    """Return the day on which the member is told of the coming deletion."""
    return due_on - WARNED_BEFORE


def warn_again(due_on: date, warned_on: date | None) -> bool:
    """Return whether a member was not told yet of this deletion; once they write, a later one is another."""
    return warned_on is None or warned_on < warn_on(due_on)


def until_morning(now: datetime) -> timedelta:
    """Return how long a mail of the night's work waits."""
    here = in_japan(now)
    return at_japan(local_date(now), MORNING) - now if here.time() < MORNING else timedelta(0)


def newest_due(today: date) -> date:
    """Return the newest base that can be due on *today*, so that nobody looks further than needed."""
    day = today - timedelta(days=365 * MAIL_YEARS)
    while first_day_after(day, MAIL_YEARS) > today:
        day -= timedelta(days=1)
    return day
