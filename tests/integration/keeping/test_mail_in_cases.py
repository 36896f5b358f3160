"""Consultations by mail beside the rule of cases: who is joined to one keeps it, and what is left when it goes."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.keeping.retention import HoldReason, RecordClass
from callcenter.domain.policy import Periods, Policy
from callcenter.models.members.accounts import MemberJoin
from callcenter.models.members.threads import Message
from callcenter.models.records import Consultation
from callcenter.services.cases import shredding
from callcenter.services.keeping import holds, inactivity, retention
from callcenter.services.keeping.holds import NothingToHold
from callcenter.services.trail.audit import OPERATOR, SYSTEM
from tests.integration.keeping.ageing import due as due_records
from tests.integration.keeping.ageing import old_case
from tests.integration.keeping.letters import Writing, answered, consultation, join_of, registered, reply
from tests.integration.people import NOW, TODAY, case_of, member

LONG_AGO = 800


def test_the_rule_of_the_telephone_leaves_mail_to_the_rule_of_members(session: Session) -> None:
    boss = member(session, "boss")
    old = reply(session, consultation(session, registered(session, LONG_AGO), LONG_AGO), boss, LONG_AGO)
    assert due_records(session) == []
    assert retention.months_ahead(session, today=TODAY, periods=Policy().periods) == {}
    with pytest.raises(NothingToHold):
        holds.place_hold(session, old.id, HoldReason.LEGAL, "x", TODAY, by=OPERATOR, now=NOW)


def test_a_reply_by_mail_is_a_contact_of_the_case_it_is_joined_to(session: Session) -> None:
    boss = member(session, "boss")
    case, lately = old_case(session, boss), registered(session, 10)
    record = reply(session, consultation(session, lately, 10), boss, 10)
    assert [one.id for one in due_records(session)] == [case.id]
    record.case_id, record.person_id = case.id, case.people[0].id
    assert due_records(session) == []


def test_a_case_stays_while_somebody_who_is_joined_to_it_writes(session: Session) -> None:
    case, one = old_case(session, member(session, "boss")), registered(session, 10)
    assert [due.id for due in due_records(session)] == [case.id]
    consultation(session, one, 3)  # nobody has answered, so there is no record yet
    join = join_of(one, case, session)
    assert due_records(session) == []
    join.parted_at = NOW
    assert [due.id for due in due_records(session)] == [case.id]


def test_a_case_with_mail_goes_by_the_years_of_mail_where_those_of_the_telephone_are_shorter(session: Session) -> None:
    boss, one = member(session, "boss"), answered(session, LONG_AGO)
    case = old_case(session, boss)
    record = session.scalars(select(Consultation).where(Consultation.channel == "mail")).one()
    record.case_id, record.person_id = case.id, case.people[0].id
    join_of(one, case, session)
    session.flush()
    short = Periods(phone_years=1, visit_years=1)
    found = list(retention.due(session, on=TODAY, periods=short))
    assert [(due.id, due.record_class) for due in found] == [(case.id, RecordClass.MAIL)]
    assert len(retention.purge(session, found, periods=short, by=SYSTEM, now=NOW)) == 1
    assert [(due.member_id, due.held) for due in inactivity.due(session, on=TODAY)] == [(one.id, None)]


def test_a_case_that_is_destroyed_leaves_the_member_and_what_they_wrote(session: Session) -> None:
    boss, one = member(session, "boss"), registered(session, 30)
    case, thread = case_of(session, boss), consultation(session, one, 20)
    record = reply(session, thread, boss, 20)
    join_of(one, case, session)
    record.case_id, record.person_id = case.id, case.people[0].id
    shredding.shred_case(session, case, by=OPERATOR, now=NOW)
    session.commit()
    session.expire_all()
    assert session.scalars(select(MemberJoin)).all() == []
    assert record.purged_at is not None
    assert one.nickname
    texts = [message.text for message in session.scalars(select(Message).order_by(Message.sent_at, Message.id))]
    assert texts == [Writing().text, Writing().reply]
