"""The live board: who may look, what it says of the line, and what it never says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call, Presence
from callcenter.services.delivery import heartbeats
from callcenter.services.delivery.heartbeats import ERRANDS, LINE
from tests.integration.consoles import Console, Seat
from tests.line import A_WEDNESDAY_AFTERNOON
from tests.pages import Page


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


def board(chief: Seat) -> Page:
    return chief.opens("/reports/board")


def test_only_supervisors_see_the_board_and_pull_the_calls(desk: Console, chief: Seat) -> None:
    for role in (Role.COUNSELLOR, Role.ADMINISTRATOR, Role.AUDITOR):
        seat = desk.seat(role.value, role=role)
        assert [seat.get(path).status_code for path in ("/reports/board", "/reports/board/parts")] == [403, 403]
    assert desk.seat().sends("/reports/board/pull", on="1").status_code == 403
    assert "ふだんどおり" in board(chief).words


def test_somebody_who_is_not_signed_in_is_asked_to(desk: Console) -> None:
    assert desk.app.test_client().get("/reports/board").status_code == 302


def test_the_way_between_console_and_board_is_shown_to_supervisors_only(desk: Console, chief: Seat) -> None:
    assert "/reports/board" in chief.opens().links
    assert "/console/" in board(chief).links
    assert "/reports/board" not in desk.seat().opens().links


def test_a_quiet_board_says_what_happened_last_and_what_comes(chief: Seat) -> None:
    words = board(chief).words
    assert "いま待っている方はいません。" in words
    assert "いま席にいる人はいません。" in words
    assert "まだありません" in words


def test_a_caller_on_the_board_is_a_key_and_a_waiting_time_but_no_number(desk: Console, chief: Seat) -> None:
    desk.line.dial("+81312345678").presses("3")
    desk.line.advance(2)
    page = board(chief)
    assert "声を出しにくい方" in page.words
    assert not any(number in page.response.text for number in ("312345678", "3-1234-5678", "5678"))


def test_an_open_line_without_anybody_to_answer_is_said_loudly(desk: Console, chief: Seat) -> None:
    assert "いま、電話を受ける人がいません" in board(chief).words
    desk.seat().takes_the_line()
    assert "いま、電話を受ける人がいません" not in board(chief).words


def test_people_who_are_there_and_cannot_come_are_told_apart_from_nobody(desk: Console, chief: Seat) -> None:
    seat = desk.seat("tanto03", phone="+819000000003")
    seat.sends("/console/presence", work="away", reason="meeting")
    words = board(chief).words
    assert "いま、電話に出られる人がいません" in words
    assert "だれも出られません" in words
    assert "くり返しお伝えしています" not in words
    assert "いま、電話を受ける人がいません" not in words
    desk.line.dial()
    desk.line.advance(30)
    assert "くり返しお伝えしています" in board(chief).words
    assert "いま出られる人がいないことを、お待ちの方にお伝えしています" in seat.opens().words
    told = chief.get("/reports/alarms").text
    assert "お待ちの方がいますが、いま、電話に出られる人がいません" in told
    assert 'href="/reports/board"' in told
    seat.sends("/console/presence", work="available")
    desk.line.advance(5)
    assert "電話に出られる人がいません" not in board(chief).words
    assert "出られる人がいません" not in chief.get("/admin/notices").text


def test_people_are_listed_with_what_they_do_and_why_they_are_away(desk: Console, chief: Seat) -> None:
    desk.seat("tanto03", phone="+819000000003").sends("/console/presence", work="away", reason="meeting")
    words = board(chief).words
    assert "担当03" in words
    assert "会議" in words
    assert "0 / 1人" in " ".join(words.split())


def test_a_browser_that_has_fallen_silent_is_told_apart(desk: Console, chief: Seat) -> None:
    desk.seat().takes_the_line()
    desk.line.advance(20)
    assert "画面の応答がありません" in board(chief).words


def test_a_wrap_up_over_its_limit_is_seen_and_never_ended(desk: Console, chief: Seat) -> None:
    seat = desk.seat(phone="+819000000003")
    seat.sends("/console/presence", work="available")
    with desk.work() as session:
        row = session.get_one(Presence, seat.staff_id)
        row.work, row.since = Work.WRAP_UP, desk.clock.now() - timedelta(minutes=9)
    assert "めやす10分" not in board(chief).words
    desk.line.advance(61)
    assert "めやす10分" in board(chief).words
    assert seat.presence.work is Work.WRAP_UP


def test_a_held_talk_and_a_life_in_danger_are_seen_on_the_board(desk: Console, chief: Seat) -> None:
    seat = desk.seat()
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial())
    record = seat.answers()
    assert "保留中" not in board(chief).words
    with desk.work() as session:
        call = session.scalars(select(Call)).one()
        call.held_at = desk.clock.now()
    seat.saves(record, 1, risk="in_progress")
    words = board(chief).words
    assert "保留中" in words
    assert "担当07さんの通話で、いのちの危険に対応しています" in words


def test_a_long_wait_is_told_by_shape_and_word(desk: Console, chief: Seat) -> None:
    desk.seat(phone="+819000000003").sends("/console/presence", work="away", reason=AwayReason.BREAK)
    desk.line.dial()
    desk.line.pulse = 30
    desk.line.advance(185)
    text = board(chief).response.text
    longest = text[text.index("いちばん長い待ち") : text.index("30秒以内の応答")]
    assert "長め" in longest
    assert "<svg" in longest


def test_after_closing_the_board_tells_those_who_still_wait_from_an_empty_line(desk: Console, chief: Seat) -> None:
    desk.seat(phone="+819000000003").sends("/console/presence", work="away", reason=AwayReason.BREAK)
    desk.line.at(A_WEDNESDAY_AFTERNOON.replace(hour=16, minute=59, second=50))
    phone = desk.line.dial()
    desk.line.advance(20)
    assert "お待ちの方を、おつなぎしています" in board(chief).words
    phone.hangs_up()
    assert "受付時間外です" in board(chief).words


def test_the_day_is_counted_as_it_goes(desk: Console, chief: Seat) -> None:
    seat = desk.seat(phone="+819000000003")
    seat.sends("/console/presence", work="available")
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    desk.line.handsets["+819000000003"].answers()
    desk.line.handsets["+819000000003"].presses("1")
    desk.line.advance(1)
    desk.line.dial("+81312345678").hangs_up()
    words = board(chief).words
    assert "応答1" in words
    assert "途中切断1・つなげず0" in words
    assert "50 %" in words


def test_pulling_the_calls_is_shown_on_the_board_and_on_every_console(desk: Console, chief: Seat) -> None:
    seat = desk.seat()
    assert chief.sends("/reports/board/pull", on="1").status_code == 204
    assert "新しい電話は、統括が受けています" in seat.opens().words
    assert "ふだんの受け方に戻す" in board(chief).words
    chief.sends("/reports/board/pull", on="0")
    assert "統括が受けています" not in seat.opens().words


def test_calls_pulled_by_nobody_who_could_take_them_are_an_alarm(desk: Console, chief: Seat) -> None:
    chief.sends("/reports/board/pull", on="1")
    assert "受けられる統括がいません" in board(chief).words
    chief.takes_the_line()
    assert "統括がいません" not in board(chief).words
    desk.line.advance(20)
    assert "いま手のあいた統括がいません" in board(chief).words


def test_supervisors_are_told_in_plain_words_that_no_worker_is_at_work(desk: Console, chief: Seat) -> None:
    assert "電話をつなぐシステムの一部が止まっています" in board(chief).words
    assert "電話は受けられます" in board(chief).words
    with desk.work() as session:
        heartbeats.record(session, "worker", dict.fromkeys((LINE, ERRANDS), desk.clock.now()))
    assert "止まっています" not in board(chief).words


def test_the_board_and_its_parts_are_drawn_alike(chief: Seat) -> None:
    whole, parts = board(chief).response.text, chief.get("/reports/board/parts").text
    ids = [part.split('"')[0] for part in parts.split('id="board-')[1:]]
    assert ids == ["head", "alerts", "figures", "people", "waiting", "chart", "pull"]
    assert all(f'id="board-{name}"' in whole for name in ids)


def test_a_press_without_scripts_leads_back_to_the_board(chief: Seat) -> None:
    answer = chief.sends("/reports/board/pull", on="1", script=False)
    assert (answer.status_code, answer.location) == (303, "/reports/board")


def test_the_days_calls_stand_beside_what_is_usual_on_that_weekday(desk: Console, chief: Seat) -> None:
    desk.line.dial().hangs_up()
    with desk.work() as session:
        today = session.scalars(select(Call)).one()
        for weeks in (1, 2, 3):
            columns = {one.key: getattr(today, one.key) for one in inspect(Call).column_attrs}
            session.add(
                Call(
                    **columns
                    | {
                        "id": new_id(),
                        "caller_sid": f"CA{weeks:032d}",
                        "arrived_at": today.arrived_at - timedelta(weeks=weeks),
                        "arrived_on": today.arrived_on - timedelta(weeks=weeks),
                    }
                )
            )
    words = board(chief).words
    assert "水曜の中央値" in words
    assert "いちばん多いのは14:00からの1件。" in words
    assert "14:00 （途中） 1 0 1 0 1" in " ".join(words.split())
