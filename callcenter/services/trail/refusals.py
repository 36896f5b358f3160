"""Refused access in the trail: who asked for which page, about what; once a minute however often it is tried."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.models.trail.audit import AuditEntry
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

ACTION = "access.refused"
ONCE_IN = timedelta(minutes=1)
"""A page that goes on asking, or somebody who tries again and again, does not fill the trail."""
ID = re.compile("[0-9a-f]{32}")


def record(session: Session, staff_id: str, page: str, subject: Subject, *, now: datetime) -> bool:
    """Record that somebody signed in was refused *page*; False if that stands there already."""
    about = Subject(subject.kind, subject.id if subject.id and ID.fullmatch(subject.id) else None)
    if _stands_there(session, staff_id, page, about, now):
        return False
    audit.record(session, actor=staff_member(staff_id), action=ACTION, subject=about, facts={"page": page}, now=now)
    return True


def _stands_there(session: Session, staff_id: str, page: str, about: Subject, now: datetime) -> bool:
    lately = select(AuditEntry.facts).where(
        AuditEntry.at > now - ONCE_IN,
        AuditEntry.actor_id == staff_id,
        AuditEntry.action == ACTION,
        AuditEntry.subject_kind == about.kind,
        AuditEntry.subject_id == about.id if about.id else AuditEntry.subject_id.is_(None),
    )
    return any(facts.get("page") == page for facts in session.scalars(lately))
