"""Characters of the tests: counsellors and the others who work here, and the people they talk with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.phone_numbers import CallerKind
from callcenter.domain.records.record_codes import Channel, Outcome
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call
from callcenter.models.cases.cases import Case, Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""A Friday, ten in the morning in Japan."""
TODAY = date(2026, 11, 20)


def member(session: Session, login: str, role: Role = Role.COUNSELLOR) -> Staff:
    """Somebody who works here; nobody signs in with this password."""
    staff = Staff(
        id=new_id(), login=login, name=login, role=role, password_hash="!", session_token=new_id(), created_at=NOW
    )
    session.add(staff)
    session.flush()
    return staff


def draft_of(session: Session, counsellor: Staff, now: datetime = NOW) -> Consultation:
    """A record that *counsellor* has just begun."""
    return consultations.open_draft(
        session, call_id=None, channel=Channel.PHONE, counsellor_id=counsellor.id, hint=None, now=now
    )


def person_called(session: Session, nickname: str, relation: str = "self") -> Person:
    """Somebody with a case of their own."""
    return cases.open_case(session, NewCase(NewPerson(nickname, relation=relation)), by=OPERATOR, now=NOW)


def case_of(session: Session, counsellor: Staff, name: str = "ミナト", **codes: str) -> Case:
    """A case that *counsellor* has in hand, with one finished talk."""
    person = person_called(session, name)
    person.case.owner_id = counsellor.id
    talk(session, counsellor, person, 0, **codes)
    return person.case


def talk(session: Session, counsellor: Staff, person: Person, days_ago: int = 0, **codes: str) -> Consultation:
    then = NOW - timedelta(days=days_ago)
    record = draft_of(session, counsellor, then)
    for name, value in codes.items():
        setattr(record, name, value)
    linking.link(session, record, person, counsellor, then)  # the call ran, so anybody's case was open
    consultations.finish(session, record.id, by=counsellor, now=then, quick=Outcome.SILENT)
    return record


def call_from_somebody(session: Session) -> Call:
    """A withheld caller who waits."""
    call = Call(
        id=new_id(),
        caller_sid=new_id(),
        state=CallState.WAITING,
        caller_kind=CallerKind.WITHHELD,
        arrived_at=NOW,
        arrived_on=local_date(NOW),
        waiting_since=NOW,
        last_news_at=NOW,
    )
    session.add(call)
    session.flush()
    return call
