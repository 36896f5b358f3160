"""Alarms on supervisors' pages and the counsellor's answer: who may press what, and what each side reads."""

from __future__ import annotations

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.services.delivery import alarms
from tests.integration.consoles import Console, Seat
from tests.line import Phone


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR, phone="+819000000009")


def leg(seat: Seat) -> str:
    return f"/console/legs/{seat.presence.offer_id}"


def asks(seat: Seat) -> int:
    """Press 統括を呼ぶ."""
    return seat.sends(f"{leg(seat)}/supervisor").status_code


def banner(chief: Seat) -> str:
    return chief.get("/reports/alarms").text


def alarm_id(desk: Console) -> str:
    with desk.work() as session:
        return alarms.shown(session)[0].id


def test_the_counsellor_reads_that_it_called_and_then_who_saw_it(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    assert "統括を呼ぶ" in seat.opens().words
    assert asks(seat) == 204
    words = seat.opens().words
    assert "呼びました 14:00" in words
    assert "まだ、だれも見ていません" in words
    assert all(number in words for number in ("119", "#7119", "110"))
    assert "担当07さんが、統括を呼んでいます" in banner(chief)
    assert "data-sounds" in banner(chief)
    assert chief.sends(f"/reports/alarms/{alarm_id(desk)}/seen").status_code == 204
    assert "tokatsuが見ました" in seat.get("/console/fragment/line").text
    assert "data-sounds" not in banner(chief)
    assert "tokatsuさんが" in banner(chief)


def test_the_banner_says_nothing_of_the_caller(desk: Console, chief: Seat, seat: Seat) -> None:
    seat.takes_the_line()
    caller = desk.line.dial("+819012345678")
    seat.is_rung_by(caller)
    record_id = seat.answers()
    seat.saves(record_id, 1, story="川のそばにいる", nickname_heard="ミナト")
    asks(seat)
    said = banner(chief)
    assert not any(word in said for word in ("ミナト", "川の", "12345678"))


def test_one_press_in_the_banner_leads_into_the_talk(desk: Console, chief: Seat, seat: Seat, caller: Phone) -> None:
    away = desk.seat("tokatsu2", role=Role.SUPERVISOR)
    asks(seat)
    path = f"/reports/alarms/{alarm_id(desk)}/join/{desk.call(caller.sid).id}"
    assert away.sends(path, mode="barge").status_code == 409  # no telephone of theirs could ring
    assert "data-sounds" in banner(chief)  # so nobody has come
    assert chief.sends(path, mode="barge").status_code == 204
    desk.line.advance(1)
    handset = desk.line.handsets["+819000000009"]
    handset.answers()
    handset.presses("1")
    desk.line.advance(3)
    handset.says("統括です")
    assert "統括です" in caller.heard
    assert "tokatsuが見ました" in seat.opens().words


def test_a_page_whose_sound_is_off_does_not_count_as_open(desk: Console, chief: Seat) -> None:
    def watched() -> bool:
        with desk.work() as session:
            return alarms.somebody_watches(session, now=desk.clock.now())

    chief.get("/reports/alarms?silent")
    assert not watched()
    chief.get("/reports/alarms")
    assert watched()


def test_another_counsellors_talk_is_not_mine_to_call_for(desk: Console, seat: Seat, caller: Phone) -> None:
    other = desk.seat("tanto08")
    assert other.sends(f"{leg(seat)}/supervisor").status_code == 409
    assert other.sends(f"{leg(seat)}/supervisor/withdraw").status_code == 409
    with desk.work() as session:
        assert alarms.shown(session) == []


def test_taken_back_it_is_gone_from_both_sides(desk: Console, chief: Seat, seat: Seat, caller: Phone) -> None:
    asks(seat)
    assert seat.sends(f"{leg(seat)}/supervisor/withdraw").status_code == 204
    assert "統括を呼んでいます" not in banner(chief)
    assert "呼びました" not in seat.opens().words


def test_every_page_of_a_supervisor_asks_for_alarms_and_no_other_persons(
    desk: Console, chief: Seat, seat: Seat
) -> None:
    for path in ("/console/", "/reports/board", "/reports/flags", "/console/cases", "/admin/days"):
        assert "<alarm-banner" in chief.get(path).text, path
    assert "<alarm-banner" not in seat.get("/console/").text
