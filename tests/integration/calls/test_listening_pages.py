"""Following a talk from the supervisors' pages: who may press what, and what each side sees of it."""

from __future__ import annotations

import time

import pytest

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Role
from callcenter.ui.access import IDLE
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat
from tests.line import Phone


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR, phone="+819000000009")


def listens(chief: Seat, caller: Phone) -> str:
    """Press 聴く on the board and pick up; return the address of what can be done then."""
    call_id = chief.desk.call(caller.sid).id
    assert chief.sends(f"/reports/calls/{call_id}/listen").status_code == 204
    chief.desk.line.advance(1)
    handset = chief.desk.line.handsets["+819000000009"]
    handset.answers()
    handset.presses("1")
    chief.desk.line.advance(1)
    return f"/reports/listening/{chief.presence.listening_id}"


def board(chief: Seat) -> str:
    return chief.opens("/reports/board").words


def test_nobody_but_a_supervisor_can_follow_or_take_a_talk(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    following, call_id = listens(chief, caller), desk.call(caller.sid).id
    presses = [f"/reports/calls/{call_id}/listen", *(f"{following}/{act}" for act in ("mode", "stop", "take-over"))]
    for role in (Role.COUNSELLOR, Role.ADMINISTRATOR, Role.AUDITOR):
        other = desk.seat(f"other{role}", role=role)
        assert [other.sends(path, mode="barge").status_code for path in presses] == [403] * 4


def test_one_supervisor_cannot_move_the_leg_of_another(desk: Console, chief: Seat, seat: Seat, caller: Phone) -> None:
    following, other = listens(chief, caller), desk.seat("tokatsu2", role=Role.SUPERVISOR)
    answers = [other.sends(f"{following}/{act}", mode="barge") for act in ("mode", "stop", "take-over")]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert all("もう聴いていません" in answer.get_json()["error"] for answer in answers)
    assert desk.call(caller.sid).state is CallState.TALKING


@pytest.mark.parametrize("before, stays", [(30, True), (300, False)])
def test_who_listens_is_not_signed_out_of_it_unless_their_session_was_over_before(
    desk: Console, chief: Seat, seat: Seat, caller: Phone, before: int, stays: bool
) -> None:
    listens(chief, caller)
    desk.line.advance(120)
    with chief.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] = time.time() - IDLE.total_seconds() - before
    assert (chief.get("/reports/board").status_code == 200) is stays


def test_the_board_offers_to_listen_and_then_the_other_ways_and_the_way_out(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    assert "担当07の通話を聴く" in chief.get("/reports/board").text
    following = listens(chief, caller)
    words = board(chief)
    assert all(word in words for word in ("聴くだけ", "相談員だけに話す", "いっしょに話す", "引きつぐ", "やめる"))
    assert "担当07の通話を聴く" not in chief.get("/reports/board").text
    assert chief.sends(f"{following}/mode", mode="whisper").status_code == 204
    assert "切りかえています" in board(chief)
    desk.line.advance(1)
    assert "切りかえています" not in board(chief)
    assert chief.sends(f"{following}/stop").status_code == 204
    assert "担当07の通話を聴く" in chief.get("/reports/board").text


def test_a_mode_that_there_is_not_is_refused_kindly(desk: Console, chief: Seat, seat: Seat, caller: Phone) -> None:
    answer = chief.sends(f"{listens(chief, caller)}/mode", mode="shout")
    assert (answer.status_code, "読みこみ直して" in answer.get_json()["error"]) == (409, True)


def test_a_talk_that_just_ended_is_told_in_words(desk: Console, chief: Seat, seat: Seat, caller: Phone) -> None:
    call_id = desk.call(caller.sid).id
    caller.hangs_up()
    answer = chief.sends(f"/reports/calls/{call_id}/listen")
    told = answer.get_json()["error"]
    assert (answer.status_code, told.endswith("この通話は、もう終わりました。ほかの通話を選んでください。")) == (
        409,
        True,
    )
    assert chief.sends("/reports/calls/nonsense/listen").status_code == 409
    assert chief.sends("/reports/listening/nonsense/stop").status_code == 409


def test_the_counsellor_sees_that_somebody_listens_and_in_which_way(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    following = listens(chief, caller)
    assert "tokatsuが聴いています" in seat.opens().words
    chief.sends(f"{following}/mode", mode="whisper")
    desk.line.advance(1)
    assert "tokatsuが、あなたにだけ話しています" in seat.opens().words
    chief.sends(f"{following}/stop")
    assert "tokatsu" not in seat.get("/console/fragment/line").text.split("line-parts")[0]


def test_by_policy_the_counsellor_is_not_told_of_mere_listening(sqlite_url: str) -> None:
    desk = Console(sqlite_url, SHOW_LISTENING="off")
    chief, seat = desk.seat("tokatsu", role=Role.SUPERVISOR, phone="+819000000009"), desk.seat()
    seat.takes_the_line()
    caller = desk.line.dial()
    seat.is_rung_by(caller)
    seat.answers()
    following = listens(chief, caller)
    assert "が聴いています" not in seat.opens().words
    chief.sends(f"{following}/mode", mode="barge")
    desk.line.advance(1)
    assert "tokatsuが、いっしょに話しています" in seat.opens().words  # whom one hears, one may see
    desk.close()


def test_the_supervisors_own_console_shows_the_talk_they_follow(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    listens(chief, caller)
    words = chief.opens().words
    assert "担当07の通話" in words
    assert "引きつぐ" in words


def test_after_taking_over_the_record_lies_on_the_supervisors_screen(
    desk: Console, chief: Seat, seat: Seat, caller: Phone
) -> None:
    record_id = seat.current_record
    seat.saves(record_id, 1, story="朝は起きられた。")
    assert chief.sends(f"{listens(chief, caller)}/take-over").status_code == 204
    desk.line.advance(2)
    assert chief.current_record == record_id
    assert "朝は起きられた。" in chief.opens().response.text
    assert (seat.presence.work, seat.current_record) == (Work.WRAP_UP, "")
    assert "引きついだ" in seat.opens().words
    assert seat.sends("/console/presence", work="away", reason="care").status_code == 204


def test_without_a_telephone_ready_the_board_says_where_to_find_one(desk: Console, seat: Seat, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert "相談員の画面を別のタブで" in board(chief)
    answer = chief.sends(f"/reports/calls/{desk.call(caller.sid).id}/listen")
    assert (answer.status_code, "別のタブ" in answer.get_json()["error"]) == (409, True)
    assert len(desk.offers()) == 1  # nothing was rung
    chief.takes_the_line()
    assert "相談員の画面を別のタブで" not in board(chief)
