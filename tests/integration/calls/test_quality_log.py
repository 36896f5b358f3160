"""How well the voices were carried: a browser sends it, the leg keeps it, supervisors read it in words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Offer
from tests.integration.consoles import Console, Seat
from tests.line import Phone

FINE = {"seconds": 60, "mos": [4.1, 4.4], "rtt": [90, 40], "jitter": [9, 3], "loss": [1, 0], "warnings": []}
BROKEN = FINE | {"seconds": 120, "warnings": [["ice-connectivity-lost", 70, 75], ["high-rtt", 80, None]]}


@pytest.fixture
def leg_id(seat: Seat, caller: Phone) -> str:
    """The leg of *seat*, who talks with *caller*."""
    assert caller.state == "in-progress"
    offer_id = seat.presence.offer_id
    assert offer_id is not None
    return offer_id


def sends(seat: Seat, leg_id: str, account: object) -> int:
    return seat.sends(f"/console/legs/{leg_id}/quality", account=json.dumps(account)).status_code


def kept(desk: Console, leg_id: str) -> Offer:
    with desk.work() as session:
        return session.get_one(Offer, leg_id)


def test_the_page_is_told_where_to_send_it_and_of_which_leg(seat: Seat, leg_id: str) -> None:
    page = seat.get("/console/").text
    assert f'data-leg="{leg_id}"' in page
    assert 'data-quality="/console/legs/LEG/quality"' in page


def test_supervisors_read_it_on_the_board_and_among_the_latest_talks(
    desk: Console, seat: Seat, caller: Phone, leg_id: str
) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert "よく聞こえていました" not in chief.opens("/reports/board").words
    assert sends(seat, leg_id, FINE) == 204
    assert "声: よく聞こえていました" in chief.opens("/reports/board").words
    assert sends(seat, leg_id, BROKEN) == 204
    assert "声: 聞こえにくい時間がありました" in chief.opens("/reports/board").words
    caller.hangs_up()
    desk.line.advance(2)
    page = chief.opens("/reports/quality").words
    assert "聞こえにくい時間がありました" in page
    assert "回線の中断 1回、声の遅れ 1回" in page
    assert "往復40ミリ秒(90)" in page


def test_a_talk_on_a_telephone_says_that_nothing_was_measured(desk: Console, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert caller.state == "in-progress"
    assert "記録なし" in chief.opens("/reports/quality").words


def test_an_older_account_that_comes_late_changes_nothing(desk: Console, seat: Seat, leg_id: str) -> None:
    assert sends(seat, leg_id, BROKEN) == 204
    assert sends(seat, leg_id, FINE) == 204
    assert kept(desk, leg_id).quality is not None
    assert (kept(desk, leg_id).quality or {})["seconds"] == 120


def test_the_last_account_may_come_after_the_talk_and_not_the_next_day(
    desk: Console, seat: Seat, caller: Phone, leg_id: str
) -> None:
    caller.hangs_up()
    desk.line.advance(5)
    assert sends(seat, leg_id, FINE) == 204
    assert (kept(desk, leg_id).quality or {})["seconds"] == 60
    desk.line.at(desk.clock.now() + timedelta(minutes=11))
    assert sends(seat, leg_id, BROKEN) == 204
    assert (kept(desk, leg_id).quality or {})["seconds"] == 60


def test_nobody_sends_it_for_anybody_else_and_nothing_but_numbers_is_taken(
    desk: Console, seat: Seat, leg_id: str
) -> None:
    other = desk.seat("tanto08")
    assert sends(other, leg_id, FINE) == 409
    assert sends(seat, leg_id, FINE | {"warnings": [["192.0.2.1", 1, 2]]}) == 409
    assert sends(seat, leg_id, {"address": "192.0.2.1"}) == 409
    assert kept(desk, leg_id).quality is None
