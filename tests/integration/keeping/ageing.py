"""Cases and records of long ago, and letting them go."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.policy import Policy
from callcenter.models.cases.cases import Case
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.keeping import retention
from callcenter.services.keeping.retention import Due
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, TODAY, draft_of, person_called, talk

LONG_AGO = 800
"""Days after which a telephone record is due."""
CANARY = "カナリアの歌った図書館"


def old_case(session: Session, by: Staff, name: str = "ミナト", days_ago: int = LONG_AGO, **codes: str) -> Case:
    """A case that nobody called about for *days_ago* days."""
    person = person_called(session, name)
    person.case.created_at = NOW - timedelta(days=days_ago)
    person.case.opened_on = TODAY - timedelta(days=days_ago)
    talk(session, by, person, days_ago, **codes)
    return person.case


def old_record(session: Session, by: Staff, days_ago: int = LONG_AGO) -> Consultation:
    """A record that was never linked to anybody."""
    return draft_of(session, by, NOW - timedelta(days=days_ago))


def due(session: Session, on: date = TODAY) -> list[Due]:
    session.flush()
    return list(retention.due(session, on=on, periods=Policy().periods))


def purge(session: Session) -> list[str]:
    """Let go what is due, and return the ids that went."""
    found = due(session)
    retention.purge(session, found, periods=Policy().periods, by=OPERATOR, now=NOW)
    session.flush()
    gone = (
        select(Case.id).where(Case.purged_at.is_not(None)),
        select(Consultation.id).where(Consultation.purged_at.is_not(None), Consultation.case_id.is_(None)),
    )
    return [row for query in gone for row in session.scalars(query)]
