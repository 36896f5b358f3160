"""The list of cases: owners, follow-ups due, risks; no text is opened for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import CaseState
from callcenter.domain.places import Prefecture, municipalities
from callcenter.domain.records.record_codes import Channel, Risk
from callcenter.models.cases.cases import Case, Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line, reach

AT_ONCE = 50
KNOWN_RISK = tuple(risk.value for risk in Risk if risk is not Risk.UNKNOWN)


class Since(StrEnum):
    """How long ago the last contact was."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    LONGER = "longer"
    """More than 90 days."""
    NEVER = "never"


@dataclass(frozen=True)
class Filters:
    """The filters of the list: codes only, so that an address never holds a name or a text."""

    state: CaseState | None = CaseState.OPEN
    mine: bool = False
    unowned: bool = False
    due: bool = False
    prefecture: Prefecture | None = None
    municipality: str | None = None
    since: Since | None = None
    risk: Risk | None = None
    channel: Channel | None = None


@dataclass(frozen=True)
class CaseRow:
    """One case in the list."""

    case: Case
    names: tuple[str, ...]
    """The subject first."""
    owner: str | None
    risk: Risk | None
    """The last one heard, whoever said it."""
    risk_on: date | None
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class CasePage:
    """One page of the list."""

    rows: tuple[CaseRow, ...]
    more: bool
    due: int
    """Cases of mine whose day has come, whatever is shown."""
    waits: frozenset[str] = frozenset()
    """The cases of who is on the line: they are left out until the record is written."""


def list_cases(session: Session, filters: Filters, *, by: Staff, now: datetime, page: int = 1) -> CasePage:
    """Return a page of the cases that *by* may open: follow-ups due first, then the newest contacts."""
    today = local_date(now)
    query = select(Case).where(
        Case.purged_at.is_(None),
        Case.merged_into_id.is_(None),
        reach.cases_allowed(by, now=now),
        *_conditions(filters, by, today),
    )
    # Whom else the family has, and when they called, waits meanwhile.
    waits = {one.case_id for one in on_the_line.speakers(session, by).values() if not one.opened}
    query = query.where(Case.id.not_in(waits)) if waits else query
    query = _ordered(query, filters).options(selectinload(Case.people).selectinload(Person.nicknames))
    cases = session.scalars(query.offset((max(1, page) - 1) * AT_ONCE).limit(AT_ONCE + 1)).all()
    return CasePage(
        _rows(session, cases[:AT_ONCE]), len(cases) > AT_ONCE, count_due(session, by, today=today), frozenset(waits)
    )


def count_due(session: Session, by: Staff, *, today: date) -> int:
    """Return how many of this counsellor's cases have a follow-up due today."""
    mine = Filters(mine=True, due=True)
    query = select(func.count(Case.id)).where(Case.purged_at.is_(None), *_conditions(mine, by, today))
    return session.scalar(query) or 0


def _conditions(filters: Filters, by: Staff, today: date) -> list[ColumnElement[bool]]:
    return [*_of_the_case(filters, by, today), *_of_its_contacts(filters, today)]


def _of_the_case(filters: Filters, by: Staff, today: date) -> Iterator[ColumnElement[bool]]:
    if filters.state is not None:
        yield Case.state == filters.state
    if filters.mine:
        yield Case.owner_id == by.id
    if filters.unowned:
        yield Case.owner_id.is_(None)
    if filters.due:
        yield and_(Case.follow_up_on <= today, Case.state == CaseState.OPEN)
    if filters.prefecture is not None:
        yield Case.prefecture == filters.prefecture
    if filters.municipality in municipalities():
        yield Case.municipality == filters.municipality


def _of_its_contacts(filters: Filters, today: date) -> Iterator[ColumnElement[bool]]:
    if filters.since is not None:
        yield _since(filters.since, today)
    if filters.risk is not None:
        yield _risk(filters.risk)
    if filters.channel is not None:
        yield _has_contact(Consultation.channel == filters.channel)


def _since(since: Since, today: date) -> ColumnElement[bool]:
    if since is Since.NEVER:
        return Case.last_contact_on.is_(None)
    if since is Since.LONGER:
        return Case.last_contact_on < today - timedelta(days=90)
    return Case.last_contact_on >= today - timedelta(days=int(since))


def _risk(risk: Risk) -> ColumnElement[bool]:
    """Return the last risk heard in the case, as a subquery."""
    if risk is Risk.UNKNOWN:
        return ~_has_contact(Consultation.risk != Risk.UNKNOWN)
    heard, later = aliased(Consultation), aliased(Consultation)
    newer = or_(later.opened_at > heard.opened_at, and_(later.opened_at == heard.opened_at, later.id > heard.id))
    overtaken = exists().where(later.case_id == heard.case_id, later.risk != Risk.UNKNOWN, newer)
    return Case.id.in_(select(heard.case_id).where(heard.risk == risk, heard.case_id.is_not(None), ~overtaken))


def _has_contact(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Consultation.case_id == Case.id, condition)


def _ordered(query: Select[Case], filters: Filters) -> Select[Case]:
    newest = (Case.last_contact_on.desc().nulls_last(), Case.id.desc())
    return query.order_by(Case.follow_up_on, *newest) if filters.due else query.order_by(*newest)


def _rows(session: Session, cases: Sequence[Case]) -> tuple[CaseRow, ...]:
    ids = [case.id for case in cases]
    risks, channels = _last_risks(session, ids), _channels(session, ids)
    owners = _names(session, {case.owner_id for case in cases if case.owner_id})
    return tuple(
        CaseRow(
            case=case,
            names=names_of(case),
            owner=owners.get(case.owner_id or ""),
            risk=risks[case.id][0] if case.id in risks else None,
            risk_on=risks[case.id][1] if case.id in risks else None,
            channels=channels.get(case.id, ()),
        )
        for case in cases
    )


def names_of(case: Case) -> tuple[str, ...]:
    """Return the names in a case, the subject's first."""
    people = sorted(case.people, key=lambda person: not person.is_subject)
    return tuple(person.nicknames[0].text for person in people if person.nicknames)


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _last_risks(session: Session, ids: Sequence[str]) -> dict[str, tuple[Risk, date]]:
    heard = select(Consultation.case_id, Consultation.risk, Consultation.local_date)
    heard = heard.where(Consultation.case_id.in_(ids), Consultation.risk.in_(KNOWN_RISK))
    rows = session.execute(heard.order_by(Consultation.opened_at, Consultation.id))
    return {row.case_id: (Risk(row.risk), row.local_date) for row in rows}  # the last of each case stands


def _channels(session: Session, ids: Sequence[str]) -> dict[str, tuple[Channel, ...]]:
    used = select(Consultation.case_id, Consultation.channel).where(Consultation.case_id.in_(ids)).distinct()
    found: dict[str, set[str]] = {case_id: set() for case_id in ids}
    for case_id, channel in session.execute(used):
        found[str(case_id)].add(channel)
    return {case_id: tuple(one for one in Channel if one in channels) for case_id, channels in found.items()}
