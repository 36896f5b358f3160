"""Bulk reading: somebody opens many different cases, or searches very often, within a short time.

It is counted in the trail and becomes one alarm, which names the person and nothing that they read. Their own records
do not count.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, func, not_, select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.policy import Policy
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import ActorKind, AuditEntry
from callcenter.services.delivery import alarms
from callcenter.services.trail.readers import OPENINGS, OWN, RECORD

SEARCH = "case.search"


def watch(session: Session, *, now: datetime, policy: Policy) -> None:
    """Raise an alarm for whoever reads or searches in bulk, and end one that has been over for a whole window."""
    found = _readers(session, now, policy) | _searchers(session, now, policy)
    for staff_id in sorted(found):
        alarms.raise_alarm(session, AlarmKind.BULK_READING, staff_id, by=staff_id, now=now)
    for alarm in alarms.open_of_kind(session, AlarmKind.BULK_READING):
        if alarm.subject_id not in found and now - alarm.raised_at >= policy.bulk_within:
            alarms.end(session, AlarmKind.BULK_READING, alarm.subject_id, now=now)


def _readers(session: Session, now: datetime, policy: Policy) -> set[str]:
    if not policy.bulk_cases:
        return set()
    case = func.coalesce(Consultation.case_id, AuditEntry.subject_id)
    opened = (
        _lately(now, policy)
        .outerjoin(Consultation, and_(AuditEntry.subject_kind == RECORD, Consultation.id == AuditEntry.subject_id))
        .where(AuditEntry.action.in_(OPENINGS), not_(OWN))
        .having(func.count(case.distinct()) >= policy.bulk_cases)
    )
    return {staff_id for staff_id in session.scalars(opened) if staff_id}


def _searchers(session: Session, now: datetime, policy: Policy) -> set[str]:
    if not policy.bulk_searches:
        return set()
    searched = _lately(now, policy).where(AuditEntry.action == SEARCH).having(func.count() >= policy.bulk_searches)
    return {staff_id for staff_id in session.scalars(searched) if staff_id}


def _lately(now: datetime, policy: Policy) -> Select[str | None]:
    """Return the query for staff ids with entries within the window, to be narrowed."""
    within = (AuditEntry.at > now - policy.bulk_within, AuditEntry.actor_kind == ActorKind.STAFF)
    return select(AuditEntry.actor_id).where(*within).group_by(AuditEntry.actor_id)
