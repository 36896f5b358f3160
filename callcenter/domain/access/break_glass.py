"""Break-glass openings: what a reason must be, how long an opening lasts, by when it is reviewed."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from enum import StrEnum

from callcenter.domain.calendar.hours import Calendar, business_day_after
from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import one_line

LASTS = timedelta(minutes=30)
"""An opening ends by itself; a longer need is a new reason."""

REVIEW_WITHIN = 5
"""Business days, not counting the day of the opening."""

SHORTEST, LONGEST = 5, 500
"""Characters of a reason; the shortest keeps out 「。」 and 「あ」, no more."""


class AccessKind(StrEnum):
    """What was opened with a reason: records, or a caller's number."""

    BREAK_GLASS = "break_glass"
    NUMBER = "number"


class ReviewVerdict(Code):
    """A supervisor's verdict on an opening with a reason."""

    IN_ORDER = "in_order", "必要な閲覧だった"
    TALK = "talk", "本人と話し合う"
    NOT_IN_ORDER = "not_in_order", "必要のない閲覧だった"


class ReasonMissing(HelplineError):
    """Raised when no reason, or next to none, was written."""

    message = "開く理由をひとこと書いてください。あとで統括が読みます。"
    field = "reason"


class ReasonTooLong(HelplineError):
    """Raised when a reason is longer than ``LONGEST``."""

    message = f"理由は{LONGEST}文字までにしてください。"
    field = "reason"


def tidy_reason(text: str) -> str:
    """Return the reason as it is stored; ``ReasonMissing`` or ``ReasonTooLong``."""
    reason = one_line(text)
    letters = [character for character in reason if unicodedata.category(character)[0] in "LN"]
    if len(letters) < SHORTEST:
        raise ReasonMissing
    if len(reason) > LONGEST:
        raise ReasonTooLong
    return reason


def review_due(calendar: Calendar, opened_on: date) -> date:
    """Return the last day for reviewing what was opened on *opened_on*."""
    return business_day_after(calendar, opened_on, REVIEW_WITHIN)
