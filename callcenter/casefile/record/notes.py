"""Remarks beside the fields of a record: prefilled values, times of steps, how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.calendar.times import clock_digits, local_date, short_date
from callcenter.domain.records.entering import EnteredWhy
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import prefill

FROM_THE_RECORDS = "記録から"
FOLLOWING = ("relation", "first_or_repeat")
"""They follow from who was chosen, so nobody has to ask them again."""
LAST_YEAR = timedelta(days=300)


@dataclass(frozen=True)
class Notes:
    """The remarks; none of them is a field."""

    taken_over: dict[str, str]
    """By field: 「9/30」, or that it follows from the records."""
    steps_at: dict[str, str]
    """By step of the checklist, when it was ticked."""
    last_risk: str
    """What was last known of the danger, from this person's own records."""
    entered: str
    """That the record was written down afterwards, why and by whom."""
    reviewed: str
    may_review: bool


def read(session: Session, record: Consultation, staff: Staff) -> Notes:
    """Return the remarks on *record* for its form."""
    finished = record.state is ConsultationState.FINISHED
    whose = {Condition.OWN} if record.counsellor_id == staff.id else set()
    return Notes(
        taken_over=taken_over(record),
        steps_at=steps_at(record),
        last_risk=_last_risk(session, record),
        entered=_entered(session, record),
        reviewed=_by(session, record.reviewed_by, record.reviewed_at),
        may_review=finished and may(staff.role, Action.REVIEW, whose),
    )


def taken_over(record: Consultation) -> dict[str, str]:
    """Return for each prefilled field when it was last heard."""
    return {
        name: FROM_THE_RECORDS if name in FOLLOWING else _day_words(date.fromisoformat(day), record.local_date)
        for name, day in record.prefilled.items()
    }


def steps_at(record: Consultation) -> dict[str, str]:
    """Return when each step of the checklist was ticked."""
    steps = [row for row in record.codes if row.list == "risk_steps" and row.noted_at is not None]
    return {row.code: clock_digits(row.noted_at) for row in steps if row.noted_at}


def _day_words(day: date, today: date) -> str:
    if day == today:
        return "さきほど"
    return f"{day.month}/{day.day}" if today - day < LAST_YEAR else f"{day.year}/{day.month}/{day.day}"


def _last_risk(session: Session, record: Consultation) -> str:
    last = prefill.last_known_risk(session, record)
    if last is None:
        return ""
    confirmed = "(ご本人に確認)" if last.confirmed else ""
    return f"前回 {_day_words(last.on, record.local_date)} {last.risk.label}{confirmed}"


def _entered(session: Session, record: Consultation) -> str:
    if record.entered_at is None or record.entered_by is None:
        return ""
    why = EnteredWhy(record.entered_why or EnteredWhy.OTHER).label
    return f"あとから記入({why})・{_by(session, record.entered_by, record.entered_at)}"


def _by(session: Session, staff_id: str | None, at: datetime | None) -> str:
    if staff_id is None or at is None:
        return ""
    return f"{session.get_one(Staff, staff_id).name} {short_date(local_date(at))} {clock_digits(at)}"
