"""What closing does to everybody who is on the line at that moment: nobody is cut off, nobody is left in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest

from callcenter.domain.calendar.hours import SpecialDay, SpecialKind
from callcenter.domain.calls.lifecycle import CallOutcome, CallState, EndReason
from callcenter.domain.duty.presence import Work
from callcenter.services.calendar import special_days
from ivr.simulator.clock import JST
from tests.calls.talking.talks import Talker, hears, on_music, talking
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
    with desk.work() as session:
        special_days.decide(session, day, special, now=desk.clock.now(), by=None)


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


@pytest.fixture(params=["0", "60"])
def drained(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[tuple[Desk, int]]:
    """A desk whose waiting callers are served for so many minutes after closing."""
    desk = Desk(sqlite_url, DRAIN_MINUTES=request.param)
    yield desk, int(request.param)
    desk.close()


def test_the_drain_is_as_long_as_the_setting_says(drained: tuple[Desk, int]) -> None:
    desk, minutes = drained
    at(desk, "16:58")
    busy(desk)
    phone = desk.line.dial()
    desk.line.advance(30)
    at(desk, "17:00")
    desk.line.advance(30)
    assert heard(phone, CLOSING) == bool(minutes)
    at(desk, "17:27")
    desk.line.advance(30)
    assert phone.state == ("in-progress" if minutes else "completed")
    at(desk, "17:28:30")
    desk.line.advance(60)
    assert phone.state == "completed"
    call = desk.call(phone.sid)
    if minutes:  # longer than anybody waits
        assert (call.outcome, call.why) == (CallOutcome.OVERFLOW, EndReason.WAIT_CEILING)
    else:
        assert (call.outcome, call.why) == (CallOutcome.CLOSED_OUT, EndReason.DRAINED)
    assert heard(phone, NOT_TODAY)
    assert heard(phone, "次の受付は")


def test_whom_nobody_can_answer_after_closing_hears_when_the_line_opens_next(desk: Desk) -> None:
    at(desk, "16:59:50")
    phone = desk.line.dial()
    desk.line.advance(90)
    assert heard(phone, NOT_TODAY)
    assert desk.call(phone.sid).why is EndReason.NOBODY


def test_a_ring_under_way_when_the_drain_ends_may_still_be_answered(desk: Desk) -> None:
    at(desk, "16:58")
    first, _ = busy(desk)
    phone = desk.line.dial()
    at(desk, "17:14:52")
    second = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.advance(2)
    assert second.rings
    desk.line.advance((datetime.combine(FRIDAY, time(17, 15, 4), JST) - desk.clock.now()).total_seconds())
    assert phone.state == "in-progress"
    second.takes_the_call()
    desk.line.advance(20)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert first.work is Work.ON_CALL


def test_a_ring_that_nobody_answers_does_not_put_the_end_off_for_ever(desk: Desk) -> None:
    at(desk, "16:58")
    busy(desk)
    phone = desk.line.dial()
    at(desk, "17:14:52")
    others = [desk.counsellor(f"tanto{n}", phone=f"+81900000000{n}") for n in (4, 5, 6)]
    desk.line.advance(90)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.CLOSED_OUT)
    assert heard(phone, NOT_TODAY)
    assert not any(other.rings for other in others)


def test_a_claimed_caller_who_has_not_joined_at_the_end_of_the_drain_is_led_into_the_room(desk: Desk) -> None:
    at(desk, "16:59:00")
    desk.counsellor()
    phone = desk.line.dial()
    at(desk, "17:14:40")
    desk.line.advance(5)
    desk.working = False  # nobody takes the caller out of the queue; the caller comes by itself
    handset = desk.line.handsets["+819000000002"]
    handset.answers()
    handset.presses("1")
    assert desk.call(phone.sid).state is CallState.CLAIMED
    desk.line.advance(45)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_a_talk_goes_on_after_closing_and_its_counsellor_is_off_the_line_when_it_is_written_up(desk: Desk) -> None:
    at(desk, "16:58")
    counsellor, phone = busy(desk)
    free = desk.counsellor("tanto03", phone="+819000000003")
    at(desk, "17:14")
    desk.line.advance(10)
    assert free.work is Work.AVAILABLE  # somebody may still be waiting
    at(desk, "17:15")
    desk.line.advance(10)
    assert [free.work] == [Work.OFFLINE]
    assert desk.call(phone.sid).state is CallState.TALKING
    assert counsellor.presence.draining
    phone.hangs_up()
    desk.line.advance(10)
    assert counsellor.work is Work.WRAP_UP


def test_who_comes_after_the_drain_stays_on_the_line_for_the_next_morning(desk: Desk) -> None:
    at(desk, "17:20")
    early = desk.counsellor()
    desk.line.advance(30)
    assert early.work is Work.AVAILABLE


def test_a_wrap_up_that_is_forgotten_over_night_keeps_nobody_on_duty(desk: Desk) -> None:
    at(desk, "16:50")
    counsellor, phone = busy(desk)
    desk.line.advance(5)
    phone.hangs_up()
    desk.line.advance(60)
    assert counsellor.work is Work.WRAP_UP
    desk.line.at(datetime(2026, 11, 21, 6, 0, tzinfo=JST))
    desk.line.advance(10)
    assert [counsellor.work] == [Work.OFFLINE]


def test_a_caller_on_hold_and_one_whose_counsellor_asks_a_colleague_are_not_touched_by_closing(desk: Desk) -> None:
    at(desk, "16:58")
    held, talker = talking(desk)
    talker.holds()
    asker = Talker(desk, desk.counsellor("tanto04", phone="+819000000004"))
    consulting = desk.line.dial()
    desk.line.advance(5)
    asker.who.takes_the_call()
    colleague = desk.counsellor("tanto05", phone="+819000000005")
    desk.line.advance(2)
    asker.consults(colleague)
    desk.line.advance(2)
    colleague.takes_the_call()
    for clock in ("17:00", "17:15"):
        at(desk, clock)
        desk.line.advance(20)
        assert on_music(desk, held)
        assert on_music(desk, consulting)
    asker.hands_over()
    talker.takes_back()
    desk.line.advance(5)
    assert hears(held, talker.who.handset)
    assert hears(consulting, colleague.handset)
    assert colleague.presence.draining  # and the colleague goes home after this call
