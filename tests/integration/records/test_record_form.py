"""The form of a record: every field, what was taken over, and two people at one record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.records.record_codes import Channel
from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import browser_copy, consultations
from callcenter.services.records.record_fields import FIELDS
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat


def begun(desk: Console, seat: Seat, days_ago: int = 0) -> str:
    with desk.work() as session:
        now = desk.clock.now() - timedelta(days=days_ago)
        return consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=now
        ).id


@pytest.fixture
def draft(desk: Console, seat: Seat) -> str:
    return begun(desk, seat)


@pytest.fixture
def known(desk: Console, seat: Seat) -> str:
    """Somebody who told their age and how long it has lasted, forty days ago; returns the person."""
    earlier = begun(desk, seat, days_ago=40)
    with desk.work() as session:
        staff, now = session.get_one(Staff, seat.staff_id), desk.clock.now()
        person = cases.open_case(session, NewCase(NewPerson("ミナト", relation="self")), by=OPERATOR, now=now)
        linking.confirm_person(session, earlier, person.id, by=staff, now=now)
        told = {"subject_age": "25_29", "period": "3_5", "risk": "ideation", "risk_confirmed": True}
        consultations.save_draft(session, earlier, 9, told, by=staff, now=now)
        return person.id


def beside(seat: Seat, record: str, version: int = 1, writing: str | None = None) -> dict[str, object]:
    headers = {"Accept": "application/json", "X-CSRFToken": seat.token}
    sent = {"version": version, "writing": writing}
    answer = seat.client.post(
        f"/console/records/{record}/beside", json=sent, headers=headers, base_url="https://desk.test"
    )
    return dict(answer.get_json()) | {"status": answer.status_code}


# ---- every field


def test_every_field_of_a_record_stands_in_its_form(seat: Seat, draft: str) -> None:
    page = seat.opens(f"/console/records/{draft}")
    names = {given.get("name") for _, given in page.reader.tags}
    assert FIELDS - names == set()


def test_codes_are_unknown_until_something_was_heard(desk: Console, seat: Seat, draft: str) -> None:
    page = seat.opens(f"/console/records/{draft}")
    chosen = [given["value"] for tag, given in page.reader.tags if tag == "option" and "selected" in given]
    assert set(chosen) - {"available"} == {"unknown", "incoming"}
    assert not [
        given
        for tag, given in page.reader.tags
        if tag == "input" and "checked" in given and given.get("value") not in ("unknown", "")
    ]


def test_a_number_that_is_no_age_is_refused_kindly(seat: Seat, draft: str) -> None:
    answer = seat.saves(draft, 1, subject_age_years="二十七")
    assert (answer.status_code, "0から120まで" in answer.get_json()["error"]) == (409, True)
    assert seat.saves(draft, 1, subject_age_years="２７").get_json()["kept"] == ["subject_age_years"]


def test_the_ladder_and_other_lines_are_at_hand_without_asking_the_server(seat: Seat, draft: str) -> None:
    words = seat.opens(f"/console/records/{draft}").words
    assert all(part in words for part in ("119や110にはかけられません", "0120-279-338", "お医者さんの判断が必要"))


# ---- what was told before


def test_what_was_taken_over_shows_its_day_and_goes_away_when_it_is_confirmed(
    desk: Console, seat: Seat, draft: str, known: str
) -> None:
    seat.sends(f"/console/records/{draft}/person", person=known)
    news = beside(seat, draft)
    assert {"subject_age": "10/16", "period": "10/16", "relation": "記録から"}.items() <= news["taken_over"].items()  # type: ignore[attr-defined]  # JSON
    assert {"subject_age": "25_29"}.items() <= news["fields"].items()  # type: ignore[attr-defined]  # JSON
    assert seat.sends(f"/console/records/{draft}/same-today", confirm="period").status_code == 204
    assert "period" not in beside(seat, draft)["taken_over"]  # type: ignore[operator]  # JSON
    with desk.work() as session:
        assert session.get_one(Consultation, draft).period == "3_5"


def test_without_scripts_the_whole_form_confirms_nothing_by_being_sent(
    desk: Console, seat: Seat, draft: str, known: str
) -> None:
    seat.sends(f"/console/records/{draft}/person", person=known)
    sent = {"whole": "1", "version": "2", "subject_age": "25_29", "period": "5_10"}
    seat.sends(f"/console/records/{draft}/save", sent, script=False)
    with desk.work() as session:
        assert set(session.get_one(Consultation, draft).prefilled) == {"relation", "first_or_repeat", "subject_age"}


def test_the_danger_that_was_last_known_stands_beside_the_question(seat: Seat, draft: str, known: str) -> None:
    seat.sends(f"/console/records/{draft}/person", person=known)
    page = seat.opens(f"/console/records/{draft}")
    assert "前回 10/16 希死念慮(ご本人に確認)" in page.words


# ---- two people at one record


def test_two_people_at_one_record_see_each_other_and_what_was_written(desk: Console, seat: Seat, draft: str) -> None:
    supervisor = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert beside(seat, draft)["others"] == []
    assert beside(supervisor, draft, writing="story")["others"] == [{"name": "担当07", "writing": None}]
    supervisor.saves(draft, 1, background="統括の文")
    news = beside(seat, draft)
    assert (news["others"], news["fields"]) == (
        [{"name": "tokatsu", "writing": "story"}],
        {"background": "統括の文"},
    )
    supervisor.sends(f"/console/records/{draft}/closed")
    assert beside(seat, draft)["others"] == []


def test_nobody_looks_over_a_shoulder(desk: Console, seat: Seat, draft: str) -> None:
    seat.saves(draft, 1, story="話")
    assert beside(desk.seat("tanto11"), draft)["status"] == 409


@pytest.mark.parametrize("sent", [{}, {"version": "1"}, {"version": 1, "writing": "password"}, [], None])
def test_what_no_page_of_ours_says_is_refused(seat: Seat, draft: str, sent: object) -> None:
    headers = {"Accept": "application/json", "X-CSRFToken": seat.token}
    path = f"/console/records/{draft}/beside"
    assert seat.client.post(path, json=sent, headers=headers, base_url="https://desk.test").status_code == 409


# ---- what a browser keeps while the server is away


def test_what_a_browser_keeps_opens_for_its_writer_and_this_record_only(desk: Console, seat: Seat, draft: str) -> None:
    supervisor, other = desk.seat("tokatsu", role=Role.SUPERVISOR), begun(desk, seat)
    keys = [copy_key(seat, draft), copy_key(supervisor, draft), copy_key(seat, other)]
    assert len(set(keys)) == 3
    assert copy_key(seat, draft) == keys[0]
    with desk.work() as session:
        session.get_one(Consultation, draft).data_key.destroy(desk.clock.now())
        assert browser_copy.key_of(session, session.get_one(Consultation, draft), _staff(session, seat)) == ""


def copy_key(seat: Seat, record: str) -> str:
    page = seat.opens(f"/console/records/{record}")
    return next(given["data-copy-key"] for tag, given in page.reader.tags if tag == "auto-save")


def _staff(session: Session, seat: Seat) -> Staff:
    return session.get_one(Staff, seat.staff_id)


def test_a_record_of_a_life_in_danger_brings_its_case_back_on_the_next_open_day(
    desk: Console, seat: Seat, known: str, draft: str
) -> None:
    seat.sends(f"/console/records/{draft}/person", person=known)
    assert seat.saves(draft, 9, risk="in_progress", next_step="あした、まず電話の有無を見る").status_code == 200
    assert seat.sends(f"/console/records/{draft}/finish").status_code == 204
    with desk.work() as session:
        case = cases.get_person(session, known).case
        assert case.follow_up_on == local_date(desk.clock.now()) + timedelta(days=1)  # a Thursday
    assert "2026年11月26日(木)" in seat.opens(f"/console/cases/{case.id}").words
