"""A special day as a form asks for it: read from what was sent, or the kind sentences about what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.public_reason import UnspeakableReason, public_reason
from callcenter.domain.calendar.times import clock_words, local_date, short_date
from callcenter.ui.forms import Problem


class What(StrEnum):
    """What shall be different on the day."""

    CLOSED = "closed"
    UNTIL = "until"
    SINCE = "since"
    EXTRA = "extra"


LABELS: dict[What, str] = {
    What.CLOSED: "一日お休み",
    What.UNTIL: "早く終わる(◯時まで)",
    What.SINCE: "遅く始める(◯時から)",
    What.EXTRA: "臨時に開ける",
}

REASONS = ("台風の影響", "大雪の影響", "停電", "設備の点検", "職員の研修")
"""The usual ones, one tap each."""
DISASTER = "災害の影響"

KINDS = {
    What.CLOSED: SpecialKind.CLOSED,
    What.UNTIL: SpecialKind.PARTIAL,
    What.SINCE: SpecialKind.PARTIAL,
    What.EXTRA: SpecialKind.EXTRA_OPEN,
}


@dataclass(frozen=True)
class Choice:
    """A day and what shall hold for it; the reason may still be missing."""

    day: date
    what: What
    special: SpecialDay

    @property
    def fields(self) -> dict[str, str]:
        """What a form or a link carries on."""
        given = {"day": self.day.isoformat(), "what": self.what.value, "reason": self.special.reason}
        for name, clock in (("from", self.special.open_at), ("to", self.special.close_at)):
            if clock is not None:
                given[name] = clock.strftime("%H:%M")
        return given | ({"disaster": "1"} if self.special.disaster else {})


def read(sent: Mapping[str, str], *, now: datetime) -> tuple[Choice | None, list[Problem]]:
    """Return the choice, or what to mend; a reason that is missing is asked for on a page of its own."""
    problems = list[Problem]()
    day = _day(sent.get("day", ""), local_date(now), problems)
    what = What(sent["what"]) if sent.get("what") in set(What) else None
    if what is None:
        problems.append(Problem("what", "どのように変えるかを選んでください。"))
    opening = _clock(sent, "from", problems, needed=what in {What.SINCE, What.EXTRA})
    closing = _clock(sent, "to", problems, needed=what in {What.UNTIL, What.EXTRA})
    if what is What.EXTRA and opening is not None and closing is not None and opening >= closing:
        problems.append(Problem("to", "終わりの時刻は、始まりより後にしてください。"))
    reason = _reason(sent.get("reason", ""), problems)
    if problems or day is None or what is None:
        return None, problems
    disaster = what is What.CLOSED and sent.get("disaster") == "1"
    return Choice(day, what, SpecialDay(KINDS[what], opening, closing, reason, disaster)), []


def describe(day: date, special: SpecialDay) -> str:
    """Say in one line what holds for the day."""
    name = short_date(day)
    if special.kind is SpecialKind.CLOSED:
        return f"{name}は、一日お休み"
    opening = clock_words(special.open_at) if special.open_at else None
    closing = clock_words(special.close_at) if special.close_at else None
    if special.kind is SpecialKind.EXTRA_OPEN:
        return f"{name}の{opening}から{closing}までを、臨時に受付"
    return f"{name}は、" + "、".join(filter(None, (opening and f"{opening}から", closing and f"{closing}まで")))


def because(choice: Choice, reason: str) -> Choice:
    """Return the choice with another reason; a disaster is one where the day is closed."""
    disaster = reason == DISASTER and choice.what is What.CLOSED
    return replace(choice, special=replace(choice.special, reason=reason, disaster=disaster))


def _day(text: str, today: date, problems: list[Problem]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append(Problem("day", "日を選んでください。"))
        return None
    if day < today:
        problems.append(Problem("day", "過ぎた日は変えられません。今日か、これからの日を選んでください。"))
        return None
    return day


def _clock(sent: Mapping[str, str], name: str, problems: list[Problem], *, needed: bool) -> time | None:
    if not needed:
        return None
    try:
        return time.fromisoformat(sent.get(name, "")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        problems.append(Problem(name, "時刻を、15:00 のように入れてください。"))
        return None


def _reason(typed: str, problems: list[Problem]) -> str:
    if not typed.strip():
        return ""
    try:
        return public_reason(typed)
    except UnspeakableReason as odd:
        problems.append(Problem("reason", odd.message))
        return ""
