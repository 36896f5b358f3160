"""Retention: what is due for destruction, and destroying it in batches; nothing else destroys by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.periods import first_day_after
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState
from callcenter.domain.keeping import retention as rule
from callcenter.domain.keeping.retention import Kept, RecordClass
from callcenter.domain.policy import Periods
from callcenter.domain.records.record_codes import Channel
from callcenter.models.cases.cases import Case, Person
from callcenter.models.cases.casework import CaseClosing
from callcenter.models.keeping.retention import Purge, RetentionHold
from callcenter.models.members.accounts import Member, MemberJoin
from callcenter.models.records import Consultation
from callcenter.services.cases import shredding
from callcenter.services.cases.shredding import Shredded
from callcenter.services.keeping import holds
from callcenter.services.keeping.ageing import oldest_first
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

AT_ONCE = 50
"""Cases and records that go in one transaction."""


class Kind(StrEnum):
    """Whether a case or an unlinked record is due."""

    CASE = "case"
    RECORD = "consultation"


class Held(StrEnum):
    """Why something is kept although its period is over."""

    HOLD = "hold"
    FOLLOW_UP = "follow_up"
    """A day was agreed on which the case is looked at again."""


@dataclass(frozen=True)
class Due:
    """One case, or one record without a case, whose period is over."""

    kind: Kind
    id: str
    record_class: RecordClass
    last_contact_on: date
    due_on: date
    held: Held | None

    def as_json(self) -> dict[str, str | None]:
        """Return what ``callcenter retention purge --json`` prints: never a name."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "class": self.record_class.value,
            "last_contact_on": self.last_contact_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "held": self.held.value if self.held else None,
        }


def due(session: Session, *, on: date, periods: Periods) -> Iterator[Due]:
    """Yield what is due on a day, held or not: cases first, the longest silence first."""
    yield from _due_cases(session, on, periods)
    yield from _due_records(session, on, periods)


def purge(session: Session, found: Sequence[Due], *, periods: Periods, by: Actor, now: datetime) -> list[Shredded]:
    """Destroy what is still due and not held once it is locked, and record the batch in one entry of the trail."""
    today, gone = local_date(now), list[tuple[RecordClass, Shredded]]()
    for one in found:
        shredded = (_let_case_go if one.kind is Kind.CASE else _let_record_go)(session, one.id, today, periods, by, now)
        if shredded is not None:
            gone.append(shredded)
    if gone:
        _prove(session, gone, by=by, now=now)
    return [shredded for _, shredded in gone]


def months_ahead(session: Session, *, today: date, periods: Periods) -> Counter[tuple[int, int]]:
    """Return how much is due by (year, month) if nobody calls; what is due already counts as today's.

    Cases with visits are left out, as they wait for their closing.
    """
    visited = select(Consultation.case_id).where(Consultation.channel == Channel.VISIT)
    base = func.coalesce(Case.last_contact_on, Case.opened_on)
    cases = select(base, func.count(Case.id)).where(_living_case(), Case.id.not_in(visited.distinct())).group_by(base)
    loose = (
        select(Consultation.local_date, func.count(Consultation.id)).where(_loose()).group_by(Consultation.local_date)
    )
    found = Counter[tuple[int, int]]()
    for query in (cases, loose):
        for day, count in session.execute(query):
            goes = max(today, first_day_after(day, periods.phone_years))
            found[goes.year, goes.month] += count
    return found


def case_due(session: Session, case: Case, periods: Periods) -> tuple[date, RecordClass] | None:
    """Return when this case is due if nobody calls; None while uncertain."""
    return rule.goes_on(_kept(session, case), periods)


def purges(session: Session, *, limit: int) -> Sequence[Purge]:
    """Return what was destroyed, newest first; ids are hashed."""
    return session.scalars(select(Purge).order_by(Purge.at.desc()).limit(limit)).all()


def _due_cases(session: Session, on: date, periods: Periods) -> Iterator[Due]:
    newest = rule.newest_due(on, periods)
    old = or_(Case.last_contact_on <= newest, and_(Case.last_contact_on.is_(None), Case.opened_on <= newest))
    base = func.coalesce(Case.last_contact_on, Case.opened_on)
    for case in oldest_first(session, select(Case).where(_living_case(), old), base, Case.id, at_once=AT_ONCE):
        if (found := _case_due(session, case, on, periods)) is not None:
            yield found


def _due_records(session: Session, on: date, periods: Periods) -> Iterator[Due]:
    old = select(Consultation).where(_loose(), Consultation.local_date <= rule.newest_due(on, periods))
    for record in oldest_first(session, old, Consultation.local_date, Consultation.id, at_once=AT_ONCE):
        if (found := _record_due(session, record, on, periods)) is not None:
            yield found


def _case_due(session: Session, case: Case, on: date, periods: Periods) -> Due | None:
    kept = _kept(session, case)
    found = rule.goes_on(kept, periods)
    if case.purged_at is not None or case.merged_into_id is not None or found is None or found[0] > on:
        return None
    held = _is_held(session, RetentionHold.case_id == case.id, on)
    agreed = case.state is CaseState.OPEN and case.follow_up_on is not None and case.follow_up_on >= on
    why = Held.HOLD if held else Held.FOLLOW_UP if agreed else None
    return Due(Kind.CASE, case.id, found[1], kept.last_contact_on, found[0], why)


