"""Saying who a consultation was with: a counsellor confirms it, during the call or later, and can always undo it.

Nothing is linked by telephone number, and a link moves no text: each record keeps its own key. A record of
another channel joins a person's others with their consent only.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, may
from callcenter.domain.cases.linking import LinkState
from callcenter.domain.errors import HelplineError
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_closing, cases, consents
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.names.nicknames import tidy
from callcenter.services.records import prefill
from callcenter.services.records.consultations import NoSuchConsultation, lock_for_writing
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class NobodyYet(HelplineError):
    """The record at hand is linked to nobody."""

    message = "先に、いまお話しの方を確かめて、つないでください。"


class TakenMeanwhile(HelplineError):
    """Somebody else linked the earlier contact a moment ago."""

    message = "この電話は、もう別の方につながれています。一覧を読みこみ直してください。"


def confirm_person(session: Session, consultation_id: str, person_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Link the record to the person the counsellor recognised; doing so again changes nothing.

    Raises ``NoSuchPerson``, or ``ConsentNeeded`` if the person is known from other channels only.
    """
    consultation = lock_for_writing(session, consultation_id, by)
    person = cases.get_person(session, person_id)
    if consultation.person_id != person.id:
        consents.check(session, person.id, {consultation.channel})
        _link(session, consultation, person, by, now)
    return consultation


def open_new_case(session: Session, consultation_id: str, new: NewCase, *, by: Staff, now: datetime) -> Consultation:
    """Open a case for somebody who is new and link the record to them; a second press opens no second case."""
    consultation = lock_for_writing(session, consultation_id, by)
    if not _opened_here(consultation, new):
        _link(session, consultation, cases.open_case(session, new, by=staff_member(by.id), now=now), by, now)
    return consultation


def open_in_case(
    session: Session, consultation_id: str, relative_id: str, new: NewPerson, *, by: Staff, now: datetime
) -> Consultation:
    """Add somebody new to the case of *relative_id* and link the record to them; a second press adds nobody twice."""
    consultation = lock_for_writing(session, consultation_id, by)
    case = cases.get_person(session, relative_id).case
    if consultation.case_id != case.id or not _opened_here(consultation, NewCase(new), case_too=False):
        person = cases.add_person(session, case, new, by=staff_member(by.id), now=now)
        _link(session, consultation, person, by, now)
    return consultation


def unlink(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Take the link away: the wrong person. The record itself stays whole.

    Its own counsellor may, a supervisor, and whoever linked it from a later call.
    """
    consultation = _for_unlinking(session, consultation_id, by)
    if consultation.person_id is not None or consultation.case_id is not None or consultation.doubt is not None:
        _link(session, consultation, None, by, now)
    return consultation


def record_doubt(
    session: Session,
    consultation_id: str,
    doubt: LinkState,
    *,
    maybe: str | None = None,
    by: Staff,
    now: datetime,
) -> Consultation:
    """Say that it is not sure yet who called, *maybe* this person, or that they wished to stay anonymous."""
    consultation = lock_for_writing(session, consultation_id, by)
    guess = cases.get_person(session, maybe).id if maybe else None
    if consultation.person_id is not None:
        _link(session, consultation, None, by, now)
    consultation.doubt = doubt
    consultation.maybe_person_id = guess if doubt is LinkState.UNSURE else None
    facts = {"doubt": doubt.value, "maybe": consultation.maybe_person_id}
    subject = Subject("consultation", consultation.id)
    audit.record(
        session, actor=staff_member(by.id), action="consultation.leave_open", subject=subject, facts=facts, now=now
    )
    return consultation


def attach_earlier(session: Session, consultation_id: str, record_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Link an earlier contact that belongs to nobody yet, whoever wrote it, to the person of one's own record.

    The person says so: "the silent call in October was me". Raises ``TakenMeanwhile`` if somebody else linked it.
    """
    record = lock_for_writing(session, record_id, by)
    if record.person is None:
        raise NobodyYet
    query = select(Consultation).where(Consultation.id == consultation_id).with_for_update(of=Consultation)
    earlier = session.scalar(query.execution_options(populate_existing=True))
    if earlier is None:
        raise NoSuchConsultation
    if earlier.person_id == record.person_id:
        return earlier
    if earlier.person_id is not None:
        raise TakenMeanwhile
    consents.check(session, record.person.id, {earlier.channel})
    _link(session, earlier, record.person, by, now)
    return earlier


def _for_unlinking(session: Session, consultation_id: str, by: Staff) -> Consultation:
    found = session.get(Consultation, consultation_id)
    if found is not None and found.linked_by == by.id and found.counsellor_id != by.id and may(by.role, Action.ANSWER):
        return found
    return lock_for_writing(session, consultation_id, by)


def _opened_here(consultation: Consultation, new: NewCase, *, case_too: bool = True) -> bool:
    """Whether this very person was entered from this record; another one of the same name is somebody else."""
    linked = consultation.person
    return (
        linked is not None
        and (linked.case if case_too else linked).created_at >= consultation.opened_at
        and linked.relation == new.person.relation
        and tidy(new.person.nickname) in [name.text for name in linked.nicknames]
    )


def _link(session: Session, consultation: Consultation, person: Person | None, by: Staff, now: datetime) -> None:
    if person is not None:
        cases.lock_case(session, person)
    before = consultation.person
    consultation.person = person
    consultation.case_id = person.case_id if person else None
    consultation.linked_at, consultation.linked_by = (now, by.id) if person else (None, None)
    consultation.doubt = consultation.maybe_person_id = None
    for touched in (before, person):
        if touched is not None:
            cases.refresh_last_contact(session, touched)
    if person is not None:
        case_closing.reopen_for_contact(session, person.case, now=now)
    action = "consultation.link" if person else "consultation.unlink"
    if consultation.state is ConsultationState.DRAFT:
        prefill.prefill_from_person(session, consultation, now=now)
    facts = {"from": before.id if before else None, "to": person.id if person else None}
    subject = Subject("consultation", consultation.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
