"""What stands on the other pages of the staff while a call rings, is talked in or is written up."""

from __future__ import annotations

from callcenter.domain.staff.roles import Role
from tests.integration.consoles import Console, Seat
from tests.line import Phone

ELSEWHERE = ("/console/cases", "/console/directory", "/reports/board", "/admin/days")


def strip(seat: Seat) -> str:
    return seat.get("/console/fragment/strip").text


def test_every_page_but_the_desk_asks_for_the_strip_of_whoever_takes_calls(desk: Console, seat: Seat) -> None:
    chief, keeper = desk.seat("tokatsu", role=Role.SUPERVISOR), desk.seat("kanri", role=Role.ADMINISTRATOR)
    for path in ELSEWHERE:
        assert "<call-strip" in chief.get(path).text, path
    assert "<call-strip" not in chief.get("/console/").text, "the desk has the call bar itself"
    assert "<call-strip" not in keeper.get("/admin/staff").text
    assert "<call-strip" in seat.get("/console/cases").text


def test_who_takes_no_calls_sees_no_strip(seat: Seat) -> None:
    assert 'data-mode=""' in strip(seat)
    seat.takes_the_line()
    assert "電話を待っています。" in strip(seat)
    seat.sends("/console/presence", work="away", reason="break")
    assert 'data-mode=""' in strip(seat)


def test_a_ring_can_be_declined_from_the_strip(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    offer = seat.is_rung_by(desk.line.dial())
    text = strip(seat)
    assert 'data-mode="ring"' in text
    assert f"/console/offers/{offer}/decline" in text
    assert "data-accept" in text


def test_a_talk_can_be_held_and_ended_from_the_strip_and_names_nobody(seat: Seat, caller: Phone) -> None:
    seat.saves(seat.current_record, 1, nickname_heard="ミナト")
    text = strip(seat)
    assert 'data-mode="talk"' in text
    assert "/hold" in text
    assert "/end" in text
    assert "ミナト" not in text
    caller.hangs_up()
    seat.desk.line.advance(1)
    assert "記録へ戻る" in strip(seat)


def test_a_ring_at_a_telephone_is_answered_there(desk: Console) -> None:
    seat = desk.seat(phone="+819012345678")
    seat.sends("/console/presence", work="available")
    seat.is_rung_by(desk.line.dial())
    text = strip(seat)
    assert "受話器を取って" in text
    assert "data-accept" not in text
    desk.line.handsets["+819012345678"].answers()
    desk.line.handsets["+819012345678"].presses("1")
    desk.line.advance(1)
    assert "/mute" in strip(seat)
