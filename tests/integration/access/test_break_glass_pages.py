"""Closed records and the way to open them on the screen; who opened what; a number for one look."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callcenter.domain.staff.roles import Role
from callcenter.models.access import ReasonedAccess
from callcenter.models.records import Consultation
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat

NUMBER = "+819012345675"
SHOWN = "090-1234-5675"
STORY = "昨日、父と話せた。"
REASON = "担当が休みで、続きの電話がかかってきた。"


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


@pytest.fixture
def record(desk: Console, chief: Seat) -> str:
    """A call that 担当07 took and wrote about."""
    seat = desk.seat()
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial(NUMBER))
    record = seat.answers()
    assert seat.saves(record, 1, story=STORY).status_code == 200
    seat.opens()
    return record


@pytest.fixture
def other(desk: Console) -> Seat:
    return desk.seat("tanto08")


def test_a_closed_record_shows_the_way_to_open_it_and_opens_with_a_reason(
    record: str, other: Seat, chief: Seat
) -> None:
    shut = other.get(f"/console/records/{record}/read")
    assert shut.status_code == 403
    assert STORY not in shut.text
    way = f"/console/break-glass/record/{record}"
    assert f'href="{way}"' in shut.text
    assert "30分間開く" in other.opens(way).words
    refused = other.sends(way, reason="はい", script=False)
    assert refused.status_code == 422
    assert ">はい</textarea>" in refused.text
    assert other.sends(way, reason=REASON, script=False).location.endswith(f"/console/records/{record}/read")
    opened = other.opens(f"/console/records/{record}/read")
    assert STORY in opened.words
    assert "30分だけ開きました" in opened.words
    # and the supervisors read the reason
    listed = chief.opens("/reports/break-glass")
    assert REASON in listed.words
    assert "確認を待っているもの" in listed.words


def test_what_was_opened_with_a_reason_offers_nothing_to_write_and_says_how_long_it_is_open(
    desk: Console, record: str, other: Seat
) -> None:
    with desk.work() as session:
        found = session.get_one(Consultation, record)
        person = cases.open_case(session, NewCase(NewPerson("ミナト")), by=OPERATOR, now=desk.clock.now())
        linking.confirm_person(session, record, person.id, by=found.counsellor, now=desk.clock.now())
        case_id = person.case_id
    other.sends(f"/console/break-glass/case/{case_id}", reason=REASON)
    for page in (f"/console/cases/{case_id}", f"/console/records/{record}/read"):
        shown = other.opens(page)
        assert "読むだけの画面です。" in shown.words
        assert "(あと30分)" in shown.words
    case_page = other.get(f"/console/cases/{case_id}").text
    main = case_page[case_page.index("<main") :]
    assert [tag for tag in ("<form", "<textarea", "<select") if tag in main] == []
    assert "(あと30分)" in other.get(f"/console/cases/{case_id}/live").text


def test_a_supervisor_reviews_and_a_doubt_needs_a_word(desk: Console, record: str, other: Seat, chief: Seat) -> None:
    other.sends(f"/console/break-glass/record/{record}", reason=REASON)
    with desk.work() as session:
        access_id = session.scalars(select(ReasonedAccess.id)).one()
    review = f"/reports/break-glass/{access_id}/review"
    asked = chief.sends(review, verdict="talk", note="", script=False)
    assert asked.status_code == 422
    assert "ひとこと書いてください" in asked.text
    assert chief.sends(review, verdict="in_order", script=False).status_code == 303
    done = chief.opens("/reports/break-glass")
    assert "確認を待っているものは、ありません。" in done.words
    assert "必要な閲覧だった" in done.words
    assert chief.sends(review, verdict="in_order", script=False).status_code == 409


def test_a_name_is_found_outside_a_call_and_what_is_not_theirs_leads_to_the_reason(
    desk: Console, record: str, other: Seat
) -> None:
    with desk.work() as session:
        found = session.get_one(Consultation, record)
        person = cases.open_case(session, NewCase(NewPerson("ミナト")), by=OPERATOR, now=desk.clock.now())
        linking.confirm_person(session, record, person.id, by=found.counsellor, now=desk.clock.now())
        case_id = person.case_id
    page = other.sends("/console/cases/find", nickname="みなと", script=False)
    assert f'href="/console/break-glass/case/{case_id}"' in page.text
    assert "最後の相談" not in page.text
    other.sends(f"/console/break-glass/case/{case_id}", reason=REASON)
    again = other.sends("/console/cases/find", nickname="みなと", script=False)
    assert f'href="/console/cases/{case_id}"' in again.text
    assert "見つかりません" in other.sends("/console/cases/find", nickname="ぺんぎん", script=False).text
    with desk.work() as session:
        assert session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "case.search")).all()


def test_supervisors_see_who_opened_a_record_and_what_somebody_opened(record: str, other: Seat, chief: Seat) -> None:
    other.sends(f"/console/break-glass/record/{record}", reason=REASON)
    other.get(f"/console/records/{record}/read")
    page = chief.opens(f"/reports/readers/record/{record}")
    assert "担当08" in page.words
    assert "理由を書いて開いた" in page.words
    everybody = chief.opens("/reports/readers")
    assert "担当08" in everybody.words
    assert "(自分が書いた記録)" not in everybody.words
    assert "(自分が書いた記録)" in chief.opens("/reports/readers?own=1").words
    assert "開かれた記録はありません" in chief.opens("/reports/readers?from=2020-01-01&to=2020-01-02").words
    assert chief.get("/reports/readers?from=yesterday").status_code == 409


def test_a_number_is_shown_once_for_a_reason_and_stays_out_of_the_trail(
    desk: Console, record: str, chief: Seat
) -> None:
    where = f"/reports/records/{record}/number"
    assert SHOWN not in chief.opens(where).words
    assert chief.sends(where, reason="", script=False).status_code == 422
    shown = chief.sends(where, reason="命の危険があり、119番に伝える。", script=False)
    assert SHOWN in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert SHOWN not in chief.opens(where).words
    with desk.work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "number.reveal")).one()
        assert (entry.actor_id, entry.subject_id) == (chief.staff_id, record)
        assert NUMBER[3:] not in str(entry.facts)
        assert [one.reason for one in session.scalars(select(ReasonedAccess))] == ["命の危険があり、119番に伝える。"]


def test_a_number_that_was_withheld_or_has_served_its_time_is_not_there(
    desk: Console, record: str, chief: Seat
) -> None:
    desk.forgets_after(desk.settings.policy.number_days + 1)
    gone = chief.get(f"/reports/records/{record}/number")
    assert gone.status_code == 409
    assert "もう消えています" in gone.text
