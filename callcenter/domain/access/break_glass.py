"""Opening what one may not, with a reason: how long it lasts, and who looks at it afterwards until when."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from enum import StrEnum

from callcenter.domain.calendar.hours import Calendar, business_day_after
from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError

LASTS = timedelta(minutes=30)
"""An opening ends by itself; a longer need is a new reason."""

REVIEW_WITHIN = 5
"""Business days, not counting the day of the opening."""

SHORTEST, LONGEST = 5, 500
"""Characters of a reason; the shortest keeps out 「。」 and 「あ」, no more."""


class AccessKind(StrEnum):
    """What was opened with a reason."""

    BREAK_GLASS = "break_glass"
    NUMBER = "number"


class ReviewVerdict(Code):
    """What a supervisor says of an opening afterwards."""

    IN_ORDER = "in_order", "必要な閲覧だった"
    TALK = "talk", "本人と話し合う"
    NOT_IN_ORDER = "not_in_order", "必要のない閲覧だった"


class ReasonMissing(HelplineError):
    """Nothing, or next to nothing, was written."""

    message = "ひらく理由を、ひとことで結構ですので、書いてください。あとで統括が読みます。"
    field = "reason"


class ReasonTooLong(HelplineError):
    """More than a reason needs."""

    message = f"理由は{LONGEST}文字までにしてください。"
    field = "reason"


def tidy_reason(text: str) -> str:
    """Return the reason as it is kept; ``ReasonMissing`` or ``ReasonTooLong``."""
    reason = " ".join(text.split())
    letters = [character for character in reason if unicodedata.category(character)[0] in "LN"]
    if len(letters) < SHORTEST:
        raise ReasonMissing
    if len(reason) > LONGEST:
        raise ReasonTooLong
    return reason


def review_due(calendar: Calendar, opened_on: date) -> date:
    """Return the last day for the review of what was opened on *opened_on*."""
    return business_day_after(calendar, opened_on, REVIEW_WITHIN)
