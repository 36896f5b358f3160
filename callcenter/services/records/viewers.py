"""Who else has a case or a record open just now, so that two people who are at one see each other.

A page says so again while it is open. Nothing here is audited: the opening itself was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.models.cases.casework import Viewer
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.trail.audit import Subject

HERE = timedelta(seconds=75)
"""Pages say three times a minute that they are still open; a hint may be missed once."""


@dataclass(frozen=True)
class OtherViewer:
    """A colleague who has the same thing open, and the field they write in."""

    name: str
    writing: str | None


def start_viewing(session: Session, subject: Subject, by: Staff, *, now: datetime, writing: str | None = None) -> None:
    """Say that *by* has it open; the others look again if that is news."""
    row = session.get(Viewer, (subject.kind, subject.id, by.id))
    if row is None:
        row = Viewer(subject_kind=subject.kind, subject_id=subject.id, staff_id=by.id, seen_at=now, writing=writing)
        try:
            with session.begin_nested():  # a second tab of the same person may be as quick
                session.add(row)
        except IntegrityError:
            return
        refresh_viewers(session, subject, now=now, but=by.id)
        return
    is_news = row.seen_at <= now - HERE or row.writing != writing
    row.seen_at, row.writing = now, writing
    if is_news:
        refresh_viewers(session, subject, now=now, but=by.id)


def keep_viewing(session: Session, subject: Subject, by: Staff, *, now: datetime) -> None:
    """The page is still open, whatever is done in it."""
    row = session.get(Viewer, (subject.kind, subject.id, by.id))
    start_viewing(session, subject, by, now=now, writing=row.writing if row else None)


def stop_viewing(session: Session, subject: Subject, by: Staff, *, now: datetime) -> None:
    """The page was closed."""
    gone = delete(Viewer).where(*_of(subject), Viewer.staff_id == by.id)
    session.execute(gone.execution_options(synchronize_session=False))
    refresh_viewers(session, subject, now=now, but=by.id)


def other_viewers(session: Session, subject: Subject, by: Staff, *, now: datetime) -> tuple[OtherViewer, ...]:
    """Return who else has it open, by name."""
    query = select(Staff.name, Viewer.writing).join(Viewer, Viewer.staff_id == Staff.id)
    here = query.where(*_of(subject), Viewer.seen_at > now - HERE, Viewer.staff_id != by.id)
    return tuple(OtherViewer(row.name, row.writing) for row in session.execute(here.order_by(Staff.name)))


def refresh_viewers(session: Session, subject: Subject, *, now: datetime, but: str | None = None) -> None:
    """Let everybody who has it open look again: their streams send the event ``beside``."""
    here = select(Viewer.staff_id).where(*_of(subject), Viewer.seen_at > now - HERE)
    for staff_id in session.scalars(here):
        if staff_id != but:
            live.publish(session, live.viewers_topic(staff_id), now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Drop what no page renews any more."""
    old = delete(Viewer).where(Viewer.seen_at < now - timedelta(hours=1))
    session.execute(old.execution_options(synchronize_session=False))


def _of(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (Viewer.subject_kind == subject.kind, Viewer.subject_id == subject.id)
