"""A counsellor says who it was, and can take it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.domain.cases.wall import Speaker
from callcenter.models.cases.cases import Case, Person
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, linking, wall
from callcenter.services.cases.cases import NewCase, NewPerson, NoSuchPerson
from callcenter.services.names.nickname_search import search
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called


def speaking(person: Person) -> Speaker:
    return Speaker(person.case_id, person.id)


def test_a_confirmed_person_brings_their_earlier_consultations_newest_first(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    drafts = [draft_of(session, counsellor, NOW - timedelta(days=days)) for days in (20, 5, 0)]
    for draft in drafts:
        linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    earlier = wall.history(session, speaking(person), by=counsellor, now=NOW, beside=drafts[2].id)
    assert [found.id for found, _ in earlier] == [drafts[1].id, drafts[0].id]


def test_the_long_history_goes_on_page_by_page(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    for days in range(25):
        draft = draft_of(session, counsellor, NOW - timedelta(days=days))
        linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    first = wall.history(session, speaking(person), by=counsellor, now=NOW)
    rest = wall.history(session, speaking(person), by=counsellor, now=NOW, before=first[-1][0].opened_at)
    assert (len(first), len(rest)) == (20, 5)


def test_what_the_mother_said_is_not_shown_while_the_son_is_on_the_line(session: Session) -> None:
    counsellor, son = member(session, "a"), person_called(session, "ミナト")
    mother = cases.add_person(session, son.case, NewPerson("ミナトの母", relation="mother"), by=OPERATOR, now=NOW)
    draft = draft_of(session, counsellor)
    linking.confirm_person(session, draft.id, mother.id, by=counsellor, now=NOW)
    assert wall.history(session, speaking(son), by=counsellor, now=NOW) == []
    assert (son.last_contact_on, mother.last_contact_on, son.case.last_contact_on) == (
        None,
        date(2026, 11, 20),
        date(2026, 11, 20),
    )


def test_a_link_is_taken_back_without_a_trace_in_the_search(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    draft = draft_of(session, counsellor)
    draft.story = "話"
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    assert search(session, "みなと")[0].last_contact_on == date(2026, 11, 20)
    linking.unlink(session, draft.id, by=counsellor, now=NOW)
    assert (draft.person_id, draft.case_id, draft.linked_at, draft.linked_by) == (None, None, None, None)
    assert search(session, "みなと")[0].last_contact_on is None
    assert (draft.story, person.case.last_contact_on) == ("話", None)


def test_an_unlinked_person_keeps_the_contact_known_from_before(session: Session) -> None:
    counsellor, before = member(session, "a"), date(2025, 4, 1)
    moved_in = NewCase(NewPerson("ミナト", last_contact_on=before))
    person = cases.open_case(session, moved_in, by=OPERATOR, now=NOW)
    draft = draft_of(session, counsellor)
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    linking.unlink(session, draft.id, by=counsellor, now=NOW)
    assert (person.last_contact_on, person.case.last_contact_on) == (before, before)


def test_a_wrong_link_is_put_right_in_one_step(session: Session) -> None:
    counsellor = member(session, "a")
    wrong, right = person_called(session, "ゆき"), person_called(session, "ゆき")
    draft = draft_of(session, counsellor)
    for person in (wrong, right):
        linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    assert (draft.person_id, draft.case_id, wrong.last_contact_on) == (right.id, right.case_id, None)
    session.commit()
    links = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "consultation.link")).all()
    assert links == [{"from": None, "to": wrong.id}, {"from": wrong.id, "to": right.id}]


def test_confirming_twice_is_confirming_once(session: Session) -> None:
    counsellor, person = member(session, "a"), person_called(session, "ミナト")
    draft = draft_of(session, counsellor)
    for _ in range(2):
        linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    session.commit()
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "consultation.link")).all()) == 1


def test_a_new_case_pressed_twice_is_one_case(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    for _ in range(2):
        linking.open_new_case(session, draft.id, NewCase(NewPerson(" ソラ ")), by=counsellor, now=NOW)
    assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert [found.person_id for found in search(session, "そら")] == [draft.person_id]


def test_another_person_of_the_same_name_gets_a_case_of_their_own(session: Session) -> None:
    counsellor = member(session, "a")
    known = person_called(session, "ゆき")
    known.case.created_at = NOW - timedelta(days=90)
    draft = draft_of(session, counsellor)
    linking.confirm_person(session, draft.id, known.id, by=counsellor, now=NOW)
    linking.open_new_case(session, draft.id, NewCase(NewPerson("ゆき")), by=counsellor, now=NOW)
    assert draft.person_id not in (None, known.id)
    assert session.scalar(select(func.count()).select_from(Case)) == 2


def test_linking_to_nobody_known_is_refused(session: Session) -> None:
    counsellor = member(session, "a")
    draft = draft_of(session, counsellor)
    with pytest.raises(NoSuchPerson):
        linking.confirm_person(session, draft.id, "nobody", by=counsellor, now=NOW)
