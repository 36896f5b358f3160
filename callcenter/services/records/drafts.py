"""Records entered afterwards, unattended drafts, and supervisors' reviews of finished records.

Every step is in the trail, in the transaction that took it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, check, may, roles_that_may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.entering import EnteredWhy, LeftBehind, left_behind
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import NotAllowed
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import reach
from callcenter.services.delivery import live
from callcenter.services.records.consultations import NoSuchConsultation
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

OnDuty = Select[str]
"""A query for the ids of everybody who is on duty, handed in by who knows it."""


class StillWritten(HelplineError):
    """Raised when a draft is not unattended: somebody writes it, or its call goes on."""

    message = "この記録は、いま書かれています。担当の相談員に声をかけてください。"


class NotAWriter(HelplineError):
    """Raised when somebody takes no calls, or no longer."""

    message = "その方には渡せません。一覧から選び直してください。"


class NotFinished(HelplineError):
    """Raised when an unfinished record would be reviewed."""

    message = "この記録はまだ書きかけです。閉じたあとに確認できます。"


@dataclass(frozen=True)
class UnattendedDraft:
    """A draft that nobody will finish by themselves, without anything that was said."""

    id: str
    counsellor: str
    channel: Channel
    opened_at: datetime
    saved_at: datetime
    why: LeftBehind


@dataclass(frozen=True)
class Contact:
    """A contact to be written down afterwards: channel, moment, counsellor, and why only now."""

    channel: Channel
    at: datetime
    counsellor_id: str
    why: EnteredWhy


def enter_afterwards(session: Session, contact: Contact, *, by: Staff, now: datetime) -> Consultation:
    """Open the record of a past contact, dated by the contact itself.

    A counsellor enters their own contacts, a supervisor anybody's: ``NotAllowed``, or ``NotAWriter`` for somebody
    who takes no calls.
    """
    check(by.role, Action.ADD)
    if contact.counsellor_id != by.id and not may(by.role, Action.WRITE):
        raise NotAllowed
    counsellor = _writer(session, contact.counsellor_id)
    draft = Consultation(
        id=new_id(),
        data_key=DataKey.fresh(ring_of(session)),
        channel=contact.channel,
        counsellor_id=counsellor.id,
        local_date=local_date(contact.at),
        opened_at=contact.at,
        saved_at=now,
        entered_at=now,
        entered_by=by.id,
        entered_why=contact.why,
    )
    session.add(draft)
    session.flush()
    facts = {"channel": contact.channel, "why": contact.why, "counsellor": counsellor.id, "on": str(draft.local_date)}
    _record(session, draft, "consultation.enter_afterwards", by, facts, now)
    return draft


def unattended(session: Session, *, by: Staff, now: datetime, on_duty: OnDuty) -> tuple[UnattendedDraft, ...]:
    """Return the unattended drafts that *by* may take up, the longest silent first.

    *on_duty* selects the ids of those who are here.
    """
    if by.role not in roles_that_may(Action.RESCUE):
        return ()
    found = sorted(_left(session, by, now, on_duty), key=lambda one: one.saved_at)
    return tuple(found)


def rescue(
    session: Session, consultation_id: str, *, to: str, by: Staff, now: datetime, on_duty: OnDuty
) -> Consultation:
    """Give an unattended draft to *to*, who may be the supervisor; ``StillWritten`` if it is attended."""
    reach.check_record(session, consultation_id, Action.RESCUE, by, now=now)
    draft = session.get(Consultation, consultation_id, with_for_update={"of": Consultation}, populate_existing=True)
    if draft is None:
        raise NoSuchConsultation
    left_ones = {one.id: one for one in _left(session, by, now, on_duty)}
    if draft.id not in left_ones:
        raise StillWritten
    before, taker = draft.counsellor_id, _writer(session, to)
    draft.counsellor_id = taker.id
    facts = {"from": before, "to": taker.id, "why": left_ones[draft.id].why}
    _record(session, draft, "consultation.rescue", by, facts, now)
    for staff_id in {before, taker.id}:
        live.publish(session, live.staff_topic(staff_id), now=now)
    return draft


def review(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Store that a supervisor read a finished record through; a later correction removes that."""
    record = session.get(Consultation, consultation_id, with_for_update={"of": Consultation}, populate_existing=True)
    if record is None:
        raise NoSuchConsultation
    check(by.role, Action.REVIEW, {Condition.OWN} if record.counsellor_id == by.id else set())
    reach.check_record(session, consultation_id, Action.OPEN, by, now=now)
    if record.state is not ConsultationState.FINISHED:
        raise NotFinished
    record.reviewed_at, record.reviewed_by = now, by.id
    _record(session, record, "consultation.review", by, {"version": record.version}, now)
    return record


def writers(session: Session) -> list[Staff]:
    """Return everybody who may have a record, by name."""
    query = select(Staff).where(Staff.active, Staff.role.in_(roles_that_may(Action.ADD)))
    return list(session.scalars(query.order_by(Staff.name)))


def _left(session: Session, by: Staff, now: datetime, on_duty: OnDuty) -> Iterator[UnattendedDraft]:
    here = set(session.scalars(on_duty))
    # By counsellor, as the index has it: drafts are few among very many records.
    people = {one.id: one for one in session.scalars(select(Staff))}
    drafts = select(Consultation).outerjoin(Call, Call.id == Consultation.call_id)
    unfinished = drafts.where(Consultation.counsellor_id.in_(people), Consultation.state == ConsultationState.DRAFT)
    # A reply that nobody goes on with waits in the list of mail, where whoever claims it takes its record with it.
    unfinished = unfinished.where(Consultation.purged_at.is_(None), Consultation.thread_id.is_(None))
    over = unfinished.where((Call.id.is_(None)) | (Call.state == CallState.ENDED))
    for draft in session.scalars(over.where(reach.records_allowed(by, now=now, action=Action.RESCUE))):
        whose = people[draft.counsellor_id]
        why = left_behind(active=whose.active, here=whose.id in here, saved_at=draft.saved_at, now=now)
        if why is not None:
            yield UnattendedDraft(draft.id, whose.name, Channel(draft.channel), draft.opened_at, draft.saved_at, why)


def _writer(session: Session, staff_id: str) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active or staff.role not in roles_that_may(Action.ADD):
        raise NotAWriter
    return staff


def _record(
    session: Session, record: Consultation, action: str, by: Staff, facts: Mapping[str, Any], now: datetime
) -> None:
    subject = Subject("consultation", record.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)
