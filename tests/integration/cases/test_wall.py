"""The one way to a case's consultations: what others of the family said stays where it was said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.cases.wall import ALL_PARTS, CaseRisk, Part, ReasonNeeded, Speaker
from callcenter.domain.records.record_codes import Risk
from callcenter.domain.staff.roles import NotYours, Role
from callcenter.models.cases.cases import Person
from callcenter.models.cases.family import WallOpening
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access import on_the_line
from callcenter.services.cases import cases, linking, wall
from callcenter.services.cases.cases import NewPerson
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called


@pytest.fixture
def counsellor(session: Session) -> Staff:
    return member(session, "a")


@pytest.fixture
def son(session: Session) -> Person:
    return person_called(session, "ミナト")


@pytest.fixture
def mother(session: Session, son: Person) -> Person:
    return cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=NOW)


def talk(session: Session, counsellor: Staff, person: Person, days: int, **fields: str) -> Consultation:
    record = draft_of(session, counsellor, NOW - timedelta(days=days))
    if fields:
        consultations.save_draft(session, record.id, 1, fields, by=counsellor, now=NOW)
    return linking.confirm_person(session, record.id, person.id, by=counsellor, now=NOW)


def seen(session: Session, speaker: Speaker | None) -> list[str]:
    return [row.id for row in session.scalars(wall.visible_consultations(speaker))]


def speaker(person: Person) -> Speaker:
    return Speaker(person.case_id, person.id)


def test_each_of_a_family_sees_their_own_calls_only(
    session: Session, counsellor: Staff, son: Person, mother: Person
) -> None:
    his, hers = talk(session, counsellor, son, 1), talk(session, counsellor, mother, 2)
    assert seen(session, speaker(son)) == [his.id]
    assert seen(session, speaker(mother)) == [hers.id]
    assert seen(session, None) == []
    assert [row.id for row in session.scalars(wall.whole_case(son.case_id))] == [his.id, hers.id]


def test_a_mark_lets_one_text_through_and_can_be_taken_back(
    session: Session, counsellor: Staff, son: Person, mother: Person
) -> None:
    hers = talk(session, counsellor, mother, 2)
    wall.share(session, hers.id, [Part.NEXT_STEP], by=counsellor, now=NOW)
    assert seen(session, speaker(son)) == [hers.id]
    assert wall.visible_parts_of(session, speaker(son), [hers])[hers.id] == {Part.CONTACT, Part.NEXT_STEP}
    assert [one.id for one in wall.visible_people(session, speaker(son))] == [son.id, mother.id]
    wall.share(session, hers.id, [], by=counsellor, now=NOW)
    assert seen(session, speaker(son)) == []
    assert [one.id for one in wall.visible_people(session, speaker(son))] == [son.id]
    session.commit()
    marks = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "wall.share")).all()
    assert marks == [{"parts": ["next_step"]}, {"parts": []}]


def test_only_who_may_write_a_record_says_what_of_it_is_shared(
    session: Session, counsellor: Staff, mother: Person
) -> None:
    hers = talk(session, counsellor, mother, 2)
    with pytest.raises(NotYours):
        wall.share(session, hers.id, [Part.STORY], by=member(session, "b"), now=NOW)
    wall.share(session, hers.id, [Part.STORY], by=member(session, "c", Role.SUPERVISOR), now=NOW)


def test_the_wall_opens_with_a_reason_for_one_record_and_one_counsellor(
    session: Session, counsellor: Staff, son: Person, mother: Person
) -> None:
    hers, record = talk(session, counsellor, mother, 2), talk(session, counsellor, son, 0, next_step="また")
    with pytest.raises(ReasonNeeded):
        wall.open_for(session, record.id, "  ", by=counsellor, now=NOW)
    for _ in range(2):
        wall.open_for(session, record.id, "命の危険があるかもしれない", by=counsellor, now=NOW)
    there = on_the_line.speaker_of(session, record, counsellor)
    assert there is not None and there.opened
    assert seen(session, there) == [record.id, hers.id]
    assert wall.visible_parts_of(session, there, [hers])[hers.id] == ALL_PARTS
    other, chief = talk(session, counsellor, son, 1), member(session, "c", Role.SUPERVISOR)
    assert on_the_line.speaker_of(session, other, counsellor) == speaker(son)
    assert on_the_line.speaker_of(session, record, chief) == speaker(son)
    consultations.finish(session, record.id, by=counsellor, now=NOW)
    assert on_the_line.speaker_of(session, record, counsellor) == speaker(son)
    session.commit()
    opened = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "wall.open")).all()
    stored = session.scalars(select(WallOpening)).one()
    assert opened == [{"record": record.id, "person": son.id, "opening": stored.id}]
    assert stored.reason == "命の危険があるかもしれない"


def test_another_person_chosen_for_the_record_finds_the_wall_closed(
    session: Session, counsellor: Staff, son: Person, mother: Person
) -> None:
    record = talk(session, counsellor, son, 0)
    wall.open_for(session, record.id, "理由", by=counsellor, now=NOW)
    linking.confirm_person(session, record.id, mother.id, by=counsellor, now=NOW)
    assert on_the_line.speaker_of(session, record, counsellor) == speaker(mother)


def test_the_newest_risk_and_its_day_cross_the_wall(
    session: Session, counsellor: Staff, son: Person, mother: Person
) -> None:
    assert wall.risk_of(session, son.case_id) is None
    talk(session, counsellor, mother, 9, risk="plan")
    talk(session, counsellor, mother, 3, risk="ideation")
    talk(session, counsellor, son, 1, risk="none")
    assert wall.risk_of(session, son.case_id) == CaseRisk(Risk.IDEATION, date(2026, 11, 17))
