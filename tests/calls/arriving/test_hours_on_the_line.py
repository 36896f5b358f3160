"""What a caller hears when the line is closed, closes, or is closed out of turn."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from callcenter.services.calendar import special_days
from ivr.simulator.clock import JST
from tests.desk import Desk
from tests.line import Phone

DANGER = "命の危険があるときは"
OTHER_LINE = "よりそいホットライン"


def at(desk: Desk, text: str) -> None:
    desk.line.at(datetime.fromisoformat(text).replace(tzinfo=JST))


def ends_kindly(phone: Phone) -> bool:
    """Danger to life is named before the other line, and then the call is over."""
    said = "".join(phone.heard)
    return phone.state == "completed" and 0 <= said.find(DANGER) < said.find(OTHER_LINE)


@pytest.mark.parametrize(
    "moment, words, opening",
    [
        ("2026-11-20T17:00:00", "今日の受付は、終わりました", "11月24日"),
        ("2026-11-20T09:59:59", "今日の受付は、午前10時から", ""),
        ("2026-11-21T12:00:00", "土曜日と日曜日は", "11月24日"),
        ("2026-11-23T10:00:00", "勤労感謝の日", "あした"),
        ("2026-12-30T12:00:00", "12月29日から、1月3日まで", "1月4日"),
        ("2027-03-22T12:00:00", "祝日", "あした"),
    ],
)
def test_outside_hours_the_line_says_why_and_when_next_before_anything_else(
    desk: Desk, moment: str, words: str, opening: str
) -> None:
    at(desk, moment)
    phone = desk.line.dial()
    desk.line.advance(90)
    said = "".join(phone.heard)
    assert words in said
    assert said.find(opening) < said.find(DANGER)
    assert ends_kindly(phone)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.CLOSED_BEFORE)


def test_at_10_sharp_the_first_caller_is_queued(desk: Desk) -> None:
    at(desk, "2026-11-20T10:00:00")
    assert desk.call(desk.line.dial().sid).state is CallState.WAITING


def test_who_arrives_one_second_before_closing_is_still_served(desk: Desk) -> None:
    at(desk, "2026-11-20T16:59:59")
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(60)
    assert any("受付の終わりの時間になりました" in text for text in phone.heard)
    desk.line.advance(30)
    if not counsellor.rings:
        counsellor.is_ready_again()
        desk.line.advance(3)
    counsellor.takes_the_call()
    desk.line.pulse = 30  # the worker need not look every second of so long a talk
    desk.line.advance(40 * 60)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_who_still_waits_when_the_drain_is_over_hears_an_apology_and_the_next_opening(desk: Desk) -> None:
    at(desk, "2026-11-20T16:58:00")
    counsellor = desk.counsellor()
    talking = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    waiting = desk.line.dial()
    desk.line.pulse = 10  # the worker need not look every second of so long a wait
    desk.line.advance(16 * 60)
    assert waiting.state == "in-progress"
    desk.line.advance(3 * 60)
    assert any("今日はおつなぎできませんでした" in text for text in waiting.heard)
    assert any("11月24日" in text for text in waiting.heard)
    assert ends_kindly(waiting)
    assert desk.outcome(waiting.sid) == (CallState.ENDED, CallOutcome.CLOSED_OUT)
    assert desk.call(talking.sid).state is CallState.TALKING


def test_a_caller_after_closing_hears_the_closed_message_while_others_still_wait(desk: Desk) -> None:
    at(desk, "2026-11-20T16:59:00")
    desk.counsellor()
    waiting = desk.line.dial()
    at(desk, "2026-11-20T17:00:00")
    late = desk.line.dial()
    desk.line.advance(2)
    assert desk.outcome(late.sid) == (CallState.ENDED, CallOutcome.CLOSED_BEFORE)
    assert desk.call(waiting.sid).state is CallState.WAITING


def test_late_in_the_day_a_long_queue_is_told_that_time_is_short(desk: Desk) -> None:
    at(desk, "2026-11-20T16:31:00")
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    phones = [desk.line.dial() for _ in range(3)]
    desk.line.advance(90)
    assert any("受付の終わりが近く" in text for text in phones[-1].heard)


def test_a_special_closure_reaches_those_who_already_wait(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    phone = desk.line.dial()
    desk.line.advance(30)
    with desk.work() as session:
        closed = SpecialDay(SpecialKind.CLOSED, reason="台風の影響")
        special_days.decide(session, date(2026, 11, 25), closed, now=desk.clock.now(), by=None)
    desk.line.advance(90)
    assert any("台風の影響で、今日の受付を、ここまで" in text for text in phone.heard)
    assert ends_kindly(phone)
    assert counsellor.work is Work.ON_CALL


def test_a_shortened_day_says_until_when_it_was(desk: Desk) -> None:
    with desk.work() as session:
        shortened = SpecialDay(SpecialKind.PARTIAL, close_at=time(13), reason="研修")
        special_days.decide(session, date(2026, 11, 25), shortened, now=desk.clock.now(), by=None)
    phone = desk.line.dial()
    desk.line.advance(90)
    assert any("研修" in text and "午後1時" in text for text in phone.heard)
    assert ends_kindly(phone)
