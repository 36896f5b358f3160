"""A caller dials, waits, talks and goes: the way through the line, on both databases."""

from __future__ import annotations

from callcenter.domain.calls import CallState, Outcome
from callcenter.domain.presence import Work
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
