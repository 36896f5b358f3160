"""Retention periods: how long each class of record is kept, and from which day it may be destroyed.

Records go from midnight in Japan after the end of their period (``domain.calendar.periods``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.policy import MAIL_YEARS, Periods
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.typed_text import one_line

GRACE = timedelta(days=30)
"""Nothing goes so soon after it was moved in here, however old it is: somebody shall have seen the list first."""

LONGEST_HOLD = timedelta(days=3 * 366)
"""A hold has an end; whoever still needs it then looks at the case again."""


class RecordClass(Code):
    """A class of record with its own retention period."""

    PHONE = "phone", "電話の記録"
    VISIT = "visit", "訪問の記録"
    MAIL = "mail", "メール相談の登録と記録"


class HoldReason(Code):
    """Why a record is kept although its period is over."""

    UNANSWERED = "unanswered", "返事をしていない相談がある"
    DISCLOSURE = "disclosure", "開示・訂正などの請求を受けている"
    SAFETY = "safety", "安全にかかわる対応が続いている"
    LEGAL = "legal", "法令や公文書の取り扱いによる"
    OTHER = "other", "その他"


class HoldTooLong(HelplineError):
    """Raised when a retention hold would last too long."""

    message = "保存の延長は、今日から3年までの日にしてください。続けて必要なときは、あとでもう一度延長できます。"
    field = "until"


class HoldInThePast(HelplineError):
    """Raised when a retention hold would end in the past."""

    message = "いつまで残すかは、今日か、これからの日で選んでください。"
    field = "until"


class SayWhyHeld(HelplineError):
    """Raised when a retention hold has no usable reason."""

    message = "残す理由をひとこと書いてください。"
    field = "note"


@dataclass(frozen=True)
class Kept:
    """What the retention rule asks about a case, or about a record without a case."""

    channels: frozenset[str]
    last_contact_on: date
    """The last contact on any channel, or the day of opening where there was none."""
    closed_on: date | None
    """None while the case is open."""
    here_since: date
    """When it came into this system."""


def goes_on(kept: Kept, periods: Periods) -> tuple[date, RecordClass] | None:
    """Return the day it may be destroyed and by which class, the longest period counts; None while uncertain."""
    day, by = first_day_after(kept.last_contact_on, periods.phone_years), RecordClass.PHONE
    if Channel.MAIL in kept.channels:
        after_mail = first_day_after(kept.last_contact_on, MAIL_YEARS)
        day, by = max((day, by), (after_mail, RecordClass.MAIL), key=lambda one: one[0])
    if Channel.VISIT in kept.channels:
        if kept.closed_on is None:
            return None
        after_visits = first_day_after(max(kept.closed_on, kept.last_contact_on), periods.visit_years)
        day, by = max((day, by), (after_visits, RecordClass.VISIT), key=lambda one: one[0])
    return max(day, kept.here_since + GRACE), by


def newest_due(today: date, periods: Periods) -> date:
    """Return the newest last contact that can be due on *today*, so that nobody looks further than needed."""
    years = min(periods.phone_years, periods.visit_years)
    day = today - timedelta(days=365 * years)
    while first_day_after(day, years) > today:
        day -= timedelta(days=1)
    return day


def check_hold(note: str, until: date, *, today: date) -> str:
    """Return the reason of a retention hold in one line, or raise what is missing."""
    text = one_line(note)
    if not text:
        raise SayWhyHeld
    if until < today:
        raise HoldInThePast
    if until > today + LONGEST_HOLD:
        raise HoldTooLong
    return text[:400]
