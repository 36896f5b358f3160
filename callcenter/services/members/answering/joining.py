"""Joining a member to a person of a case, only with their recorded consent, and parting them again.

With the join their consultations by mail stand in the case's timeline and on the continuity card like calls, under the
wall of the family; parting takes them off again. No text moves: the letters stay under the member's own key, and only
the counsellors' records are linked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.members.claims import NotYourClaim
from callcenter.domain.members.joining import ConsentMissing, JoinConsent, JoinedAlready
from callcenter.domain.records.record_codes import Channel
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Person
from callcenter.models.members.accounts import Member, MemberJoin
from callcenter.models.members.threads import Thread
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line, reach
from callcenter.services.cases import cases, consents, linking
from callcenter.services.members.answering import claims, joined, reading, registration
from callcenter.services.members.answering.replying import note


def join(
    session: Session, thread_id: str, person_id: str, consent: JoinConsent | None, *, by: Staff, now: datetime
) -> MemberJoin:
    """Join the member of a consultation to a person; joining the same two again changes nothing.

    Raises ``ConsentMissing``, ``JoinedAlready``, ``AccessDenied`` for a case that *by* may not open, or what reading
    the consultation raises.
    """
    thread, member = _allowed(session, thread_id, by)
    person = cases.get_person(session, person_id)
    on_the_line.check_person(session, by, person)
    there = joined.person_of(session, member.id)
    known = joined.standing(session, member.id)
    if known is not None and there is not None and there.id == person.id:
        return known
    if there is not None:
        raise JoinedAlready
    if consent is None:
        raise ConsentMissing
    reach.check_before_joining(session, person.case_id, by, now=now)
    if known is not None:  # whose case was destroyed since
        _end(known, by, now)
    consents.give(session, person.id, Channel.MAIL, by=by, now=now)
    join = MemberJoin(
        id=new_id(), member_id=member.id, person_id=person.id, consent=consent.value, joined_at=now, joined_by=by.id
    )
    session.add(join)
    session.flush()
    for record in _records(session, member):
        _link(session, record, member, person, by, now)
    note(session, thread, "member.join", by, now, {"member": member.id, "person": person.id, "consent": consent.value})
    return join


def part(session: Session, thread_id: str, *, by: Staff, now: datetime) -> None:
    """Part the member from the person; their records leave the case. Parting twice is parting once."""
    thread, member = _allowed(session, thread_id, by)
    join, person = joined.standing(session, member.id), joined.person_of(session, member.id)
    if join is None:
        return
    if person is not None:
        on_the_line.check_person(session, by, person)
    _end(join, by, now)
    session.flush()
    for record in _records(session, member):
        if record.person_id is not None and (person is None or record.person_id == person.id):
            _link(session, record, member, None, by, now)
    note(session, thread, "member.part", by, now, {"member": member.id, "person": join.person_id})


def _allowed(session: Session, thread_id: str, by: Staff) -> tuple[Thread, Member]:
    thread = claims.lock(session, thread_id)
    reading.check(session, thread, by=by)
    if not may(by.role, Action.JOIN_MEMBER, {Condition.OWN} if thread.claimed_by == by.id else set()):
        raise NotYourClaim
    query = select(Member).where(Member.id == thread.member_id).with_for_update(of=Member, key_share=True)
    return thread, session.scalars(query.execution_options(populate_existing=True)).one()


def _end(join: MemberJoin, by: Staff, now: datetime) -> None:
    join.parted_at, join.parted_by = now, by.id


def _records(session: Session, member: Member) -> Sequence[Consultation]:
    """Return the records of the member's consultations, locked, oldest first."""
    theirs = select(Thread.id).where(Thread.member_id == member.id)
    query = select(Consultation).where(Consultation.thread_id.in_(theirs), Consultation.purged_at.is_(None))
    locked = query.order_by(Consultation.opened_at, Consultation.id).with_for_update(of=Consultation)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _link(
    session: Session, record: Consultation, member: Member, person: Person | None, by: Staff, now: datetime
) -> None:
    taken_back = frozenset(record.prefilled)
    linking.link(session, record, person, by, now)
    if record.state is ConsultationState.DRAFT:
        registration.prefill(session, record, member, taken_back=taken_back, now=now)
