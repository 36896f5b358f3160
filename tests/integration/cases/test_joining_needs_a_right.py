"""Linking, merging and attaching open nobody else's case by the way, and what is handed out leaves a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.cases.linking import LinkState, MergeKind
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import Target
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import casework, linking, merging
from callcenter.services.cases.cases import NewPerson
from callcenter.services.records import consultations
from tests.integration.cases.families import SON, person, talk
from tests.integration.consoles import Console, Seat
from tests.integration.people import NOW, draft_of, member, person_called
from tests.line import Phone


@pytest.fixture
def theirs(session: Session) -> Person:
    """Somebody who has talked with a colleague only."""
    colleague, person = member(session, "colleague"), person_called(session, "アオイ")
    linking.confirm_person(session, draft_of(session, colleague).id, person.id, by=colleague, now=NOW)
    return person


@pytest.fixture
def mine(session: Session) -> Staff:
    return member(session, "a")


def test_a_record_without_a_running_call_is_linked_to_a_colleagues_case_with_a_reason_only(
    session: Session, theirs: Person, mine: Staff
) -> None:
    record = draft_of(session, mine)
    with pytest.raises(AccessDenied):
        linking.confirm_person(session, record.id, theirs.id, by=mine, now=NOW)
    assert record.person_id is None
    break_glass.open_with_reason(session, Target("case", theirs.case_id), "電話で頼まれたため。", by=mine, now=NOW)
    assert linking.confirm_person(session, record.id, theirs.id, by=mine, now=NOW).person_id == theirs.id


def test_neither_a_case_nor_an_entry_of_a_colleague_is_merged_into_ones_own(
    session: Session, theirs: Person, mine: Staff
) -> None:
    own = person_called(session, "ミナト")
    linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW)
    with pytest.raises(AccessDenied):
        merging.merge_people(session, own.id, theirs.id, by=mine, now=NOW)
    with pytest.raises(AccessDenied):
        merging.merge_cases(session, own.case_id, theirs.case_id, by=mine, now=NOW)


def test_a_colleagues_contact_is_not_attached_after_the_call(session: Session, theirs: Person, mine: Staff) -> None:
    own, loose = person_called(session, "ミナト"), draft_of(session, member(session, "c"))
    record = draft_of(session, mine)
    linking.confirm_person(session, record.id, own.id, by=mine, now=NOW)
    with pytest.raises(AccessDenied):
        linking.attach_earlier(session, loose.id, record.id, by=mine, now=NOW)


def test_ones_own_case_and_nobodys_are_joined_without_a_reason(session: Session, mine: Staff) -> None:
    own, nobodys = person_called(session, "ミナト"), person_called(session, "アオイ")
    linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW)
    assert linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW).person_id == own.id
    assert merging.merge_cases(session, own.case_id, nobodys.case_id, by=mine, now=NOW).undone_at is None


def test_nobody_new_is_entered_in_a_colleagues_case_without_a_reason(
    session: Session, theirs: Person, mine: Staff
) -> None:
    record = draft_of(session, mine)
    with pytest.raises(AccessDenied):
        linking.open_in_case(session, record.id, theirs.id, NewPerson("アオイの父"), by=mine, now=NOW)
    assert [one.id for one in theirs.case.people] == [theirs.id]


def test_a_case_is_merged_with_a_colleagues_after_a_reason(session: Session, theirs: Person, mine: Staff) -> None:
    own = person_called(session, "ミナト")
    linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW)
    break_glass.open_with_reason(session, Target("case", theirs.case_id), "同じご家族のため。", by=mine, now=NOW)
    assert merging.merge_cases(session, own.case_id, theirs.case_id, by=mine, now=NOW).by_id == mine.id
    assert len(break_glass.awaiting_review(session)) == 1


@pytest.mark.parametrize("kind", list(MergeKind))
def test_a_merge_is_undone_only_by_those_who_may_open_both_sides(
    session: Session, theirs: Person, mine: Staff, kind: MergeKind
) -> None:
    own, chief = person_called(session, "ミナト"), member(session, "chief", Role.SUPERVISOR)
    linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW)
    parted = theirs.case_id
    if kind is MergeKind.PEOPLE:
        merge = merging.merge_people(session, own.id, theirs.id, by=chief, now=NOW)
    else:
        merge = merging.merge_cases(session, own.case_id, parted, by=chief, now=NOW)
    with pytest.raises(AccessDenied) as refused:
        merging.undo(session, merge.id, by=mine, now=NOW)
    assert (refused.value.id, merge.undone_at) == (parted, None)
    colleague = session.scalars(select(Staff).where(Staff.login == "colleague")).one()
    assert merging.undo(session, merge.id, by=colleague, now=NOW).undone_at == NOW


def test_who_merged_undoes_their_own_slip(session: Session, theirs: Person, mine: Staff) -> None:
    own = person_called(session, "ミナト")
    linking.confirm_person(session, draft_of(session, mine).id, own.id, by=mine, now=NOW)
    break_glass.open_with_reason(session, Target("case", theirs.case_id), "同じご家族のため。", by=mine, now=NOW)
    merge, later = merging.merge_cases(session, own.case_id, theirs.case_id, by=mine, now=NOW), NOW + timedelta(hours=2)
    assert merging.undo(session, merge.id, by=mine, now=later).undone_at == later


def test_a_wish_to_stay_anonymous_outlives_a_link_that_is_taken_back(session: Session, mine: Staff) -> None:
    record, person = draft_of(session, mine), person_called(session, "ミナト")
    linking.record_doubt(session, record.id, LinkState.ANONYMOUS, by=mine, now=NOW)
    linking.confirm_person(session, record.id, person.id, by=mine, now=NOW)
    for _ in range(2):
        linking.unlink(session, record.id, by=mine, now=NOW)
        assert record.doubt is LinkState.ANONYMOUS


@pytest.mark.parametrize("version", [-1, 0])
def test_stored_text_that_is_handed_out_again_leaves_a_trace(session: Session, mine: Staff, version: int) -> None:
    record, chief = draft_of(session, mine), member(session, "b")
    consultations.save_draft(session, record.id, 1, {"story": "話"}, by=mine, now=NOW)
    saved = consultations.save_draft(session, record.id, version, {"story": "別"}, by=mine, now=NOW)
    assert saved.conflicts == {"story": "話"}
    found = consultations.newer_fields(session, record, version, by=chief, now=NOW)
    assert found["story"] == "話"
    session.commit()
    reads = select(AuditEntry.actor_id).where(AuditEntry.action == "consultation.read")
    assert session.scalars(reads.order_by(AuditEntry.seq)).all() == [mine.id, chief.id]
    assert consultations.newer_fields(session, record, record.version, by=chief, now=NOW) == {}
    session.commit()
    assert len(session.scalars(reads).all()) == 2


def test_a_text_of_a_case_that_is_handed_back_to_compare_leaves_a_trace(session: Session, mine: Staff) -> None:
    person = person_called(session, "ミナト")
    person.case.owner_id = mine.id
    casework.save(session, person.case_id, {}, {"summary": "概要"}, by=mine, now=NOW)
    saved = casework.save(session, person.case_id, {"summary": -1}, {"summary": "別"}, by=mine, now=NOW)
    assert saved.conflicts == {"summary": "概要"}
    session.commit()
    reads = select(AuditEntry.facts).where(AuditEntry.action == "case.read")
    assert session.scalars(reads).all() == [{"fields": ["summary"]}]


# ---- in a call, and after it


def test_the_case_of_who_is_on_the_line_opens_without_a_reason(desk: Console, seat: Seat, in_call: str) -> None:
    theirs = person(desk, "アオイ")
    talk(desk, desk.seat("tanto11"), theirs, SON)
    assert SON in seat.sends(f"/console/records/{in_call}/person", person=theirs).text


def test_after_the_call_a_colleagues_case_opens_with_a_reason_and_the_refusal_leads_there(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    theirs, record = person(desk, "アオイ"), seat.current_record
    talk(desk, desk.seat("tanto11"), theirs, SON)
    caller.hangs_up()
    desk.line.advance(2)
    assert seat.presence.work is Work.WRAP_UP
    at = f"/console/records/{record}"
    refused = seat.sends(f"{at}/person", person=theirs)
    assert (refused.status_code, SON in refused.text, desk.record(record)["person_id"]) == (403, False, None)
    onward = refused.get_json()["onward"]
    assert onward["label"] == "理由を書いて開く"
    seat.sends(onward["href"], reason="電話のあいだに、つなげなかったため。")
    assert SON in seat.sends(f"{at}/person", person=theirs).text
