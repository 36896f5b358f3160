"""Linking a consultation to a person: confirmed by a counsellor during the call or later, always undoable.

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
from callcenter.services.access import on_the_line, reach
from callcenter.services.cases import case_closing, cases, consents
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.names.nicknames import tidy
from callcenter.services.records import prefill
from callcenter.services.records.consultations import NoSuchConsultation, lock_for_writing
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class NobodyYet(HelplineError):
    """Raised when the record at hand is linked to nobody."""

    message = "先に、いまお話しの方を確かめてつないでください。"


class TakenMeanwhile(HelplineError):
    """Raised when somebody else linked the earlier contact meanwhile."""

    message = "この電話は、もう別の方につながれています。一覧を読みこみ直してください。"


def confirm_person(session: Session, consultation_id: str, person_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Link the record to the person the counsellor recognised; linking again changes nothing.

    Raises ``NoSuchPerson``, ``AccessDenied``, or ``ConsentNeeded`` if the person is known from other channels only.
    """
    consultation = lock_for_writing(session, consultation_id, by)
    person = cases.get_person(session, person_id)
    if consultation.person_id != person.id:
        _check_may_open(session, consultation, person.case_id, by, now)
        consents.check(session, person.id, {consultation.channel})
        link(session, consultation, person, by, now)
    return consultation


def open_new_case(session: Session, consultation_id: str, new: NewCase, *, by: Staff, now: datetime) -> Consultation:
    """Open a case for a new person and link the record to them; a repetition opens no second case."""
    consultation = lock_for_writing(session, consultation_id, by)
    if not _opened_here(consultation, new):
        link(session, consultation, cases.open_case(session, new, by=staff_member(by.id), now=now), by, now)
    return consultation


def open_in_case(
    session: Session, consultation_id: str, relative_id: str, new: NewPerson, *, by: Staff, now: datetime
) -> Consultation:
    """Add a new person to the case of *relative_id* and link the record; a repetition adds nobody."""
    consultation = lock_for_writing(session, consultation_id, by)
    case = cases.get_person(session, relative_id).case
    if consultation.case_id != case.id:
        _check_may_open(session, consultation, case.id, by, now)
    if consultation.case_id != case.id or not _opened_here(consultation, NewCase(new), case_too=False):
        person = cases.add_person(session, case, new, by=staff_member(by.id), now=now)
        link(session, consultation, person, by, now)
    return consultation


def unlink(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Remove a wrong link; the record itself stays whole.

    Its own counsellor may, a supervisor, and whoever linked it from a later call.
    """
    consultation = _for_unlinking(session, consultation_id, by)
    if consultation.person_id is not None or consultation.case_id is not None or consultation.doubt is LinkState.UNSURE:
        link(session, consultation, None, by, now)
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
    """Store that it is unsure who called, *maybe* this person, or that they wished to stay anonymous."""
    consultation = lock_for_writing(session, consultation_id, by)
    guess = cases.get_person(session, maybe).id if maybe else None
    if consultation.person_id is not None:
        link(session, consultation, None, by, now)
    consultation.doubt = doubt
    consultation.maybe_person_id = guess if doubt is LinkState.UNSURE else None
    facts = {"doubt": doubt.value, "maybe": consultation.maybe_person_id}
    subject = Subject("consultation", consultation.id)
    audit.record(
        session, actor=staff_member(by.id), action="consultation.leave_open", subject=subject, facts=facts, now=now
    )
    return consultation


def attach_earlier(session: Session, consultation_id: str, record_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Link an earlier unlinked contact, whoever wrote it, to the person of one's own record.

    The person says so: "the silent call in October was me". Raises ``TakenMeanwhile`` if somebody else linked it, and
    ``AccessDenied`` for a colleague's contact when the person is no longer on the line.
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
    if not on_the_line.is_running(session, record, by):
        reach.check_record(session, earlier.id, Action.OPEN, by, now=now)
    _check_may_open(session, record, record.person.case_id, by, now)
    consents.check(session, record.person.id, {earlier.channel})
    link(session, earlier, record.person, by, now)
    return earlier


def take_up(session: Session, record_id: str, earlier_id: str, name: str, *, by: Staff, now: datetime) -> Consultation:
    """Link the record, and an earlier one without a person, to somebody new, called by a name that was heard or *name*.

    Whoever was recognised in the earlier one meanwhile is taken. Twice is once.
    """
    record = lock_for_writing(session, record_id, by)
    earlier = session.get(Consultation, earlier_id)
    if earlier is None:
        raise NoSuchConsultation
    if earlier.person_id is not None:
        return confirm_person(session, record_id, earlier.person_id, by=by, now=now)
    if record.person_id is None:
        heard = record.nickname_heard or earlier.nickname_heard or name
        open_new_case(session, record_id, NewCase(NewPerson(heard)), by=by, now=now)
        session.flush()
    attach_earlier(session, earlier_id, record_id, by=by, now=now)
    return record


def link(session: Session, consultation: Consultation, person: Person | None, by: Staff, now: datetime) -> None:
    """Link the record to a person, or to nobody, without asking who may: for what a command enters."""
    if person is not None:
        cases.lock_case(session, person)
    before = consultation.person
    consultation.person = person
    consultation.case_id = person.case_id if person else None
    consultation.linked_at, consultation.linked_by = (now, by.id) if person else (None, None)
    if consultation.doubt is LinkState.UNSURE:
        consultation.doubt = None  # what the caller wished stays, for when the link is taken back
    consultation.maybe_person_id = None
    for touched in (before, person):
        if touched is not None:
            cases.refresh_last_contact(session, touched)
    if person is not None:
        case_closing.reopen_for_contact(session, person.case, now=now)
    action = "consultation.link" if person else "consultation.unlink"
    if consultation.state is ConsultationState.DRAFT:
        there = on_the_line.speaker_of(session, consultation, by)
        prefill.prefill_from_person(session, consultation, now=now, certain=there is None or there.is_certain)
    facts = {"from": before.id if before else None, "to": person.id if person else None}
    subject = Subject("consultation", consultation.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)


def _for_unlinking(session: Session, consultation_id: str, by: Staff) -> Consultation:
    found = session.get(Consultation, consultation_id)
    if found is not None and found.linked_by == by.id and found.counsellor_id != by.id and may(by.role, Action.ANSWER):
        on_the_line.check_record(session, by, found)
        return found
    return lock_for_writing(session, consultation_id, by)


def _check_may_open(session: Session, consultation: Consultation, case_id: str, by: Staff, now: datetime) -> None:
    """Raise ``AccessDenied`` for a case that *by* may not open, unless the caller of their running call is in it.

    A link makes its counsellor one of those who have to do with the case, so it opens it.
    """
    if not on_the_line.is_running(session, consultation, by):
        reach.check_before_joining(session, case_id, by, now=now)


def _opened_here(consultation: Consultation, new: NewCase, *, case_too: bool = True) -> bool:
    """Return whether this very person was entered from this record."""
    linked = consultation.person
    return (
        linked is not None
        and (linked.case if case_too else linked).created_at >= consultation.opened_at
        and linked.relation == new.person.relation
        and tidy(new.person.nickname) in [name.text for name in linked.nicknames]
    )
