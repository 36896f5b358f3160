"""The directory of institutions: the shipped entries, changes with their history, and the search.

The public pages and the spoken words take their lines from the shipped table instead, as they must be right with
the database away; ``disagreements`` tells ``callcenter doctor`` where the two say different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.directory.helplines import Helpline
from callcenter.domain.directory.institutions import Entry, InstitutionKind, Wanted, at_hand, is_open, rank, shipped
from callcenter.domain.errors import HelplineError
from callcenter.models.base import new_id
from callcenter.models.directory import Institution, InstitutionVersion
from callcenter.models.staff.accounts import Staff
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

MOST_FOUND = 30
SAID = ("name", "number", "hours", "cost", "for_whom")
"""What callers read or hear of an entry."""


class NoSuchInstitution(HelplineError):
    """Raised when an entry does not exist."""

    message = "その窓口は、一覧にありません。探し直してください。"


class ChangedMeanwhile(HelplineError):
    """Raised when somebody else saved the entry since it was opened."""

    message = (
        "ほかの人が、この窓口を先に直しました。書いたものは、下に残っています。新しい内容と見比べて、お試しください。"
    )


@dataclass(frozen=True)
class PublicLine:
    """One line as the public list shows it; ``open`` by hours that somebody has checked."""

    entry: Entry
    verified_on: date | None
    open: bool


@dataclass(frozen=True)
class Found:
    """One entry that fits a search."""

    institution: Institution
    open: bool | None


def store_shipped(session: Session, lines: Iterable[Helpline], *, now: datetime) -> int:
    """Store the shipped lines and return how many were new or changed; edited entries stay."""
    rows = {row.slug: row for row in session.scalars(select(Institution).where(Institution.slug.is_not(None)))}
    edited = set(
        session.scalars(select(InstitutionVersion.institution_id).where(InstitutionVersion.by_id.is_not(None)))
    )
    changed = 0
    for line in lines:
        row, entry = rows.get(line.id), shipped(line)
        if row is None:
            row = Institution(id=new_id(), slug=line.id, version=0)
            _write(session, row, entry, verified_on=line.verified_on, by=None, now=now)
            changed += 1
        elif row.id not in edited and (Entry.of(row), row.verified_on) != (entry, line.verified_on):
            _write(session, row, entry, verified_on=line.verified_on, by=None, now=now)
            changed += 1
    return changed


def add(session: Session, entry: Entry, *, by: Staff, now: datetime) -> Institution:
    """Add an entry, verified today by who adds it."""
    row = Institution(id=new_id(), version=0)
    _write(session, row, entry, verified_on=local_date(now), by=by, now=now)
    return row


def change(
    session: Session, institution_id: str, seen: int, entry: Entry, *, verified: bool, by: Staff, now: datetime
) -> Institution:
    """Change an entry as it was *seen* at a version; *verified* if number and hours were checked today."""
    row = _locked(session, institution_id)
    if row.version != seen:
        raise ChangedMeanwhile
    day = local_date(now) if verified else row.verified_on
    if (Entry.of(row), row.verified_on) != (entry, day):
        _write(session, row, entry, verified_on=day, by=by, now=now)
    return row


def verify(session: Session, institution_id: str, *, by: Staff, now: datetime) -> Institution:
    """Store that everything in the entry was checked today."""
    row = _locked(session, institution_id)
    if row.verified_on != local_date(now):
        _write(session, row, Entry.of(row), verified_on=local_date(now), by=by, now=now)
    return row


def retire(session: Session, institution_id: str, *, back: bool, by: Staff, now: datetime) -> Institution:
    """Retire an entry, or bring it *back*; referrals keep it."""
    row = _locked(session, institution_id)
    if (row.retired_at is None) != (not back):
        return row
    row.retired_at = None if back else now
    _write(session, row, Entry.of(row), verified_on=row.verified_on, by=by, now=now)
    return row


def search(session: Session, wanted: Wanted, *, now: datetime) -> list[Found]:
    """Return the entries that fit, best first; those that answer now before those that do not."""
    rows = session.scalars(select(Institution).where(Institution.retired_at.is_(None)))
    ranked = [(place, row) for row in rows if (place := rank(Entry.of(row), wanted, now)) is not None]
    ranked.sort(key=lambda one: (one[0], _order(one[1])))
    return [Found(row, is_open(Entry.of(row), now)) for _, row in ranked[:MOST_FOUND]]


def lines_at_hand(session: Session, lines: Iterable[Helpline], *, now: datetime) -> list[tuple[Entry, bool | None]]:
    """Return those of the shipped *lines* that may answer now, and whether they surely do."""
    rows = {row.slug: row for row in session.scalars(select(Institution).where(Institution.slug.is_not(None)))}
    kept = [(line, rows.get(line.id)) for line in lines]
    there = [
        (shipped(line) if row is None else Entry.of(row), line.show_in)
        for line, row in kept
        if row is None or row.retired_at is None
    ]
    return at_hand(there, now)


def public_lines(session: Session, lines: Iterable[Helpline], *, now: datetime) -> list[PublicLine]:
    """Return the shipped *lines* as the directory has them today, those that answer now first."""
    rows = {row.slug: row for row in session.scalars(select(Institution).where(Institution.slug.is_not(None)))}
    kept = [(line, rows.get(line.id)) for line in lines]
    there = [
        (line, shipped(line) if row is None else Entry.of(row), line.verified_on if row is None else row.verified_on)
        for line, row in kept
        if row is None or row.retired_at is None
    ]
    return _public(there, now)


def shipped_lines(lines: Iterable[Helpline], *, now: datetime) -> list[PublicLine]:
    """Return the same without a database, as the lines were shipped."""
    return _public([(line, shipped(line), line.verified_on) for line in lines], now)


def _public(lines: Iterable[tuple[Helpline, Entry, date | None]], now: datetime) -> list[PublicLine]:
    """Leave out lines whose hours nobody has checked, and 119 and 110, which stand on every page.

    Among equals, lines for everybody come first.
    """
    found = [
        (line, PublicLine(entry, verified_on, answers))
        for line, entry, verified_on in lines
        if line.show_in != {"emergency"} and (answers := is_open(entry, now)) is not None
    ]
    found.sort(key=lambda one: (not one[1].open, "closed" not in one[0].show_in))
    return [public for _, public in found]


def everything(session: Session) -> Sequence[Institution]:
    """Return every entry, retired ones too, by kind and name."""
    return sorted(session.scalars(select(Institution)), key=_order)


def entry_with(session: Session, institution_id: str) -> Institution:
    """Return the entry, or ``NoSuchInstitution``."""
    row = session.get(Institution, institution_id)
    if row is None:
        raise NoSuchInstitution
    return row


def history(session: Session, institution_id: str) -> Sequence[InstitutionVersion]:
    """Return the versions of an entry, newest first."""
    query = select(InstitutionVersion).where(InstitutionVersion.institution_id == institution_id)
    return session.scalars(query.order_by(InstitutionVersion.version.desc())).all()


def disagreements(session: Session, lines: Iterable[Helpline]) -> list[str]:
    """Return the shipped ids of which the directory differs from what pages and telephone say."""
    rows = {row.slug: row for row in session.scalars(select(Institution).where(Institution.slug.is_not(None)))}
    found = []
    for line in lines:
        row, entry = rows.get(line.id), shipped(line)
        if row is None or row.retired_at is not None or any(getattr(row, one) != getattr(entry, one) for one in SAID):
            found.append(line.id)
    return found


def _order(row: Institution) -> tuple[int, str, str]:
    return (list(InstitutionKind).index(InstitutionKind(row.kind)), row.kana or row.name, row.id)


def _locked(session: Session, institution_id: str) -> Institution:
    row = session.get(Institution, institution_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchInstitution
    return row


def _write(
    session: Session, row: Institution, entry: Entry, *, verified_on: date | None, by: Staff | None, now: datetime
) -> None:
    for name, value in entry.as_json().items():
        setattr(row, name, InstitutionKind(value) if name == "kind" else value)
    row.verified_on, row.changed_at, row.version = verified_on, now, row.version + 1
    session.add(row)
    session.flush()
    kept: dict[str, Any] = entry.as_json() | {
        "verified_on": verified_on.isoformat() if verified_on else None,
        "retired": row.retired_at is not None,
    }
    session.add(
        InstitutionVersion(institution_id=row.id, version=row.version, at=now, by_id=by.id if by else None, entry=kept)
    )
    if by is not None:
        subject, facts = Subject("institution", row.id), {"version": row.version, "retired": row.retired_at is not None}
        audit.record(
            session, actor=staff_member(by.id), action="institution.change", subject=subject, facts=facts, now=now
        )
