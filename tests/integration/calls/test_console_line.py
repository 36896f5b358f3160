"""The console and the line: being there, being rung, declining, ending, and one tab that rings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import jwt
import pytest

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.services.calendar import special_days
from tests.integration.consoles import Console, Seat, opened
from tests.line import ACCOUNT

NO_CALL_YET = "今日はまだ電話がありません。"


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_counsellors_and_supervisors_come_in(desk: Console, role: Role) -> None:
    assert desk.seat("supervisor", role=Role.SUPERVISOR).may_enter
    assert not desk.seat("other", role=role).may_enter


def test_nobody_is_there_before_they_say_so(seat: Seat) -> None:
    assert "電話は鳴りません" in seat.opens().words


def test_a_counsellor_comes_goes_away_with_a_reason_and_ends_the_day(seat: Seat) -> None:
    states = []
    for sent in ({"work": "available"}, {"work": "away", "reason": "care"}, {"work": "offline"}):
        assert seat.sends("/console/presence", sent).status_code == 204
        states.append((seat.presence.work, seat.presence.reason))
    assert states == [(Work.AVAILABLE, None), (Work.AWAY, AwayReason.CARE), (Work.OFFLINE, None)]


@pytest.mark.parametrize("sent", [{"work": "on_call"}, {"work": "away"}, {"work": "away", "reason": "missed"}, {}])
def test_a_state_that_nobody_can_choose_is_refused_kindly(seat: Seat, sent: dict[str, str]) -> None:
    answer = seat.sends("/console/presence", sent)
    assert (answer.status_code, "読みこみ直して" in answer.get_json()["error"]) == (409, True)


def test_a_press_without_the_form_token_changes_nothing(seat: Seat) -> None:
    seat.sends("/console/presence", work="offline")
    assert seat.sends("/console/presence", csrf_token="", work="available").status_code == 400
    assert seat.presence.work is Work.OFFLINE


def test_one_tab_rings_until_another_takes_over(seat: Seat) -> None:
    first = seat.sends("/console/lease").get_json()["lease"]
    assert seat.sends("/console/lease").status_code == 409
    second = seat.sends("/console/lease", force="1").get_json()["lease"]
    assert seat.sends("/console/beat", lease=first, registered="1").status_code == 409
    assert seat.sends("/console/beat", lease=second, registered="1").status_code == 204


def test_a_token_lets_this_tab_be_rung_and_nothing_else(seat: Seat) -> None:
    lease = seat.takes_the_line()
    answer = seat.sends("/console/line/token", lease=lease).get_json()
    claims = jwt.decode(answer["token"], ACCOUNT.api_secret, algorithms=["HS256"])
    assert claims["grants"] == {"identity": seat.presence.identity, "voice": {"incoming": {"allow": True}}}
    assert 600 <= claims["exp"] - claims["iat"] <= 900 if "iat" in claims else answer["seconds"] <= 900


def test_a_tab_without_the_telephone_gets_no_token(seat: Seat) -> None:
    seat.takes_the_line()
    assert seat.sends("/console/line/token", lease="another").status_code == 409


def test_a_telephone_counsellor_gets_no_token(desk: Console) -> None:
    seat = desk.seat(phone="+819012345678")
    assert seat.sends("/console/line/token", lease=seat.takes_the_line()).status_code == 409


def test_the_offer_shows_the_key_and_the_waiting_time_but_no_number(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    phone = desk.line.dial("+81312345678")
    phone.presses("3")
    seat.is_rung_by(phone)
    page = seat.opens()
    assert "声を出しにくい方" in page.words
    assert "お待ちの時間" in page.words
    assert not any(number in page.response.text for number in ("312345678", "3-1234-5678"))


def test_accepting_opens_the_record_at_once(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial())
    record_id = seat.answers()
    assert desk.record(record_id)["state"] == "draft"
    assert "お名前はまだ" in seat.opens().words


def test_declining_passes_the_caller_on_and_stops_the_ring(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    phone = desk.line.dial()
    offer_id = seat.is_rung_by(phone)
    assert seat.sends(f"/console/offers/{offer_id}/decline").status_code == 204
    desk.line.settle()
    assert desk.offers()[0].state is OfferState.DECLINED
    assert not desk.line.handsets[f"client:{seat.presence.identity}"].rings
    assert desk.call(phone.sid).state is CallState.WAITING


def test_nobody_declines_for_somebody_else(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    offer_id = seat.is_rung_by(desk.line.dial())
    assert desk.seat("tanto11").sends(f"/console/offers/{offer_id}/decline").status_code == 409
    assert desk.offers()[0].state is not OfferState.DECLINED


def test_ending_ends_the_call_for_both_and_leaves_the_record(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    record_id = seat.answers()
    assert seat.sends(f"/console/calls/{desk.call(phone.sid).id}/end").status_code == 204
    desk.line.advance(2)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert (seat.presence.work, seat.current_record) == (Work.WRAP_UP, record_id)


def test_nobody_ends_the_call_of_somebody_else(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    seat.answers()
    path = f"/console/calls/{desk.call(phone.sid).id}/end"
    assert desk.seat("tanto11").sends(path).status_code == 409
    assert desk.call(phone.sid).state is CallState.TALKING


def test_the_empty_screen_says_when_the_last_call_ended(desk: Console, seat: Seat) -> None:
    assert NO_CALL_YET in seat.opens().words
    seat.takes_the_line()
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    seat.answers()
    phone.hangs_up()
    seat.sends("/console/presence", work="available")
    ended = desk.call(phone.sid).ended_at
    assert ended is not None
    assert f"最後の電話は{desk.clock.now():%H:%M}に終わりました。" in seat.opens().words


def test_the_empty_screen_says_that_nobody_called_only_while_nobody_has(desk: Console, seat: Seat) -> None:
    desk.line.dial().hangs_up()
    words = seat.opens().words
    assert NO_CALL_YET not in words
    assert "今日は、相談員につながった電話がまだありません。" in words
    colleague = desk.seat("tanto11")
    colleague.takes_the_line()
    colleague.is_rung_by(desk.line.dial())
    colleague.answers()
    words = seat.opens().words
    assert NO_CALL_YET not in words
    assert "ほかの相談員が通話中です。" in words


def test_the_console_says_until_when_the_line_is_open(desk: Console, seat: Seat) -> None:
    assert "受付は午後5時まで" in seat.opens().words
    now = desk.clock.now()
    early = SpecialDay(SpecialKind.PARTIAL, close_at=time(15), reason="台風の影響")
    with desk.work() as session:
        special_days.decide(session, local_date(now), early, now=now, by=None)
    assert "今日の受付は午後3時まで(台風の影響)" in seat.opens().words
    assert "今日の受付は午後3時まで(台風の影響)" in seat.get("/console/fragment/line").text


def test_a_telephone_counsellor_sees_the_offer_and_then_the_record(desk: Console) -> None:
    seat = desk.seat(phone="+819012345678")
    seat.sends("/console/presence", work="available")
    seat.is_rung_by(desk.line.dial())
    assert "受話器を取って" in seat.opens().words
    handset = desk.line.handsets["+819012345678"]
    handset.answers()
    handset.presses("1")
    desk.line.advance(1)
    assert desk.record(seat.current_record)["state"] == "draft"
