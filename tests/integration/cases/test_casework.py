"""Cases change hands, are followed up, closed and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.domain.cases.states import CaseState, CloseReason, HandoverState
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.casework import CaseHandover
from callcenter.models.engines import connect
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access.reach import AccessDenied
from callcenter.services.cases import case_access, case_closing, case_handovers, casework, linking
from callcenter.services.cases.case_handovers import AskedAlready, NobodyToAsk, NoteFirst, NotYoursToAsk, SettledAlready
from callcenter.services.delivery import notices
from tests.integration.people import NOW, case_of, draft_of, member, talk


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """One database is enough here: the list, which asks for more, has its own file."""
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


# ------------------------------------------------------------------ texts and days


def test_two_people_writing_one_field_keep_both_texts(session: Session) -> None:
    a, boss = member(session, "a"), member(session, "boss", Role.SUPERVISOR)
    case = case_of(session, a)
    first = casework.save(session, case.id, {"summary": 1}, {"summary": "母と二人暮らし"}, by=a, now=NOW)
    assert (first.version, first.conflicts) == (2, {})
    sent = {"summary": "父と暮らす", "follow_up_note": "手紙を読む"}
    second = casework.save(session, case.id, {"summary": 1, "follow_up_note": 1}, sent, by=boss, now=NOW)
    assert second.conflicts == {"summary": "母と二人暮らし"}
    assert (case.summary, case.follow_up_note) == ("母と二人暮らし", "手紙を読む")
    third = casework.save(session, case.id, {"summary": 3}, {"summary": "どちらも"}, by=boss, now=NOW)
    assert (third.conflicts, case.summary) == ({}, "どちらも")


def test_a_follow_up_on_a_closed_day_moves_to_the_next_open_one(session: Session) -> None:
    a = member(session, "a")
    case = case_of(session, a)
    assert casework.set_follow_up(session, case.id, date(2026, 11, 21), by=a, now=NOW) == date(2026, 11, 24)
    assert casework.open_day_after(session, 1, now=NOW) == date(2026, 11, 24)
    with pytest.raises(casework.InThePast):
        casework.set_follow_up(session, case.id, date(2026, 11, 19), by=a, now=NOW)
    with pytest.raises(casework.TooFarAhead):
        casework.set_follow_up(session, case.id, date(2028, 11, 19), by=a, now=NOW)
    assert casework.set_follow_up(session, case.id, None, by=a, now=NOW) is None


def test_after_a_life_was_in_danger_the_case_is_looked_at_on_the_next_open_day(session: Session) -> None:
    a = member(session, "a")
    case = case_of(session, a)
    record = talk(session, a, case.people[0], 0, risk="plan")
    casework.follow_up_after_danger(session, record, by=a, now=NOW)
    assert case.follow_up_on is None
    record.risk = "in_progress"
    for agreed, then in ((None, 24), (20, 20), (30, 24)):
        case.follow_up_on = date(2026, 11, agreed) if agreed else None
        casework.follow_up_after_danger(session, record, by=a, now=NOW)
        assert case.follow_up_on == date(2026, 11, then)
    case.state, case.follow_up_on = CaseState.CLOSED, None
    casework.follow_up_after_danger(session, record, by=a, now=NOW)
    assert case.follow_up_on is None
    record.case_id = None
    casework.follow_up_after_danger(session, record, by=a, now=NOW)


# ------------------------------------------------------------------ hands


def test_a_case_changes_hands_when_the_other_accepts(session: Session) -> None:
    a, b = member(session, "a"), member(session, "b")
    case = case_of(session, a)
    with pytest.raises(AccessDenied):
        case_access.open_for_reading(session, case.id, b, now=NOW)
    asked = case_handovers.ask(session, case.id, b.id, "ゆっくり話す方です", by=a, now=NOW)
    assert (case.owner_id, asked.note) == (a.id, "ゆっくり話す方です")
    assert [one.kind for one in notices.unseen(session, b.id)] == ["case.hand_over"]
    case_access.open_for_reading(session, case.id, b, now=NOW)  # who is asked reads before answering
    case_handovers.accept(session, asked.id, by=b, now=NOW)
    case_handovers.accept(session, asked.id, by=b, now=NOW)
    assert case.owner_id == b.id
    assert [one.kind for one in notices.unseen(session, a.id)] == ["case.hand_over.accepted"]
    case_access.open_for_reading(session, case.id, a, now=NOW)  # who wrote a record may still read


def test_a_handover_is_declined_or_taken_back_and_the_case_stays(session: Session) -> None:
    a, b = member(session, "a"), member(session, "b")
    case = case_of(session, a)
    first = case_handovers.ask(session, case.id, b.id, "お願いします", by=a, now=NOW)
    with pytest.raises(AskedAlready):
        case_handovers.ask(session, case.id, b.id, "もう一度", by=a, now=NOW)
    case_handovers.decline(session, first.id, "今月はいっぱいです", by=b, now=NOW)
    second = case_handovers.ask(session, case.id, b.id, "来月から", by=a, now=NOW)
    case_handovers.withdraw(session, second.id, by=a, now=NOW)
    with pytest.raises(SettledAlready):
        case_handovers.accept(session, second.id, by=b, now=NOW)
    states = session.scalars(select(CaseHandover.state).order_by(CaseHandover.id)).all()
    assert (list(states), case.owner_id) == ([HandoverState.DECLINED, HandoverState.WITHDRAWN], a.id)
    assert [one.kind for one in notices.unseen(session, b.id)] == ["case.hand_over", "case.hand_over.withdrawn"]
    assert [one.kind for one in notices.unseen(session, a.id)] == ["case.hand_over.declined"]


def test_a_handover_needs_a_note_and_somebody_who_may_read(session: Session) -> None:
    a, b, chief = member(session, "a"), member(session, "b"), member(session, "chief", Role.ADMINISTRATOR)
    case = case_of(session, a)
    talk(session, b, case.people[0])
    with pytest.raises(NoteFirst):
        case_handovers.ask(session, case.id, b.id, "  ", by=a, now=NOW)
    for to in (a.id, chief.id, "nobody"):
        with pytest.raises(NobodyToAsk):
            case_handovers.ask(session, case.id, to, "お願いします", by=a, now=NOW)
    with pytest.raises(NotYoursToAsk):
        case_handovers.ask(session, case.id, b.id, "わたしがします", by=b, now=NOW)
    with pytest.raises(casework.TakenAlready):
        casework.take_on(session, case.id, by=b, now=NOW)


# ------------------------------------------------------------------ the end, softly


def test_a_closed_case_opens_again_when_somebody_of_it_calls(session: Session) -> None:
    a = member(session, "a")
    case = case_of(session, a)
    casework.set_follow_up(session, case.id, date(2026, 11, 24), by=a, now=NOW)
    with pytest.raises(case_closing.SayWhy):
        case_closing.close(session, case.id, CloseReason.OTHER, " ", by=a, now=NOW)
    case_closing.close(session, case.id, CloseReason.QUIET, "春から連絡なし", by=a, now=NOW)
    assert (case.state, case.follow_up_on) == (CaseState.CLOSED, None)
    talk(session, a, case.people[0])
    assert case.state is CaseState.OPEN
    case_closing.close(session, case.id, CloseReason.SETTLED, "", by=a, now=NOW)
    case_closing.reopen(session, case.id, "手紙が来た", by=a, now=NOW)
    first, second = case_closing.history(session, case)
    assert (first.note, first.reopened_by, second.reopen_note) == ("春から連絡なし", None, "手紙が来た")


def test_a_case_with_a_draft_or_a_question_is_not_closed(session: Session) -> None:
    a, b = member(session, "a"), member(session, "b")
    case = case_of(session, a)
    asked = case_handovers.ask(session, case.id, b.id, "お願いします", by=a, now=NOW)
    with pytest.raises(case_closing.StillAsked):
        case_closing.close(session, case.id, CloseReason.SETTLED, "", by=a, now=NOW)
    case_handovers.withdraw(session, asked.id, by=a, now=NOW)
    draft = draft_of(session, a)
    linking.confirm_person(session, draft.id, case.people[0].id, by=a, now=NOW)
    with pytest.raises(case_closing.StillWritten):
        case_closing.close(session, case.id, CloseReason.SETTLED, "", by=a, now=NOW)


def test_what_is_done_to_a_case_is_in_the_trail_without_a_word_of_it(session: Session) -> None:
    a, b = member(session, "a"), member(session, "b")
    case = case_of(session, a)
    case_handovers.ask(session, case.id, b.id, "申し送りのカナリア", by=a, now=NOW)
    session.commit()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == case.id)).all()
    assert "case.hand_over.ask" in {entry.action for entry in entries}
    assert "カナリア" not in str([entry.facts for entry in entries])
