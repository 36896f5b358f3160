"""The thread from one call to the next: wishes, promises, a number to be known by, the usual counsellor."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.cases.continuity import LONGEST_NOTE, NoteTooLong, NothingPromised, PromiseEnd, Wish
from callcenter.domain.cases.linking import LinkState
from callcenter.domain.staff.roles import NotYours
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access import on_the_line
from callcenter.services.cases import cases, continuity, linking
from callcenter.services.cases.cases import NewPerson
from callcenter.services.cases.linking import NobodyYet, TakenMeanwhile
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, draft_of, member, person_called


@pytest.fixture
def counsellor(session: Session) -> Staff:
    return member(session, "a")


@pytest.fixture
def person(session: Session) -> Person:
    return person_called(session, "ミナト")


def test_a_wish_stands_until_it_is_taken_back(session: Session, counsellor: Staff, person: Person) -> None:
    for _ in range(2):
        continuity.add_wish(session, person, Wish.SILENCE, by=counsellor, now=NOW)
    continuity.add_wish(session, person, Wish.OTHER, " 夜の話は \n しない ", by=counsellor, now=NOW)
    first, second = continuity.wishes(session, person.id)
    assert (first.wish, second.note) == (Wish.SILENCE, "夜の話は しない")
    assert second.note_sealed is not None and "夜".encode() not in second.note_sealed
    continuity.end_wish(session, person, first.id, by=counsellor, now=NOW)
    assert continuity.wishes(session, person.id) == [second]


def test_an_open_promise_says_what_by_whom_and_until_when(session: Session, counsellor: Staff, person: Person) -> None:
    other = member(session, "b")
    with pytest.raises(NothingPromised):
        continuity.make_promise(session, person, " ", due_on=None, owner=other, record=None, by=counsellor, now=NOW)
    words = "あ" * (LONGEST_NOTE + 1)
    with pytest.raises(NoteTooLong):
        continuity.make_promise(session, person, words, due_on=None, owner=other, record=None, by=counsellor, now=NOW)
    some_day = continuity.make_promise(
        session, person, "絵", due_on=None, owner=other, record=None, by=counsellor, now=NOW
    )
    soon = continuity.make_promise(
        session, person, "道具を聞く", due_on=date(2026, 12, 1), owner=other, record=None, by=counsellor, now=NOW
    )
    assert continuity.promises(session, person.id) == [soon, some_day]
    for end in (PromiseEnd.KEPT, PromiseEnd.DROPPED):
        continuity.settle_promise(session, person, soon.id, end, by=counsellor, now=NOW)
    assert (soon.settled_as, continuity.promises(session, person.id)) == (PromiseEnd.KEPT, [some_day])


def test_what_is_noted_of_one_person_is_not_ended_from_beside_another(
    session: Session, counsellor: Staff, person: Person
) -> None:
    mother = cases.add_person(session, person.case, NewPerson("母", relation="mother"), by=OPERATOR, now=NOW)
    continuity.add_wish(session, mother, Wish.NO_HURRY, by=counsellor, now=NOW)
    wish = continuity.wishes(session, mother.id)[0]
    continuity.end_wish(session, person, wish.id, by=counsellor, now=NOW)
    assert continuity.wishes(session, mother.id) == [wish]


def test_a_number_names_one_person_until_it_is_renewed_or_taken_away(
    session: Session, counsellor: Staff, person: Person
) -> None:
    first = continuity.give_code(session, person, by=counsellor, now=NOW).digits
    assert continuity.person_by_code(session, first) == person.id
    second = continuity.give_code(session, person, by=counsellor, now=NOW + timedelta(seconds=1)).digits
    assert (second == first, continuity.person_by_code(session, first)) == (False, None)
    continuity.withdraw_code(session, person, by=counsellor, now=NOW)
    assert (continuity.person_by_code(session, second), continuity.code_of(session, person.id)) == (None, None)
    session.commit()
    told = session.scalars(select(AuditEntry.facts).where(AuditEntry.action.startswith("caller_code"))).all()
    assert all(first not in str(facts) and second not in str(facts) for facts in told)


def test_no_two_people_have_the_same_number(session: Session, counsellor: Staff) -> None:
    given = [
        continuity.give_code(session, person_called(session, f"名前{i}"), by=counsellor, now=NOW).digits
        for i in range(10)
    ]
    assert len(set(given)) == 10


def test_the_usual_counsellor_is_who_answered_most_of_late_unless_one_was_named(
    session: Session, counsellor: Staff, person: Person
) -> None:
    other = member(session, "b")
    for days, by in ((9, other), (5, counsellor), (2, counsellor)):
        linking.link(session, draft_of(session, by, NOW - timedelta(days=days)), person, by, NOW)
    assert continuity.usual_counsellor_of(session, person) == counsellor.id
    continuity.set_usual_counsellor(session, person, other, by=counsellor, now=NOW)
    assert continuity.usual_counsellor_of(session, person) == other.id
    continuity.set_usual_counsellor(session, person, None, by=counsellor, now=NOW)
    assert continuity.usual_counsellor_of(session, person) == counsellor.id


def test_a_first_caller_has_no_usual_counsellor(session: Session, counsellor: Staff, person: Person) -> None:
    linking.confirm_person(session, draft_of(session, counsellor).id, person.id, by=counsellor, now=NOW)
    assert continuity.usual_counsellor_of(session, person) is None


# ---- not sure yet, and later


def test_not_sure_yet_is_a_state_of_its_own_and_links_nobody(
    session: Session, counsellor: Staff, person: Person
) -> None:
    draft = draft_of(session, counsellor)
    assert draft.link_state is LinkState.UNLINKED
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    linking.record_doubt(session, draft.id, LinkState.UNSURE, maybe=person.id, by=counsellor, now=NOW)
    assert (draft.link_state, draft.maybe_person_id, draft.person_id) == (LinkState.UNSURE, person.id, None)
    assert person.last_contact_on is None
    linking.record_doubt(session, draft.id, LinkState.ANONYMOUS, maybe=person.id, by=counsellor, now=NOW)
    assert (draft.link_state, draft.maybe_person_id) == (LinkState.ANONYMOUS, None)
    linking.confirm_person(session, draft.id, person.id, by=counsellor, now=NOW)
    assert (draft.link_state, draft.maybe_person_id) == (LinkState.LINKED, None)


def test_a_silent_call_of_october_finds_its_person_later(
    session: Session, counsellor: Staff, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_the_line, "is_running", lambda *_: True)
    first, later = member(session, "b"), draft_of(session, counsellor)
    silent = draft_of(session, first, NOW - timedelta(days=30))
    with pytest.raises(NobodyYet):
        linking.attach_earlier(session, silent.id, later.id, by=counsellor, now=NOW)
    linking.confirm_person(session, later.id, person.id, by=counsellor, now=NOW)
    for _ in range(2):
        linking.attach_earlier(session, silent.id, later.id, by=counsellor, now=NOW)
    assert (silent.person_id, silent.counsellor_id, silent.linked_by) == (person.id, first.id, counsellor.id)
    with pytest.raises(NotYours):
        linking.unlink(session, silent.id, by=member(session, "c"), now=NOW)
    linking.unlink(session, silent.id, by=counsellor, now=NOW)
    assert silent.person_id is None


def test_a_contact_that_somebody_else_linked_meanwhile_is_left_alone(session: Session, counsellor: Staff) -> None:
    one, two = person_called(session, "ゆき"), person_called(session, "ゆき")
    silent, mine = draft_of(session, member(session, "b")), draft_of(session, counsellor)
    silent.person, silent.case_id = one, one.case_id
    linking.confirm_person(session, mine.id, two.id, by=counsellor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        linking.attach_earlier(session, silent.id, mine.id, by=counsellor, now=NOW)


def test_the_mother_who_calls_for_the_first_time_joins_her_sons_case(
    session: Session, counsellor: Staff, person: Person
) -> None:
    person.created_at = NOW - timedelta(days=90)
    draft = draft_of(session, counsellor)
    for _ in range(2):
        linking.open_in_case(
            session, draft.id, person.id, NewPerson("ミナトの母", relation="mother"), by=counsellor, now=NOW
        )
    assert draft.person is not None and draft.person.relation == "mother"
    session.expire(person.case, ["people"])
    assert [one.id for one in person.case.people] == [person.id, draft.person_id]
