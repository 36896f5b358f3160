"""Special days: closed, shortened or opened additionally; every decision can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from callcenter.domain.calendar import hours
from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.public_reason import public_reason
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.models.base import new_id
from callcenter.models.calendar import SpecialDayRow
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import live, notices
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR, Subject, staff_member


class DayTaken(HelplineError):
    """Raised when the day has a special rule already."""

    message = "その日には、もう臨時の予定があります。先に取り消してから、もう一度お試しください。"


class NoHoursLeft(HelplineError):
    """Raised when a shortened day would never be open."""

    message = "その日のその時刻には、受付がありません。終日のお休みとして登録してください。"


class DayOver(HelplineError):
    """Raised when the day is over."""

    message = "過ぎた日は変えられません。今日か、これからの日を選んでください。"
    field = "day"


class NothingToUndo(HelplineError):
    """Raised when the day has no special rule (any more)."""

    message = "その日の臨時の予定は、もうありません。画面を読みこみ直してください。"


def decide(
    session: Session, day: date, special: SpecialDay, *, now: datetime, by: str | None, instead: bool = False
) -> SpecialDayRow:
    """Make *day* a special day, decided by a member of staff or (None) the operator.

    ``DayOver`` for a day that is over; ``DayTaken`` if it is one already, unless this decision is made *instead* of
    the earlier one; ``UnspeakableReason`` for a closure whose reason callers could not be told.
    """
    check_not_over(day, now)
    if special.reason or special.kind is not SpecialKind.EXTRA_OPEN:
        special = replace(special, reason=public_reason(special.reason))
    if special.kind is SpecialKind.PARTIAL:
        usual = opening_hours.load(session, years=(day.year,))
        if not hours.windows(replace(usual, special_days={day: special}), day):
            raise NoHoursLeft
    if instead and (earlier := lock_in_force(session, day)) is not None:
        _withdraw(session, earlier, now=now, by=by)
        session.flush()  # out of the way before the new one comes
    row = SpecialDayRow(
        id=new_id(),
        day=day,
        kind=special.kind,
        open_at=special.open_at,
        close_at=special.close_at,
        reason=special.reason,
        disaster=special.disaster,
        decided_at=now,
        decided_by=by,
    )
    try:
        with session.begin_nested():  # of two at once the database takes one
            session.add(row)
    except IntegrityError:
        raise DayTaken from None
    _tell(session, row, "special_day.set", now=now, by=by)
    return row


def check_not_over(day: date, now: datetime) -> None:
    """Raise ``DayOver`` for a day before today."""
    if day < local_date(now):
        raise DayOver


def undo(session: Session, day: date, *, now: datetime, by: str | None) -> SpecialDayRow:
    """Make *day* an ordinary day again; ``NothingToUndo`` if it is one, ``DayOver`` for a day that is over."""
    check_not_over(day, now)
    row = lock_in_force(session, day)
    if row is None:
        raise NothingToUndo
    _withdraw(session, row, now=now, by=by)
    return row


@dataclass(frozen=True)
class Decision:
    """A decision with the names of who took it and who withdrew it; None for the operator."""

    row: SpecialDayRow
    decided_by: str | None
    withdrawn_by: str | None


def decisions(session: Session, *, since: date) -> list[Decision]:
    """Return all decisions about days from *since* on, withdrawn ones too, latest day first."""
    decider, undoer = aliased(Staff), aliased(Staff)
    query = (
        select(SpecialDayRow, decider.name, undoer.name)
        .outerjoin(decider, decider.id == SpecialDayRow.decided_by)
        .outerjoin(undoer, undoer.id == SpecialDayRow.withdrawn_by)
        .where(SpecialDayRow.day >= since)
        .order_by(SpecialDayRow.day.desc(), SpecialDayRow.decided_at.desc())
    )
    return [Decision(*found) for found in session.execute(query)]


def lock_in_force(session: Session, day: date) -> SpecialDayRow | None:
    """Return the special day in force for *day*, locked against a second writer."""
    query = select(SpecialDayRow).where(SpecialDayRow.day == day, SpecialDayRow.withdrawn_at.is_(None))
    return session.scalar(query.with_for_update())


def find(session: Session, row_id: str) -> SpecialDayRow | None:
    """Return one decision about a day, also a withdrawn one."""
    return session.get(SpecialDayRow, row_id)


def _withdraw(session: Session, row: SpecialDayRow, *, now: datetime, by: str | None) -> None:
    row.withdrawn_at, row.withdrawn_by = now, by
    _tell(session, row, "special_day.withdraw", now=now, by=by)


def _tell(session: Session, row: SpecialDayRow, action: str, *, now: datetime, by: str | None) -> None:
    """Record it in the trail and notify open screens and colleagues; the line reads the calendar by itself."""
    facts = {"day": row.day.isoformat(), "kind": str(row.kind), "disaster": row.disaster}
    for name, clock in (("open_at", row.open_at), ("close_at", row.close_at)):
        if clock is not None:
            facts[name] = clock.strftime("%H:%M")
    actor = OPERATOR if by is None else staff_member(by)
    audit.record(session, actor=actor, action=action, subject=Subject("special_day", row.id), facts=facts, now=now)
    live.publish(session, live.LINE, now=now)
    notices.notify_decision_makers(session, action, row.id, by=by, now=now)
