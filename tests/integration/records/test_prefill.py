"""What a person told before stands in today's record, told apart from what was asked today, and goes with the link."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewPerson
from callcenter.services.records import consultations, prefill
from callcenter.services.records.prefill import NotPrefilled
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called

BEFORE = NOW - timedelta(days=51)


@pytest.fixture
def counsellor(session: Session) -> Staff:
    return member(session, "a")


@pytest.fixture
def son(session: Session) -> Person:
    return person_called(session, "ミナト")


def told(session: Session, counsellor: Staff, person: Person, days_ago: int = 51, **codes: object) -> Consultation:
    record = draft_of(session, counsellor, NOW - timedelta(days=days_ago))
    linking.confirm_person(session, record.id, person.id, by=counsellor, now=NOW)
    consultations.save_draft(session, record.id, record.version, codes, by=counsellor, now=NOW)
    return record


def today(session: Session, counsellor: Staff, person: Person) -> Consultation:
    record = draft_of(session, counsellor)
    linking.confirm_person(session, record.id, person.id, by=counsellor, now=NOW)
    return record


def test_what_was_told_before_is_taken_over_with_its_day(session: Session, counsellor: Staff, son: Person) -> None:
    told(session, counsellor, son, subject_age="25_29", triggers=["workplace"])
    record = today(session, counsellor, son)
    assert (record.subject_age, [code.code for code in record.codes]) == ("25_29", ["workplace"])
    assert record.prefilled["subject_age"] == record.prefilled["triggers"] == "2026-09-30"
    assert (record.relation, record.first_or_repeat, record.period) == ("self", "repeat", "unknown")


def test_the_day_is_the_one_it_was_heard_on_however_often_it_was_taken_over(
    session: Session, counsellor: Staff, son: Person
) -> None:
    told(session, counsellor, son, period="3_5")
    told(session, counsellor, son, days_ago=20)
    assert today(session, counsellor, son).prefilled["period"] == "2026-09-30"


def test_what_is_chosen_today_is_todays_and_no_conflict(session: Session, counsellor: Staff, son: Person) -> None:
    told(session, counsellor, son, period="3_5", going_out="room")
    record = today(session, counsellor, son)
    saved = consultations.save_draft(session, record.id, 1, {"going_out": "nearby"}, by=counsellor, now=NOW)
    assert (saved.conflicts, record.going_out, "going_out" in record.prefilled) == ({}, "nearby", False)
    prefill.confirm(session, record, "period", by=counsellor, now=NOW)
    assert (record.period, "period" in record.prefilled) == ("3_5", False)
    with pytest.raises(NotPrefilled):
        prefill.confirm(session, record, "period", by=counsellor, now=NOW)


def test_what_was_chosen_before_the_link_stays(session: Session, counsellor: Staff, son: Person) -> None:
    told(session, counsellor, son, period="3_5")
    record = draft_of(session, counsellor)
    consultations.save_draft(session, record.id, 1, {"period": "5_10"}, by=counsellor, now=NOW)
    linking.confirm_person(session, record.id, son.id, by=counsellor, now=NOW)
    assert (record.period, "period" in record.prefilled) == ("5_10", False)


def test_with_the_link_goes_what_came_by_it(session: Session, counsellor: Staff, son: Person) -> None:
    told(session, counsellor, son, period="3_5", going_out="room", triggers=["family"])
    record = today(session, counsellor, son)
    prefill.confirm(session, record, "going_out", by=counsellor, now=NOW)
    linking.unlink(session, record.id, by=counsellor, now=NOW)
    assert (record.period, record.relation, record.codes, record.prefilled) == ("unknown", "unknown", [], {})
    assert record.going_out == "room"  # that was asked today


def test_nothing_of_the_mother_comes_into_the_sons_record(session: Session, counsellor: Staff, son: Person) -> None:
    mother = cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=NOW)
    told(session, counsellor, mother, subject_age="25_29", going_out="room", medical="attending")
    record = today(session, counsellor, son)
    assert (record.subject_age, record.going_out, record.medical) == ("unknown", "unknown", "unknown")
    assert record.first_or_repeat == "new"


def test_choosing_the_other_one_of_the_family_changes_all_of_it(
    session: Session, counsellor: Staff, son: Person
) -> None:
    mother = cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=NOW)
    told(session, counsellor, son, going_out="nearby", caller_age="25_29")
    told(session, counsellor, mother, caller_age="55_59")
    record = today(session, counsellor, son)
    linking.confirm_person(session, record.id, mother.id, by=counsellor, now=NOW)
    assert (record.relation, record.caller_age, record.going_out) == ("mother", "55_59", "unknown")
    assert date.fromisoformat(record.prefilled["relation"]) == record.local_date


def test_an_age_that_is_told_as_a_number_chooses_its_band(session: Session, counsellor: Staff) -> None:
    record = draft_of(session, counsellor)
    consultations.save_draft(session, record.id, 1, {"subject_age_years": "27歳"}, by=counsellor, now=NOW)
    assert (record.subject_age_years, record.subject_age) == (27, "25_29")
    consultations.save_draft(session, record.id, 2, {"subject_age_years": ""}, by=counsellor, now=NOW)
    assert (record.subject_age_years, record.subject_age) == (None, "25_29")


def test_each_step_in_danger_is_noted_with_its_time(session: Session, counsellor: Staff) -> None:
    record = draft_of(session, counsellor)
    later = NOW + timedelta(minutes=4)
    consultations.save_draft(session, record.id, 1, {"risk_steps": ["asked"]}, by=counsellor, now=NOW)
    consultations.save_draft(session, record.id, 2, {"risk_steps": ["asked", "lines"]}, by=counsellor, now=later)
    assert {code.code: code.noted_at for code in record.codes} == {"asked": NOW, "lines": later}