def _record_due(session: Session, record: Consultation | None, on: date, periods: Periods) -> Due | None:
    if record is None or record.purged_at is not None or record.case_id is not None or record.thread_id is not None:
        return None
    kept = Kept(frozenset(), record.local_date, None, local_date(record.entered_at or record.opened_at))
    found = rule.goes_on(kept, periods)
    if found is None or found[0] > on:
        return None
    held = _is_held(session, RetentionHold.consultation_id == record.id, on)
    return Due(Kind.RECORD, record.id, found[1], record.local_date, found[0], Held.HOLD if held else None)


def _kept(session: Session, case: Case) -> Kept:
    """Return what the rule asks, from the records themselves: a wrong day on the case must destroy nothing."""
    rows = session.execute(
        select(Consultation.channel, func.max(Consultation.local_date))
        .where(Consultation.case_id == case.id)
        .group_by(Consultation.channel)
    ).all()
    before = session.scalar(select(func.max(Person.contact_before_on)).where(Person.case_id == case.id))
    contacts = (*(day for _, day in rows), before, case.last_contact_on, _last_letter(session, case))
    days = [day for day in contacts if day is not None]
    closed = session.scalar(
        select(func.max(CaseClosing.closed_at)).where(CaseClosing.case_id == case.id, CaseClosing.reopened_at.is_(None))
    )
    return Kept(
        channels=frozenset(channel for channel, _ in rows),
        last_contact_on=max(days, default=case.opened_on),
        closed_on=local_date(closed) if closed is not None and case.state is CaseState.CLOSED else None,
        here_since=local_date(case.created_at),
    )


def _last_letter(session: Session, case: Case) -> date | None:
    """Return when a member who is joined to somebody of the case last wrote; it may wait for its reply, and record."""
    query = select(func.max(Member.last_sent_on)).join(MemberJoin, MemberJoin.member_id == Member.id)
    query = query.join(Person, Person.id == MemberJoin.person_id)
    return session.scalar(query.where(Person.case_id == case.id, MemberJoin.parted_at.is_(None)))


def _is_held(session: Session, subject: ColumnElement[bool], on: date) -> bool:
    return session.scalar(select(RetentionHold.id).where(subject, holds.standing(on)).limit(1)) is not None


def _living_case() -> ColumnElement[bool]:
    return and_(Case.purged_at.is_(None), Case.merged_into_id.is_(None))


def _loose() -> ColumnElement[bool]:
    """Return the condition for records of nobody; a reply by mail goes with its member (``inactivity``)."""
    nobodys = and_(Consultation.case_id.is_(None), Consultation.thread_id.is_(None))
    return and_(nobodys, Consultation.purged_at.is_(None))


def _let_case_go(
    session: Session, case_id: str, today: date, periods: Periods, by: Actor, now: datetime
) -> tuple[RecordClass, Shredded] | None:
    """Destroy the case if, once locked, it is still due and not held."""
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    case = session.scalar(query.execution_options(populate_existing=True))
    found = None if case is None else _case_due(session, case, today, periods)
    if case is None or found is None or found.held is not None:
        return None
    gone = shredding.shred_case(session, case, by=by, now=now, record_class=found.record_class, due_on=found.due_on)
    return found.record_class, gone


def _let_record_go(
    session: Session, record_id: str, today: date, periods: Periods, by: Actor, now: datetime
) -> tuple[RecordClass, Shredded] | None:
    query = select(Consultation).where(Consultation.id == record_id).with_for_update(of=Consultation)
    record = session.scalar(query.execution_options(populate_existing=True))
    found = _record_due(session, record, today, periods)
    if record is None or found is None or found.held is not None:
        return None
    return found.record_class, shredding.shred_record(session, record, by=by, now=now, due_on=found.due_on)


def _prove(session: Session, gone: Sequence[tuple[RecordClass, Shredded]], *, by: Actor, now: datetime) -> None:
    """Record the proof for the auditor: how much of which class was destroyed, and the hashes of the ids."""
    classes = Counter(record_class for record_class, _ in gone)
    facts = {
        **{f"{record_class.value}_class": count for record_class, count in classes.items()},
        "consultations": sum(one.consultations for _, one in gone),
        "people": sum(one.people for _, one in gone),
        "incidents": sum(one.incidents for _, one in gone),
        "hashes": [one.id_hash for _, one in gone],
    }
    audit.record(session, actor=by, action="retention.purge", subject=Subject("retention"), facts=facts, now=now)


def next_months(today: date, count: int = 12) -> list[tuple[int, int]]:
    """Return this month and the ones after it."""
    found, day = [], today.replace(day=1)
    for _ in range(count):
        found.append((day.year, day.month))
        day = (day + timedelta(days=32)).replace(day=1)
    return found
