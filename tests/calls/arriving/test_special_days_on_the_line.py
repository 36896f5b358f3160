"""Days that somebody decided about: what callers hear, and what becomes of those who already wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calls.lifecycle import CallState, EndReason
from callcenter.domain.duty.presence import Work
from callcenter.services.calendar import special_days
from ivr.simulator.clock import JST
from tests.calls.webhooks import INCOMING, form, post
from tests.desk import Counsellor, Desk
from tests.line import Phone

FRIDAY = date(2026, 11, 20)
CLOSING = "受付の終わりの時間になりました"
NOT_TODAY = "今日はおつなぎできませんでした"
CLOSED, PARTIAL, EXTRA = SpecialKind.CLOSED, SpecialKind.PARTIAL, SpecialKind.EXTRA_OPEN


def at(desk: Desk, clock: str) -> None:
    desk.line.at(datetime.combine(FRIDAY, time.fromisoformat(clock), JST))


def heard(phone: Phone, words: str) -> bool:
    return any(words in text for text in phone.heard)


def decide(desk: Desk, special: SpecialDay, day: date = FRIDAY) -> None:
    """Decide about *day* now, or late on that day if the clock stands past it."""
    now = min(desk.clock.now(), datetime.combine(day, time(23, 59), JST))
    with desk.work() as session:
        special_days.decide(session, day, special, now=now, by=None)


def busy(desk: Desk) -> tuple[Counsellor, Phone]:
    """One counsellor, who is talking with somebody."""
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    return counsellor, phone


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """One database is enough here: what is tried are the rules."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


def test_a_day_cut_short_to_a_time_ahead_closes_like_any_other_day(desk: Desk) -> None:
    at(desk, "14:28")
    busy(desk)
    phone = desk.line.dial()
    decide(desk, SpecialDay(PARTIAL, close_at=time(14, 30), reason="台風の影響"))
    at(desk, "14:30")
    desk.line.advance(30)
    at(desk, "14:44")
    desk.line.advance(30)
    assert heard(phone, CLOSING)
    assert phone.state == "in-progress"
    at(desk, "14:45")
    desk.line.advance(60)
    assert heard(phone, NOT_TODAY)
    assert desk.call(phone.sid).why is EndReason.DRAINED


def test_a_day_cut_short_to_a_time_that_has_passed_closes_at_once_and_says_why(desk: Desk) -> None:
    at(desk, "14:28")
    counsellor, talking = busy(desk)
    phone = desk.line.dial()
    desk.line.advance(30)
    decide(desk, SpecialDay(PARTIAL, close_at=time(14), reason="停電"))
    desk.line.advance(60)
    assert heard(phone, "停電で、今日の受付を、ここまでといたします。次は、11月24日")
    assert heard(phone, "命の危険があるときは")
    assert desk.call(phone.sid).why is EndReason.SPECIAL
    assert desk.call(talking.sid).state is CallState.TALKING
    assert counsellor.work is Work.ON_CALL


def test_who_loses_a_counsellor_after_a_sudden_closure_is_not_turned_out_while_told_to_wait(desk: Desk) -> None:
    at(desk, "14:00")
    counsellor, phone = busy(desk)
    other = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.advance(5)
    decide(desk, SpecialDay(CLOSED, reason="停電"))
    desk.line.advance(20)
    counsellor.handset.hangs_up()
    desk.line.advance(12)
    assert heard(phone, "もう一度おつなぎします")
    assert other.rings
    other.takes_the_call()
    desk.line.advance(20)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_taking_an_extra_opening_back_gives_those_who_wait_their_drain(desk: Desk) -> None:
    saturday = date(2026, 11, 21)
    decide(desk, SpecialDay(EXTRA, time(10), time(15), "特別開設"), saturday)
    desk.line.at(datetime(2026, 11, 21, 11, 0, tzinfo=JST))
    busy(desk)
    phone = desk.line.dial()
    desk.line.advance(30)
    desk.line.at(datetime(2026, 11, 21, 11, 20, tzinfo=JST))
    with desk.work() as session:
        special_days.undo(session, saturday, now=desk.clock.now(), by=None)
    desk.line.advance(60)
    assert phone.state == "in-progress"
    assert heard(phone, CLOSING)
    desk.line.at(datetime(2026, 11, 21, 11, 35, tzinfo=JST))
    desk.line.advance(60)
    assert heard(phone, NOT_TODAY)


def test_an_extra_opening_takes_in_those_who_still_wait_when_it_begins(desk: Desk) -> None:
    at(desk, "16:59")
    decide(desk, SpecialDay(EXTRA, time(17, 10), time(19), "特別開設"))
    busy(desk)
    phone = desk.line.dial()
    desk.line.advance(30)
    at(desk, "17:16")
    desk.line.advance(30)
    assert phone.state == "in-progress"
    assert desk.call(desk.line.dial().sid).state is CallState.WAITING


@pytest.mark.parametrize(
    "clock, special, said, unsaid",
    [
        ("12:00", SpecialDay(CLOSED, reason="地震", disaster=True), "まず、ご自分の身を、守って", "次は"),
        ("19:30", SpecialDay(EXTRA, time(17), time(19), "特別開設"), "今日の受付は、終わりました", "特別"),
        ("17:30", SpecialDay(EXTRA, time(18), time(19), "特別開設"), "今日の受付は、午後6時から", "特別"),
        ("17:30", SpecialDay(PARTIAL, time(13), None, "点検"), "今日の受付は、終わりました", "点検"),
        ("12:30", SpecialDay(PARTIAL, time(13), None, "点検"), "点検のため、今日の受付は、午後1時から", "次は"),
        ("16:00", SpecialDay(PARTIAL, None, time(15), "点検"), "点検で、今日の受付は、午後3時まで", "お休み"),
    ],
)
def test_a_special_day_is_the_reason_only_where_it_takes_hours_away(
    desk: Desk, clock: str, special: SpecialDay, said: str, unsaid: str
) -> None:
    decide(desk, special)
    at(desk, clock)
    phone = desk.line.dial()
    desk.line.advance(5)
    first = phone.heard[0]
    assert said in first
    assert unsaid not in first


def test_a_disaster_promises_nobody_a_day(desk: Desk) -> None:
    at(desk, "14:00")
    busy(desk)
    phone = desk.line.dial()
    desk.line.advance(30)
    decide(desk, SpecialDay(CLOSED, reason="災害の影響", disaster=True))
    desk.line.advance(60)
    assert heard(phone, "災害の影響で、今日の受付を、ここまで")
    assert not heard(phone, "次は")


def test_somebody_the_queue_has_but_we_do_not_know_is_told_that_the_line_is_closed(desk: Desk) -> None:
    at(desk, "17:30")
    waiting = form(CallStatus="in-progress", QueueTime="40", QueuePosition="1")
    assert "<Leave" in post(desk, "/ivr/voice/wait", waiting).text
    said = post(desk, "/ivr/voice/leave", form(QueueResult="leave")).text
    assert "今日の受付は、終わりました" in said
    assert said.count("<Say") > 1


def test_in_a_shortened_day_s_last_hour_a_full_queue_is_told_the_next_day(desk: Desk) -> None:
    decide(desk, SpecialDay(PARTIAL, close_at=time(15), reason="研修"))
    at(desk, "14:10")
    for _ in range(5):
        desk.line.dial()
    assert "11月24日" in post(desk, INCOMING, form()).text
