"""A caller dials, waits, talks and goes: the way through the line, on both databases."""

from __future__ import annotations

import pytest

from callcenter.domain.calls.lifecycle import CallerKey, CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from tests.desk import Desk


def test_a_caller_hears_the_greeting_and_meets_a_counsellor_at_the_telephone(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(5)
    assert counsellor.work is Work.ON_CALL
    assert desk.outcome(phone.sid) == (CallState.TALKING, None)
    phone.says("もしもし、ミナトです。")
    assert "もしもし、ミナトです。" in counsellor.handset.heard


def test_a_counsellor_at_the_browser_gets_the_caller_by_accepting(desk: Desk) -> None:
    counsellor = desk.counsellor(phone=None)
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_a_person_can_be_reached_after_less_than_25_seconds_of_speech_without_any_key(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(40)
    greeting = [caption for caption in phone.captions if caption.who == "line"]
    last = next(place for place, caption in enumerate(greeting) if "押さなくても、つながります" in caption.text)
    assert 10 < sum(caption.seconds for caption in greeting[: last + 1]) <= 25
    assert counsellor.handset.calls


def test_the_telephone_rings_while_the_greeting_is_still_spoken(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(2)
    assert not counsellor.handset.calls
    desk.line.advance(3)
    assert counsellor.rings


def test_a_caller_who_hangs_up_after_talking_has_had_a_completed_call(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(60)
    phone.hangs_up()
    desk.line.advance(10)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert counsellor.work is Work.WRAP_UP
    assert counsellor.handset.state == "completed"


def test_the_counsellor_ends_the_call_and_the_caller_hears_no_machine_after_the_goodbye(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(30)
    heard = len(phone.heard)
    counsellor.ends_the_call()
    desk.line.advance(5)
    assert phone.state == "completed"
    assert phone.heard[heard:] == []
    assert counsellor.work is Work.WRAP_UP
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)


def test_after_the_wrap_up_the_next_caller_is_offered(desk: Desk) -> None:
    counsellor = desk.counsellor()
    first, second = desk.line.dial(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(10)
    first.hangs_up()
    desk.line.advance(10)
    assert counsellor.work is Work.WRAP_UP
    assert not counsellor.rings
    counsellor.is_ready_again()
    desk.line.advance(2)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(5)
    assert desk.call(second.sid).state is CallState.TALKING


@pytest.mark.parametrize("digits", ["2", "9", "*", "#", ""])
def test_any_key_or_none_keeps_the_caller_in_the_queue(desk: Desk, digits: str) -> None:
    phone = desk.line.dial()
    desk.line.advance(4)
    if digits:
        phone.presses(digits)
    desk.line.advance(2)
    call = desk.call(phone.sid)
    assert call.state is CallState.WAITING
    assert call.key is (CallerKey.FAMILY if digits == "2" else None)


def test_of_two_withheld_callers_each_stays_a_person_of_their_own(desk: Desk) -> None:
    first, second = desk.line.dial("anonymous"), desk.line.dial("+266696687")
    desk.line.advance(2)
    assert first.sid != second.sid
    assert [call.caller_number for call in desk.calls()] == [None, None]
    assert len({call.id for call in desk.calls()}) == 2


def test_a_known_number_is_kept_sealed_and_only_for_its_days(desk: Desk) -> None:
    phone = desk.line.dial("+81312345678")
    call = desk.call(phone.sid)
    assert call.caller_number is not None
    assert b"312345678" not in call.caller_number
    assert call.number_until is not None
    assert (call.number_until - call.arrived_on).days == desk.settings.policy.number_days


def test_a_caller_who_gives_up_leaves_the_rung_counsellor_first_in_line(desk: Desk) -> None:
    counsellor = desk.counsellor()
    idle_since = counsellor.presence.idle_since
    phone = desk.line.dial()
    desk.line.advance(6)
    assert counsellor.rings
    phone.hangs_up()
    desk.line.advance(3)
    assert not counsellor.rings
    assert counsellor.work is Work.AVAILABLE
    assert counsellor.presence.idle_since == idle_since
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.ABANDONED_GREETING)


def test_a_caller_who_gives_up_after_the_greeting_has_left_the_queue(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(45)
    phone.hangs_up()
    desk.line.advance(2)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.ABANDONED_QUEUE)


def test_a_caller_whose_counsellor_hung_up_the_telephone_waits_at_the_head_again(desk: Desk) -> None:
    counsellor, other = desk.counsellor(), desk.counsellor("tanto03", phone="+819000000003")
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(20)
    counsellor.handset.hangs_up()
    desk.line.advance(1)
    newcomer = desk.line.dial()
    desk.line.advance(3)
    assert any("相談員との電話が、切れました" in text for text in phone.heard)
    assert counsellor.work is Work.WRAP_UP
    assert other.rings
    other.takes_the_call()
    desk.line.advance(20)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert desk.call(newcomer.sid).state is CallState.WAITING


def test_a_caller_gone_between_claim_and_room_frees_the_counsellor_for_their_record(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False  # the errand that brings the caller is still in the outbox
    counsellor.takes_the_call()
    phone.hangs_up()
    desk.working = True
    desk.line.advance(10)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.ABANDONED_GREETING)
    assert counsellor.work is Work.WRAP_UP
    assert counsellor.handset.state == "completed"


def test_a_claimed_caller_comes_by_itself_when_no_worker_is_alive(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    counsellor.takes_the_call()
    desk.line.advance(30)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_after_the_watchdog_a_silent_call_is_asked_after_and_closed(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(20)
    desk.line.faults.lost = 1.0
    phone.hangs_up()
    desk.line.advance(90)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert counsellor.work is Work.WRAP_UP
