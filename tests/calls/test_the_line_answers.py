"""A caller dials, waits, talks and goes: the way through the line, on both databases."""

from __future__ import annotations

import pytest

from callcenter.domain.calls import CallState, Key, Outcome
from callcenter.domain.presence import AwayReason, Work
from callcenter.models.telephony import Call
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
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.COMPLETED)
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
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.COMPLETED)


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
    assert call.key is (Key.FAMILY if digits == "2" else None)


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


def test_nobody_on_duty_ends_with_words_and_other_lines_not_with_music(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(90)
    assert phone.state == "completed"
    assert any("相談員が電話に出られません" in text for text in phone.heard)
    assert any("よりそいホットライン" in text for text in phone.heard)
    call = desk.call(phone.sid)
    assert (call.outcome, call.why) == (Outcome.OVERFLOW, "nobody")


def test_a_counsellor_who_lets_it_ring_goes_to_the_back_and_the_next_one_is_rung(desk: Desk) -> None:
    first = desk.counsellor("tanto01", phone="+819000000001")
    desk.line.advance(1)
    second = desk.counsellor("tanto02", phone="+819000000002")
    desk.line.dial()
    desk.line.advance(5)
    assert first.rings
    desk.line.advance(25)
    assert not first.rings
    assert second.rings
    assert first.work is Work.AVAILABLE


def test_two_missed_rings_in_a_row_put_the_counsellor_away(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(70)
    assert len(counsellor.handset.calls) == 2
    assert (counsellor.work, counsellor.presence.reason) == (Work.AWAY, AwayReason.MISSED)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_an_answering_machine_never_gets_the_caller(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.line.advance(30)
    assert desk.call(phone.sid).claimed_at is None
    assert counsellor.handset.calls[0].status == "completed"


def test_pressing_2_leaves_the_caller_to_others(desk: Desk) -> None:
    counsellor = desk.counsellor()
    other = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    counsellor.handset.presses("2")
    desk.line.advance(3)
    assert other.rings
    assert not counsellor.rings


def test_the_longest_idle_counsellor_is_rung_first(desk: Desk) -> None:
    early = desk.counsellor("tanto01", phone="+819000000001")
    desk.line.advance(30)
    late = desk.counsellor("tanto02", phone="+819000000002")
    desk.line.dial()
    desk.line.advance(5)
    assert early.rings
    assert not late.rings


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
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.ABANDONED_GREETING)


def test_a_caller_who_gives_up_after_the_greeting_has_left_the_queue(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(45)
    phone.hangs_up()
    desk.line.advance(2)
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.ABANDONED_QUEUE)


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
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.ABANDONED_GREETING)
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


def test_the_queue_takes_only_so_many_and_says_so(desk: Desk) -> None:
    phones = [desk.line.dial() for _ in range(6)]
    assert [desk.call(phone.sid).state for phone in phones[:5]] == [CallState.WAITING] * 5
    assert desk.outcome(phones[5].sid) == (CallState.ENDED, Outcome.OVERFLOW)
    desk.line.advance(60)
    assert any("お待ちの方が多く" in text for text in phones[5].heard)


def test_a_position_is_only_told_when_nobody_is_free_and_never_grows(desk: Desk) -> None:
    desk.counsellor()
    first = desk.line.dial()
    desk.line.advance(5)
    desk.line.handsets["+819000000002"].answers()
    desk.line.handsets["+819000000002"].presses("1")
    desk.line.advance(5)
    second, third = desk.line.dial(), desk.line.dial()
    desk.line.advance(90)
    assert desk.call(first.sid).state is CallState.TALKING
    assert any("次に、おつなぎします" in text for text in second.heard)
    assert sum("順番は" in text for text in third.heard) == 1
    second.hangs_up()
    desk.line.advance(40)
    assert any("次に、おつなぎします" in text for text in third.heard)


def test_nobody_waits_longer_than_the_ceiling(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    phone = desk.line.dial()
    desk.line.advance(31 * 60)
    call: Call = desk.call(phone.sid)
    assert phone.state == "completed"
    assert (call.outcome, call.why) == (Outcome.OVERFLOW, "wait_ceiling")
    assert sum("長くお待たせして" in text for text in phone.heard) == 3


def test_after_the_watchdog_a_silent_call_is_asked_after_and_closed(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(20)
    desk.line.faults.lost = 1.0
    phone.hangs_up()
    desk.line.advance(90)
    assert desk.outcome(phone.sid) == (CallState.ENDED, Outcome.COMPLETED)
    assert counsellor.work is Work.WRAP_UP
