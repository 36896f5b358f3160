"""After a call in which a life was in danger, the next one waits for a breath that the counsellor ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from tests.integration.consoles import Console, Seat, opened
from tests.line import A_WEDNESDAY_AFTERNOON, Phone

BREATH = (Work.AWAY, AwayReason.BREATH)


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def state(seat: Seat) -> tuple[Work, AwayReason | None]:
    row = seat.presence
    return row.work, row.reason


def ends_a_call_with(seat: Seat, caller: Phone, risk: str, **sent: str) -> None:
    """Let the caller hang up and the counsellor finish a record with this level of risk."""
    record = seat.current_record
    seat.saves(record, 1, risk=risk)
    caller.hangs_up()
    seat.desk.line.advance(1)
    answer = seat.sends(f"/console/records/{record}/finish", {"quick": "cut_off"} | sent)
    assert answer.status_code in {200, 204}, answer.text


def is_rung(seat: Seat) -> bool:
    """Let somebody call for a quarter of a minute; return whether this counsellor's telephone rang."""
    seat.desk.line.dial()
    for _ in range(15):
        seat.stays()
        seat.desk.line.advance(1)
        if seat.presence.offer_id:
            return True
    return False


@pytest.mark.parametrize("risk", ["plan", "in_progress"])
def test_nobody_is_rung_to_a_counsellor_who_has_not_ended_their_breath(seat: Seat, caller: Phone, risk: str) -> None:
    ends_a_call_with(seat, caller, risk)
    assert state(seat) == BREATH
    assert not is_rung(seat)
    assert seat.sends("/console/presence", work="available").status_code == 204
    assert is_rung(seat)


@pytest.mark.parametrize("risk", ["unknown", "none", "ideation"])
def test_after_any_other_call_the_next_one_may_come(seat: Seat, caller: Phone, risk: str) -> None:
    ends_a_call_with(seat, caller, risk)
    assert seat.presence.work is Work.AVAILABLE


def test_leaving_the_record_for_later_does_not_skip_the_breath(seat: Seat, caller: Phone) -> None:
    seat.saves(seat.current_record, 1, risk="plan")
    caller.hangs_up()
    seat.desk.line.advance(1)
    seat.sends("/console/presence", work="available")
    assert state(seat) == BREATH
    seat.sends("/console/presence", work="available")
    assert seat.presence.work is Work.AVAILABLE


def test_the_breath_counts_for_the_call_it_followed_and_for_no_later_one(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    ends_a_call_with(seat, caller, "plan")
    seat.sends("/console/presence", work="available")
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    seat.answers()
    desk.line.advance(2)
    ends_a_call_with(seat, phone, "none")
    assert seat.presence.work is Work.AVAILABLE


def test_a_finish_that_is_taken_back_leaves_no_breath_behind(seat: Seat, caller: Phone) -> None:
    record = seat.current_record
    ends_a_call_with(seat, caller, "plan")
    seat.sends(f"/console/records/{record}/reopen")
    assert state(seat) == (Work.WRAP_UP, None)
    seat.saves(record, 3, risk="none")
    seat.sends(f"/console/records/{record}/finish", quick="cut_off")
    assert state(seat) == (Work.AVAILABLE, None)


@pytest.mark.parametrize(
    "after, follows",
    [("offline", (Work.OFFLINE, None)), ("away:meeting", (Work.AWAY, AwayReason.MEETING))],
)
def test_what_the_counsellor_planned_comes_first(
    seat: Seat, caller: Phone, after: str, follows: tuple[Work, AwayReason | None]
) -> None:
    ends_a_call_with(seat, caller, "plan", after=after)
    assert state(seat) == follows


def test_care_after_a_hard_call_takes_the_place_of_the_breath(seat: Seat, caller: Phone) -> None:
    seat.sends("/console/hard-call")
    ends_a_call_with(seat, caller, "in_progress")
    assert state(seat) == (Work.AWAY, AwayReason.CARE)


@pytest.mark.parametrize(
    "sent, follows",
    [
        ({"work": "offline"}, (Work.OFFLINE, None)),
        ({"work": "away", "reason": "break"}, (Work.AWAY, AwayReason.BREAK)),
    ],
)
def test_whoever_goes_home_or_away_leaves_no_breath_behind(
    seat: Seat, caller: Phone, sent: dict[str, str], follows: tuple[Work, AwayReason | None]
) -> None:
    ends_a_call_with(seat, caller, "plan")
    assert seat.sends("/console/presence", sent).status_code == 204
    assert state(seat) == follows
    assert seat.sends("/console/presence", work="available").status_code == 204
    assert seat.presence.work is Work.AVAILABLE


def test_a_breath_that_nobody_ended_is_over_with_the_day(desk: Console, seat: Seat, caller: Phone) -> None:
    ends_a_call_with(seat, caller, "plan")
    desk.line.at(A_WEDNESDAY_AFTERNOON.replace(hour=17) + timedelta(minutes=30))
    desk.line.advance(2)
    assert seat.presence.work is Work.OFFLINE


def test_nobody_can_choose_a_breath_for_themselves_or_others(desk: Console, seat: Seat) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert seat.sends("/console/presence", work="away", reason="breath").status_code == 409
    assert chief.sends(f"/reports/people/{seat.staff_id}/state", to="away:breath").status_code == 409


def test_the_console_and_the_board_say_why_no_call_comes(desk: Console, seat: Seat, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    seat.saves(seat.current_record, 1, risk="plan")
    caller.hangs_up()
    desk.line.advance(1)
    assert "このあとは、一息入れてから、受付に戻ります。" in seat.opens().words
    seat.sends(f"/console/records/{seat.current_record}/finish", {"quick": "cut_off"})
    words = seat.opens().words
    assert "離席(一息)" in words
    assert "いのちの危険のあったお電話のあとです。" in words
    assert "一息ついて、受けられるときに「受け付ける」" in words
    assert "一息(いのちの危険のあった電話のあと)" in chief.opens("/reports/board").words
