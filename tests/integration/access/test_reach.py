"""A list and a page are read by the same rule: what one shows the other opens, whatever holds of a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, false, literal, select, true
from sqlalchemy.orm import Session

from callcenter.domain.access.break_glass import LASTS, AccessKind
from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.cases.states import HandoverState
from callcenter.domain.cases.wall import Part, Speaker
from callcenter.domain.keeping.retention import HoldReason
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.models.access import ReasonedAccess
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case, Person
from callcenter.models.cases.casework import CaseHandover
from callcenter.models.cases.family import ConsultationShare
from callcenter.models.keeping.retention import RetentionHold
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import break_glass, reach
from callcenter.services.access.break_glass import Target
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import linking, wall
from callcenter.services.records import consultations
from callcenter.services.trail import readers
from tests.integration.people import NOW, draft_of, member, person_called

PLAIN = create_engine("sqlite://")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(Role)), st.sampled_from(list(Action)), st.frozensets(st.sampled_from(list(Condition))))
def test_a_rule_says_the_same_as_sql_and_in_python(role: Role, action: Action, held: frozenset[Condition]) -> None:
    clauses = {condition: true() if condition in held else false() for condition in Condition}
    asked = reach.clause(Staff(id="s", role=role), action, clauses)
    with PLAIN.connect() as connection:
        assert bool(connection.scalar(select(literal(1)).where(asked))) is may(role, action, held)


def grant(session: Session, person: Person, to: Staff) -> None:
    session.add(
        ReasonedAccess(
            id=new_id(),
            data_key=person.case.data_key,
            kind=AccessKind.BREAK_GLASS,
            staff_id=to.id,
            case_id=person.case_id,
            at=NOW,
            until=NOW + LASTS,
        )
    )
    session.flush()


@pytest.fixture
def told(session: Session) -> Consultation:
    """Counsellor a has a record of a talk with ミナト; nobody else has anything to do with it."""
    record = draft_of(session, member(session, "a"))
    person = person_called(session, "ミナト")
    linking.confirm_person(session, record.id, person.id, by=record.counsellor, now=NOW)
    return record


def shown(session: Session, by: Staff, *, later: timedelta = timedelta()) -> tuple[list[str], list[str]]:
    records = select(Consultation.id).where(reach.records_allowed(by, now=NOW + later))
    cases = select(Case.id).where(reach.cases_allowed(by, now=NOW + later))
    return list(session.scalars(records)), list(session.scalars(cases))


@pytest.mark.parametrize(
    "role, sees",
    [(Role.COUNSELLOR, False), (Role.SUPERVISOR, True), (Role.ADMINISTRATOR, False), (Role.AUDITOR, False)],
)
def test_a_list_shows_what_its_page_opens(session: Session, told: Consultation, role: Role, sees: bool) -> None:
    other = member(session, "b", role)
    assert shown(session, other) == (([told.id], [told.case_id]) if sees else ([], []))
    if sees:
        assert consultations.read(session, told.id, by=other, now=NOW) is told
    else:
        with pytest.raises((AccessDenied, NotAllowed)):
            consultations.read(session, told.id, by=other, now=NOW)


def test_who_wrote_it_and_who_has_the_caller_on_the_line_open_it(session: Session, told: Consultation) -> None:
    assert shown(session, told.counsellor) == ([told.id], [told.case_id])
    next_one = member(session, "b")
    now_on_the_line = draft_of(session, next_one)
    assert shown(session, next_one) == ([now_on_the_line.id], [])
    assert told.person_id is not None
    linking.link(session, now_on_the_line, told.person, next_one, NOW)
    assert {told.id, now_on_the_line.id} == set(shown(session, next_one)[0])
    assert told.case_id is not None
    speaker = Speaker(told.case_id, told.person_id)
    seen = wall.history(session, speaker, by=next_one, now=NOW, beside=now_on_the_line.id)
    assert [record for record, _ in seen] == [told]
    linking.unlink(session, now_on_the_line.id, by=next_one, now=NOW)
    assert shown(session, next_one) == ([now_on_the_line.id], [])
    assert wall.history(session, speaker, by=next_one, now=NOW) == []


def test_what_another_of_the_family_said_stays_behind_the_wall_beside_a_speaker(
    session: Session, told: Consultation
) -> None:
    assert told.person_id is not None
    assert told.case_id is not None

    def beside(person_id: str, *, opened: bool = False) -> list[str]:
        speaker = Speaker(told.case_id or "", person_id, opened)
        seen = reach.records_allowed(told.counsellor, now=NOW, beside=speaker)
        return list(session.scalars(select(Consultation.id).where(seen)))

    assert beside(told.person_id) == [told.id]
    assert beside("mother") == []
    assert beside("mother", opened=True) == [told.id]
    session.add(ConsultationShare(consultation_id=told.id, part=Part.CONTACT, at=NOW, by_id=told.counsellor_id))
    session.flush()
    assert beside("mother") == [told.id]


def test_broken_glass_opens_for_one_reader_and_half_an_hour(session: Session, told: Consultation) -> None:
    reader, other = member(session, "b"), member(session, "c")
    assert told.person is not None
    grant(session, told.person, reader)
    assert shown(session, reader) == ([told.id], [told.case_id])
    assert shown(session, other) == ([], [])
    assert shown(session, reader, later=LASTS) == ([], [])


def test_who_has_the_case_in_hand_or_is_asked_to_take_it_on_opens_it(session: Session, told: Consultation) -> None:
    owner, asked = member(session, "b"), member(session, "c")
    assert told.person is not None
    case = told.person.case
    case.owner_id = owner.id
    handover = CaseHandover(
        id=new_id(), data_key=case.data_key, case_id=case.id, from_id=owner.id, to_id=asked.id, asked_at=NOW
    )
    session.add(handover)
    session.flush()
    assert shown(session, owner) == shown(session, asked) == ([told.id], [case.id])
    handover.state = HandoverState.DECLINED
    session.flush()
    assert shown(session, asked) == ([], [])


def test_what_is_held_is_not_destroyed_before_the_hold_ends(session: Session, told: Consultation) -> None:
    supervisor = member(session, "s", Role.SUPERVISOR)
    assert told.person is not None
    case = told.person.case
    hold = RetentionHold(
        id=new_id(),
        data_key=case.data_key,
        case_id=case.id,
        reason=HoldReason.SAFETY,
        until=local_date(NOW),
        set_at=NOW,
    )
    session.add(hold)
    session.flush()
    with pytest.raises(AccessDenied):
        reach.check_case(session, case.id, Action.DESTROY, supervisor, now=NOW)
    reach.check_case(session, case.id, Action.DESTROY, supervisor, now=NOW + timedelta(days=1))
    assert Condition.HELD in reach.conditions_of_record(session, told.id, supervisor, now=NOW)


def test_what_waits_for_a_review_and_who_read_what_is_counted(session: Session, told: Consultation) -> None:
    reader, chief = member(session, "b"), member(session, "s", Role.SUPERVISOR)
    reason = "担当が休みで、続きの電話がかかってきた。"
    break_glass.open_with_reason(session, Target("record", told.id), reason, by=reader, now=NOW)
    consultations.read(session, told.id, by=told.counsellor, now=NOW)
    session.commit()
    assert break_glass.count_open_reviews(session, local_date(NOW)) == (1, 0)
    today = local_date(NOW)
    seen = readers.of_reader(session, None, today, today, by=chief).entries
    assert [(one.reader, one.own) for one in seen] == [("a", True), ("b", False)]
    assert len(readers.of_reader(session, None, today, today, by=chief, without_own=True).entries) == 1
