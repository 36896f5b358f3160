"""A member joined to a person of a case, with their consent, and what the family's wall says of their mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import OfferState
from callcenter.domain.cases.wall import ALL_PARTS, BehindTheWall
from callcenter.domain.members.claims import NotYourClaim
from callcenter.domain.members.joining import ConsentMissing, JoinConsent, JoinedAlready
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Contact
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Offer
from callcenter.models.cases.cases import Person
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.members.threads import Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import case_timeline, cases, consents, linking, wall
from callcenter.services.cases.cases import NewPerson
from callcenter.services.members.answering import joining, reading, replying
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.members.threads_people import (
    ALONE,
    Office,
    answers,
    draft_of,
    joins,
    replies,
    staffed,
    talks,
    version_of,
    writer,
    writes,
)
from tests.integration.people import NOW, call_from_somebody, case_of, person_called, talk


@pytest.fixture
def office(session: Session) -> Office:
    return staffed(session)


def records(session: Session, thread: Thread) -> list[Consultation]:
    query = select(Consultation).where(Consultation.thread_id == thread.id)
    return list(session.scalars(query.order_by(Consultation.opened_at)))


def son_and_mother(session: Session, staff: Staff) -> tuple[Person, Person]:
    son = case_of(session, staff, "ハル").people[0]
    mother = cases.add_person(session, son.case, NewPerson("ハルの母", relation="mother"), by=OPERATOR, now=NOW)
    return son, mother


def on_the_line_with(session: Session, staff: Staff, person: Person) -> Consultation:
    """Let somebody of the family talk with *staff*, recognised."""
    call = call_from_somebody(session)
    offer = Offer(
        id=new_id(),
        call_id=call.id,
        staff_id=staff.id,
        state=OfferState.JOINED,
        contact=Contact.BROWSER,
        rung_at=NOW,
        claimed_at=NOW,
    )
    session.add(offer)
    row = talks(session, staff)
    row.offer_id = offer.id
    record = consultations.open_draft(
        session, call_id=call.id, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=NOW
    )
    session.flush()
    linking.link(session, record, person, staff, NOW)
    session.flush()
    assert on_the_line.speaker_in_case(session, staff, person.case_id) is not None
    return record


def test_without_the_members_consent_nobody_is_joined(session: Session, office: Office) -> None:
    son, _ = son_and_mother(session, office.sato)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    with pytest.raises(ConsentMissing):
        joining.join(session, thread.id, son.id, None, by=office.sato, now=NOW)
    assert session.scalars(select(MemberJoin)).all() == []
    assert [one.person_id for one in records(session, thread)] == [None]


def test_joined_mail_stands_in_the_timeline_like_calls_and_parting_takes_it_off(
    session: Session, office: Office
) -> None:
    son, _ = son_and_mother(session, office.sato)
    who = writer(session)
    first = writes(session, who)
    answers(session, first, office.sato)
    thread = writes(session, who, "別の相談です。", now=NOW + timedelta(days=1))
    replies(session, thread, office.sato, now=NOW + timedelta(days=1))
    joins(session, thread, son, office.sato)
    joins(session, thread, son, office.sato)
    assert {one.person_id for one in (*records(session, first), *records(session, thread))} == {son.id}
    assert [one.channel for one in consents.standing(session, son.id)] == [Channel.MAIL]
    later = NOW + timedelta(days=2)
    speaker = wall.reading_as(session, office.sato, son)
    shown = case_timeline.read(session, son.case, speaker, by=office.sato, now=later)
    mail = [one for one in shown.entries if one.contact is not None and one.contact.channel == Channel.MAIL]
    assert [one.parts for one in mail] == [ALL_PARTS, ALL_PARTS]
    joining.part(session, thread.id, by=office.sato, now=later)
    joining.part(session, thread.id, by=office.sato, now=later)
    assert {one.person_id for one in (*records(session, first), *records(session, thread))} == {None}
    shown = case_timeline.read(session, son.case, speaker, by=office.sato, now=later)
    assert [one for one in shown.entries if one.contact is not None and one.contact.channel == Channel.MAIL] == []
    assert session.scalars(select(MemberJoin)).one().parted_by == office.sato.id
    assert records(session, thread)[0].prefilled["caller_age"] == "2026-11-20"


def test_the_next_reply_of_a_joined_member_belongs_to_the_case_from_its_first_word(
    session: Session, office: Office
) -> None:
    son, _ = son_and_mother(session, office.sato)
    who = writer(session)
    thread = writes(session, who)
    replies(session, thread, office.sato)
    joins(session, thread, son, office.sato)
    other = writes(session, who, "ほかのこと")
    replying.begin(session, other.id, by=office.ono, now=NOW)
    assert [one.person_id for one in records(session, other)] == [son.id]


def test_once_the_consent_is_withdrawn_later_replies_stay_outside_the_case(session: Session, office: Office) -> None:
    son, _ = son_and_mother(session, office.sato)
    who = writer(session)
    thread = writes(session, who)
    replies(session, thread, office.sato)
    joins(session, thread, son, office.sato)
    consents.withdraw(session, son.id, consents.standing(session, son.id)[0].id, by=office.sato, now=NOW)
    other = writes(session, who, "ほかのこと")
    replying.begin(session, other.id, by=office.ono, now=NOW)
    assert [one.person_id for one in records(session, other)] == [None]


def test_a_case_that_is_somebody_elses_is_joined_by_nobody_who_may_not_open_it(
    session: Session, office: Office
) -> None:
    person = person_called(session, "アオイ")
    talk(session, office.ono, person)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    with pytest.raises(AccessDenied):
        joining.join(session, thread.id, person.id, JoinConsent.SPOKEN, by=office.sato, now=NOW)
    with pytest.raises(NotYourClaim):
        joining.join(session, thread.id, person.id, JoinConsent.SPOKEN, by=office.ono, now=NOW)
    joining.join(session, thread.id, person.id, JoinConsent.SPOKEN, by=office.chief, now=NOW)


def test_who_is_joined_is_not_joined_to_another_before_they_were_parted(session: Session, office: Office) -> None:
    son, mother = son_and_mother(session, office.sato)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    joins(session, thread, son, office.sato)
    with pytest.raises(JoinedAlready):
        joins(session, thread, mother, office.sato)
    joining.part(session, thread.id, by=office.sato, now=NOW)
    joins(session, thread, mother, office.sato)
    assert [one.person_id for one in records(session, thread)] == [mother.id]


@pytest.mark.parametrize("who_calls", ["mother", "son"])
def test_while_one_of_the_family_is_on_the_line_the_mail_of_the_other_stays_shut(
    session: Session, office: Office, who_calls: str
) -> None:
    son, mother = son_and_mother(session, office.sato)
    calling, writing = (mother, son) if who_calls == "mother" else (son, mother)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato)
    joins(session, thread, writing, office.sato)
    drawn = version_of(session, thread)
    on_the_line_with(session, office.sato, calling)
    with pytest.raises(BehindTheWall):
        reading.open_thread(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(BehindTheWall):
        replying.begin(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(BehindTheWall):
        joining.part(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(BehindTheWall):
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    typed = replying.save(session, thread.id, drawn, {"reply": "書きかけていた文"}, by=office.sato, now=NOW)
    assert (typed.conflicts, draft_of(session, thread).text) == ({}, "書きかけていた文")
    late = replying.save(session, thread.id, drawn, {"reply": "二つ目の窓から"}, by=office.sato, now=NOW)
    assert late.conflicts == {}
    assert late.held == {"reply"}


def test_their_own_mail_is_open_while_they_are_on_the_line(session: Session, office: Office) -> None:
    son, _ = son_and_mother(session, office.sato)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    joins(session, thread, son, office.sato)
    on_the_line_with(session, office.sato, son)
    assert reading.open_thread(session, thread.id, by=office.sato, now=NOW).letters
