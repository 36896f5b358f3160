"""The telephone company's queue: when it takes nobody in, breaks, or tells of a leaving in either order."""

from __future__ import annotations

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, EndReason
from tests.desk import Desk


def test_a_queue_that_is_full_there_ends_the_call_with_words(desk: Desk) -> None:
    desk.line.engine.settings.max_queue_size = 0
    phone = desk.line.dial()
    desk.line.advance(60)
    assert any("お待ちの方が多く" in text for text in phone.heard)
    call = desk.call(phone.sid)
    assert (call.state, call.outcome, call.why) == (CallState.ENDED, CallOutcome.OVERFLOW, EndReason.QUEUE_FULL)


def test_a_queue_that_breaks_there_ends_the_call_with_words(desk: Desk) -> None:
    desk.line.faults.queue_error = 1
    phone = desk.line.dial()
    desk.line.advance(60)
    assert any("電話の調子が悪く" in text for text in phone.heard)
    assert any("119番" in text for text in phone.heard)
    call = desk.call(phone.sid)
    assert (call.state, call.outcome, call.why) == (CallState.ENDED, CallOutcome.FAILED, EndReason.TROUBLE)


@pytest.mark.parametrize("after", [False, True])
def test_a_leaving_that_is_told_before_or_after_the_room_is_entered_changes_nothing(desk: Desk, after: bool) -> None:
    desk.line.faults.leave_after_join = after
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(4)
    assert desk.call(phone.sid).state is CallState.TALKING
    phone.hangs_up()
    desk.line.advance(4)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
