"""The form of a special day: what differs, why, and how that is put into words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.public_reason import UnspeakableReason, public_reason
from callcenter.domain.calendar.times import clock_words, short_date
from callcenter.services.calendar import special_days
from callcenter.ui.forms import AtMost, ClockField, DayField, Form, RadioChoiceField

CLOCK = "時刻を、15:00 のように入れてください。"


class What(StrEnum):
    """What is different on the day."""

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
    """A day and what is to hold for it; the reason may still be missing."""

    day: date
    what: What
    special: SpecialDay

    @property
    def fields(self) -> dict[str, str]:
        """Return the fields that a form or a link carries on."""
        given = {"day": self.day.isoformat(), "what": self.what.value, "reason": self.special.reason}
        for name, clock in (("from", self.special.open_at), ("to", self.special.close_at)):
            if clock is not None:
                given[name] = clock.strftime("%H:%M")
        return given | ({"disaster": "1"} if self.special.disaster else {})


def describe(day: date, special: SpecialDay) -> str:
    """Return in one line what holds for the day."""
    name = short_date(day)
    if special.kind is SpecialKind.CLOSED:
        return f"{name}は、一日お休み"
    opening, closing = _clocks(special)
    if special.kind is SpecialKind.EXTRA_OPEN:
        return f"{name}の{opening}から{closing}までを、臨時に受付"
    return f"{name}は、" + "、".join(filter(None, (opening and f"{opening}から", closing and f"{closing}まで")))


def planned(special: SpecialDay) -> str:
    """Return a decision as something that can be taken back, such as 「午後3時で終える予定」."""
    opening, closing = _clocks(special)
    if special.kind is SpecialKind.CLOSED:
        return "一日お休みにする予定"
    if special.kind is SpecialKind.EXTRA_OPEN:
        return f"{opening}から{closing}まで臨時に受け付ける予定"
    if opening and closing:
        return f"{opening}から{closing}までにする予定"
    return f"{closing}で終える予定" if closing else f"{opening}から始める予定"


def told(special: SpecialDay) -> str:
    """Return the sentence in which a reason is told, with a gap for it."""
    if special.kind is SpecialKind.CLOSED:
        return "◯◯で、今日の受付をお休みしています"
    opening, closing = _clocks(special)
    hours = "".join(filter(None, (opening and f"{opening}から", closing and f"{closing}まで")))
    return f"◯◯のため、今日の受付は{hours}です"


def _clocks(special: SpecialDay) -> tuple[str | None, str | None]:
    opening, closing = special.open_at, special.close_at
    return clock_words(opening) if opening else None, clock_words(closing) if closing else None


def because(choice: Choice, reason: str) -> Choice:
    """Return the choice with another reason; a disaster only where the day is closed."""
    disaster = reason == DISASTER and choice.what is What.CLOSED
    return replace(choice, special=replace(choice.special, reason=reason, disaster=disaster))


class SpecialDayForm(Form):
    """A special day; a missing reason is asked for on a page of its own."""

    class Meta(Form.Meta):
        """Also read from addresses, without a token; where it is posted, the token was checked before."""

        csrf = False

    day = DayField("日", [InputRequired("日を選んでください。")], invalid_value_message="日を選んでください。")
    what = RadioChoiceField("どのように", LABELS, refusal="どのように変えるかを選んでください。")
    opening = ClockField("始まり", name="from", description="「遅く始める」「臨時に開ける」のとき")
    closing = ClockField("終わり", name="to", description="「早く終わる」「臨時に開ける」のとき")
    reason = StringField(
        "理由",
        [AtMost(200)],
        description="電話とページで、そのままお伝えします。空のままなら、次のページで選べます。",
    )
    disaster = BooleanField()

    def read(self, now: datetime) -> Choice | None:
        """Return the choice; None if something is to be corrected, see ``problems``."""
        if not self.validate(extra_validators={"day": [lambda _form, field: _not_over(field, now)]}):
            return None
        what, clocks = self.what.data, (self.opening.data, self.closing.data)
        disaster = what is What.CLOSED and self.disaster.data
        return Choice(self.day.data, what, SpecialDay(KINDS[what], *clocks, self.reason.data or "", disaster))

    def validate_opening(self, field: Any) -> None:
        _needed(field, self.what.data in {What.SINCE, What.EXTRA})

    def validate_closing(self, field: Any) -> None:
        _needed(field, self.what.data in {What.UNTIL, What.EXTRA})
        if self.what.data is What.EXTRA and self.opening.data and self.opening.data >= field.data:
            raise ValidationError("終わりの時刻は、始まりより後にしてください。")

    def validate_reason(self, field: Any) -> None:
        try:
            field.data = public_reason(field.data) if (field.data or "").strip() else ""
        except UnspeakableReason as odd:
            raise ValidationError(odd.message) from None


def _not_over(field: Any, now: datetime) -> None:
    try:
        if field.data is not None:
            special_days.check_not_over(field.data, now)
    except special_days.DayOver as over:
        raise ValidationError(over.message) from None


def _needed(field: Any, needed: bool) -> None:
    """Check a clock only if the choice needs it."""
    if not needed:
        field.data, field.errors[:] = None, []
        raise StopValidation
    if field.data is None:
        field.errors[:] = []
        raise StopValidation(CLOCK)
    field.data = field.data.replace(second=0)
