"""Talks that broke off a few minutes ago, whose callers may ring again at any moment.

They are told by time and by the name that was given, never by the caller's number: that belongs to a
telephone which a family shares, and serves the line alone (promise P10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.cases.continuity import CUT_OFF_LATELY
from callcenter.domain.records.record_codes import Outcome
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation, ConsultationCode, ConsultationState
from callcenter.models.staff.accounts import Staff

MOST = 3


@dataclass(frozen=True)
class CutOff:
    """A talk that ended although nobody here ended it."""

    record_id: str
    person: Person | None
    """None while nobody has recognised the caller, or where no name is left."""
    counsellor_id: str
    counsellor: str
    ended_at: datetime


def recent(session: Session, *, now: datetime, without: str) -> Sequence[CutOff]:
    """Return the newest such talks; *without* is the record of the call at hand."""
    rows = session.execute(_talks().limit(MOST), _at(now, without))
    return [_read(*row) for row in rows]


def recent_callers(session: Session, *, now: datetime, without: str) -> set[str]:
    """Return the ids of the recognised callers of ``recent`` talks."""
    rows = session.scalars(_callers(), _at(now, without))
    return {person_id for person_id in rows if person_id is not None}


def of_person(session: Session, person: Person, *, now: datetime, without: str) -> CutOff | None:
    """Return this person's own talk that broke off, if there is one."""
    query = _talks().where(Consultation.person_id == person.id)
    row = session.execute(query.limit(1), _at(now, without)).first()
    return _read(*row) if row else None


@cache
def _talks() -> Any:
    ended = and_(
        Call.arrived_on >= bindparam("since"),  # the index by day finds them among all calls
        Call.state == CallState.ENDED,
        Call.ended_at > bindparam("after"),
        Call.ended_at <= bindparam("now"),
    )
    query = select(Consultation, Call, Staff).join(Call, Call.id == Consultation.call_id)
    query = query.join(Staff, Staff.id == Consultation.counsellor_id)
    query = query.where(ended, Call.talked_at.is_not(None), _broke_off(), Consultation.id != bindparam("without"))
    return query.order_by(Call.ended_at.desc(), Call.id.desc())


@cache
def _callers() -> Any:
    """Return the query of ``recent_callers``, made once as it runs at every letter typed."""
    return _talks().limit(MOST).with_only_columns(Consultation.person_id)


def _at(now: datetime, without: str) -> dict[str, Any]:
    since = local_date(now - timedelta(days=1))
    return {"since": since, "after": now - CUT_OFF_LATELY, "now": now, "without": without}


def _broke_off() -> ColumnElement[bool]:
    """Return the condition: the record says so, or it is a draft whose talk the console did not end."""
    said = exists().where(
        ConsultationCode.consultation_id == Consultation.id,
        ConsultationCode.list == "outcomes",
        ConsultationCode.code == Outcome.CUT_OFF.value,
    )
    ended_here = exists().where(Offer.call_id == Call.id, Offer.ending)
    return or_(said, and_(Consultation.state == ConsultationState.DRAFT, ~ended_here))


def _read(record: Consultation, call: Call, staff: Staff) -> CutOff:
    named = record.person if record.person is not None and record.person.nicknames else None
    return CutOff(record.id, named, staff.id, staff.name, call.ended_at or call.last_news_at)
