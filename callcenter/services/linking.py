"""Saying who a consultation was with: a counsellor confirms it, and it can always be undone.

Nothing is linked by telephone number, and a link moves no text: each record keeps its own key.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.models.cases import Person
from callcenter.models.consultations import Consultation
from callcenter.models.people import Staff
from callcenter.services import audit, case_closing, cases, prefill
from callcenter.services.audit import Subject, staff_member
from callcenter.services.cases import NewCase
from callcenter.services.consultations import for_writing
from callcenter.services.nicknames import tidy


def confirm_person(session: Session, consultation_id: str, person_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Link the record to the person the counsellor recognised; doing so again changes nothing."""
    consultation = for_writing(session, consultation_id, by)
    if consultation.person_id != person_id:
        _link(session, consultation, cases.person_with(session, person_id), by, now)
    return consultation


def open_new_case(session: Session, consultation_id: str, new: NewCase, *, by: Staff, now: datetime) -> Consultation:
    """Open a case for somebody who is new and link the record to them; a second press opens no second case."""
    consultation = for_writing(session, consultation_id, by)
    if not _opened_here(consultation, new):
        _link(session, consultation, cases.open_case(session, new, by=staff_member(by.id), now=now), by, now)
    return consultation


def unlink(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Take the link away: not sure, or the wrong person. The record itself stays whole."""
    consultation = for_writing(session, consultation_id, by)
    if consultation.person_id is not None or consultation.case_id is not None:
        _link(session, consultation, None, by, now)
    return consultation


def _opened_here(consultation: Consultation, new: NewCase) -> bool:
    """Whether this very case was opened from this record; another person of the same name is another case."""
    linked = consultation.person
    return (
        linked is not None
        and linked.case.created_at >= consultation.opened_at
        and linked.relation == new.person.relation
        and tidy(new.person.nickname) in [name.text for name in linked.nicknames]
    )


def _link(session: Session, consultation: Consultation, person: Person | None, by: Staff, now: datetime) -> None:
    before = consultation.person
    consultation.person = person
    consultation.case_id = person.case_id if person else None
    consultation.linked_at, consultation.linked_by = (now, by.id) if person else (None, None)
    for touched in (before, person):
        if touched is not None:
            cases.refresh_last_contact(session, touched)
    if person is not None:
        case_closing.reopen_for_contact(session, person.case, now=now)
    action = "consultation.link" if person else "consultation.unlink"
    prefill.follow(session, consultation, now=now)
    facts = {"from": before.id if before else None, "to": person.id if person else None}
    subject = Subject("consultation", consultation.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
