"""What a caller hears while nobody is free, and that every wait has a spoken end."""

from __future__ import annotations

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.models.calls.calls import Call
from tests.desk import Desk


def test_nobody_on_duty_ends_with_words_and_other_lines_not_with_music(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(90)
    assert phone.state == "completed"
    assert any("相談員が電話に出られません" in text for text in phone.heard)
    assert any("よりそいホットライン" in text for text in phone.heard)
    call = desk.call(phone.sid)
    assert (call.outcome, call.why) == (CallOutcome.OVERFLOW, "nobody")


def test_with_nobody_on_duty_no_place_in_the_queue_is_promised(desk: Desk) -> None:
    phones = [desk.line.dial() for _ in range(2)]
    desk.line.advance(90)
    heard = [text for phone in phones for text in phone.heard]
    assert not any("順番は" in text or "次に、おつなぎします" in text for text in heard)


def test_the_queue_takes_only_so_many_and_says_so(desk: Desk) -> None:
    phones = [desk.line.dial() for _ in range(6)]
    assert [desk.call(phone.sid).state for phone in phones[:5]] == [CallState.WAITING] * 5
    assert desk.outcome(phones[5].sid) == (CallState.ENDED, CallOutcome.OVERFLOW)
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
    desk.line.pulse = 30  # the worker need not look every second of half an hour
    desk.line.advance(31 * 60)
    call: Call = desk.call(phone.sid)
    assert phone.state == "completed"
    assert (call.outcome, call.why) == (CallOutcome.OVERFLOW, "wait_ceiling")
    assert sum("長くお待たせして" in text for text in phone.heard) == 3
