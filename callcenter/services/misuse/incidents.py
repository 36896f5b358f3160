"""Incidents: what a counsellor had to bear in a call, in the exact words, for the supervisor."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.errors import HelplineError
from callcenter.domain.misuse.flags import WORDS_AT_MOST, Misuse, WordsTooLong
from callcenter.domain.typed_text import said
from callcenter.models.base import new_id
from callcenter.models.misuse import Incident
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.records.consultations import lock_for_writing
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

KEY = re.compile(r"[0-9a-f]{32}")

SHOWN = timedelta(days=90)
"""So far back the supervisors' list reaches."""


class NoSuchIncident(HelplineError):
    """Raised when an incident does not exist."""

    message = "この出来事の記録は、見つかりませんでした。ページを読みこみ直してください。"


class NotOfACall(HelplineError):
    """Raised when the record is of no call."""

    message = "電話の記録にだけ、書きとめられます。この記録には、電話がありません。"


def record_incident(
    session: Session, record_id: str, kind: Misuse, words: str, *, by: Staff, now: datetime, key: str = ""
) -> Incident | None:
    """Store an incident beside the counsellor's own record (a supervisor may, in any record).

    *key* names the form it came from (32 hexadecimal digits); None if that form was sent before. ``NotOfACall``.
    """
    if len(words) > WORDS_AT_MOST:
        raise WordsTooLong
    record = lock_for_writing(session, record_id, by)
    if record.call_id is None:
        raise NotOfACall
    incident_id = key if KEY.fullmatch(key) else new_id()
    if session.get(Incident, incident_id) is not None:
        return None
    incident = Incident(
        id=incident_id,
        data_key_id=record.data_key_id,
        data_key=record.data_key,
        consultation_id=record.id,
        counsellor_id=by.id,
        kind=kind,
        at=now,
    )
    session.add(incident)
    incident.words = said(words) or None
    subject = Subject("incident", incident.id)
    facts = {"kind": kind.value, "consultation": record.id}
    audit.record(session, actor=staff_member(by.id), action="incident.note", subject=subject, facts=facts, now=now)
    live.publish(session, live.LINE, now=now)
    return incident


def of_record(session: Session, record_id: str) -> list[Incident]:
    """Return the incidents of a record, oldest first."""
    return list(session.scalars(select(Incident).where(Incident.consultation_id == record_id).order_by(Incident.at)))


def recent(session: Session, *, now: datetime) -> list[Incident]:
    """Return the latest incidents, newest first, with their words sealed."""
    query = select(Incident).where(Incident.at >= now - SHOWN).order_by(Incident.at.desc(), Incident.id)
    return list(session.scalars(query))


def read_words(session: Session, incident_id: str, *, by: Staff, now: datetime) -> Incident:
    """Return the words of an incident to a supervisor; every opening is recorded in the trail."""
    check(by.role, Action.TURN_AWAY)
    found = session.get(Incident, incident_id)
    if found is None:
        raise NoSuchIncident
    subject = Subject("incident", found.id)
    audit.record(session, actor=staff_member(by.id), action="incident.read", subject=subject, now=now)
    return found
