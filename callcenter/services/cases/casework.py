"""Working on a case: its texts field by field, its owner, and its follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.hours import business_day_after
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import Risk
from callcenter.models.cases.cases import Case
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.cases import case_access
from callcenter.services.records import viewers
from callcenter.services.records.record_fields import NoSuchField, TextTooLong
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

TEXTS = ("summary", "follow_up_note")
LONGEST_TEXT = 4000
FURTHEST_DAYS = 366
"""A follow-up lies within a year, so that nobody puts a case off for good by a slip."""


class TooFarAhead(HelplineError):
    """Raised when a follow-up lies too far ahead."""

    message = "次に確認する日は、今日から1年のあいだで選んでください。"


class InThePast(HelplineError):
    """Raised when a follow-up lies in the past."""

    message = "過ぎた日は選べません。今日か、これからの日を選んでください。"


class CaseIsClosed(HelplineError):
    """Raised when something needs an open case."""

    message = "このケースは終わっています。先に、もう一度開いてください。"


@dataclass(frozen=True)
class Saved:
    """The result of a save; ``conflicts`` holds, by field, a colleague's newer text that was kept."""

    version: int
    saved_at: datetime
    conflicts: dict[str, Any] = field(default_factory=dict)


def save(
    session: Session, case_id: str, seen: Mapping[str, int], texts: Mapping[str, Any], *, by: Staff, now: datetime
) -> Saved:
    """Save texts, each with the version at which it was *seen*; what a colleague wrote since then is kept."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    changed, conflicts = {}, {}
    for name, text in texts.items():
        wanted, stored = _text(name, text), getattr(case, name) or ""
        if wanted == stored:
            continue
        if case.field_versions.get(name, 0) > min(seen.get(name, 0), case.version):
            conflicts[name] = stored
        else:
            changed[name] = wanted
    if changed:
        case.version += 1
        # A new dictionary, as a change inside a JSON value would go unnoticed.
        case.field_versions = case.field_versions | dict.fromkeys(changed, case.version)
        for name, wanted in changed.items():
            setattr(case, name, wanted or None)
        record_act(
            session, case, "case.save", by=by, now=now, facts={"fields": sorted(changed), "version": case.version}
        )
    if conflicts:  # stored texts leave with them
        facts = {"fields": sorted(conflicts)}
        subject = Subject("case", case.id)
        audit.record(session, actor=staff_member(by.id), action="case.read", subject=subject, facts=facts, now=now)
    return Saved(case.version, now, conflicts)


def take_on(session: Session, case_id: str, *, by: Staff, now: datetime) -> Case:
    """Take on a case that has no owner; ``TakenAlready`` if somebody was quicker."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    if case.owner_id == by.id:
        return case
    if case.owner_id is not None:
        raise TakenAlready
    case.owner_id = by.id
    record_act(session, case, "case.take_on", by=by, now=now)
    return case


class TakenAlready(HelplineError):
    """Raised when the case has an owner; it changes hands by a hand-over."""

    message = "このケースには、もう担当がいます。代わるときは、いまの担当から引きついでもらってください。"


def set_follow_up(session: Session, case_id: str, day: date | None, *, by: Staff, now: datetime) -> date | None:
    """Set the follow-up to *day*, or to the next open day if the line is closed then; None removes it."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    if case.state is CaseState.CLOSED and day is not None:
        raise CaseIsClosed
    today = local_date(now)
    if day is not None:
        if day < today:
            raise InThePast
        if (day - today).days > FURTHEST_DAYS:
            raise TooFarAhead
        known = opening_hours.load(session, years=(day.year, day.year + 1))
        day = business_day_after(known, day - timedelta(days=1), 1)  # the day itself, if the line is open then
    if day != case.follow_up_on:
        case.follow_up_on = day
        facts = {"on": day.isoformat() if day else None}
        record_act(session, case, "case.follow_up", by=by, now=now, facts=facts)
    return day


def follow_up_after_danger(session: Session, record: Consultation, *, by: Staff, now: datetime) -> None:
    """Set a follow-up for the next open day if a life was in danger when the contact ended.

    A day that was agreed before then stays. A record that is nobody's yet has no case to look at, and a case that
    was ended since then stays ended.
    """
    if record.risk != Risk.IN_PROGRESS or record.case_id is None:
        return
    query = select(Case).where(Case.id == record.case_id).with_for_update(of=Case, key_share=True)
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    day = open_day_after(session, 1, now=now)
    if case.state is CaseState.CLOSED:
        return
    if case.follow_up_on is None or not local_date(now) <= case.follow_up_on <= day:
        case.follow_up_on = day
        record_act(session, case, "case.follow_up", by=by, now=now, facts={"on": day.isoformat()})


def open_day_after(session: Session, count: int, *, now: datetime) -> date:
    """Return the day that is *count* open days from today."""
    today = local_date(now)
    return business_day_after(opening_hours.load(session, years=(today.year, today.year + 1)), today, count)


def record_act(
    session: Session, case: Case, action: str, *, by: Staff, now: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Record an act on a case in the trail, and let open screens reload."""
    subject = Subject("case", case.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
    viewers.refresh_viewers(session, subject, now=now)


def _text(name: str, text: Any) -> str:
    if name not in TEXTS or not isinstance(text, str):
        raise NoSuchField
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(f"この欄に書けるのは{LONGEST_TEXT:,}文字までです。短くしてください。")
    return text.replace("\r\n", "\n").strip("\n")
