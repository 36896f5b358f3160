"""The telephone company's queue: when it takes nobody in, breaks, or tells of a leaving in either order."""

from __future__ import annotations

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, EndReason
from callcenter.domain.duty.presence import Work
from ivr.simulator.line.queues import is_waiting
from tests.calls.webhooks import form, post
from tests.desk import Desk
from tests.outages import without_database


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


def test_whoever_is_rung_for_a_caller_whom_the_queue_has_no_room_for_is_free_again(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings
    assert "<Hangup" in post(desk, "/ivr/voice/leave", form(phone.sid, QueueResult="queue-full")).text
    desk.line.advance(1)
    assert desk.call(phone.sid).state is CallState.ENDED
    assert (counsellor.work, counsellor.rings) == (Work.AVAILABLE, False)


def test_a_caller_whose_wait_document_cannot_be_had_once_waits_on(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(5)
    answer = post(desk, "/ivr/voice/leave", form(phone.sid, QueueResult="error"))
    assert "<Enqueue" in answer.text
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_caller_whose_counsellor_has_accepted_enters_the_room_though_the_queue_breaks(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    desk.working = False  # so that nobody takes them out of the queue
    counsellor.takes_the_call()
    assert desk.call(phone.sid).state is CallState.CLAIMED
    for result in ("error", "system-error", "queue-full"):
        answer = post(desk, "/ivr/voice/leave", form(phone.sid, QueueResult=result))
        assert "<Conference" in answer.text
    assert desk.call(phone.sid).state is CallState.CONNECTING


@pytest.mark.parametrize("way", ["leave_is_played", "leave_after_join", "seed"])
def test_a_caller_taken_out_enters_the_room_whichever_document_is_played(desk: Desk, way: str) -> None:
    setattr(desk.line.faults, way, True)
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(4)
    assert desk.call(phone.sid).state is CallState.TALKING
    phone.hangs_up()
    desk.line.advance(4)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)


def test_a_caller_whose_claim_was_undone_on_the_way_out_waits_on(desk: Desk) -> None:
    desk.line.faults.leave_is_played = True
    phone = desk.line.dial()
    desk.line.advance(5)
    (queue,) = desk.line.engine.queues.values()
    desk.telephony.take_from_queue(queue.sid, phone.sid, "https://desk.test/ivr/voice/join/nobody")
    desk.line.advance(1)
    assert is_waiting(phone.leg)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_way_out_of_the_queue_that_nobody_knows_is_answered_from_the_database(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(5)
    for result in ("redirected", "something-new"):
        answer = post(desk, "/ivr/voice/leave", form(phone.sid, QueueResult=result))
        assert "<Enqueue" in answer.text
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_caller_who_leaves_the_queue_unknown_to_us_is_taken_in(desk: Desk) -> None:
    answer = post(desk, "/ivr/voice/leave", form("CA" + "7" * 32, QueueResult="leave"))
    assert "<Enqueue" in answer.text


def test_without_a_database_a_caller_taken_out_asks_again_until_there_is_one(desk: Desk) -> None:
    desk.line.faults.leave_is_played = True
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    counsellor.takes_the_call()
    (queue,) = desk.line.engine.queues.values()
    join = f"https://desk.test/ivr/voice/join/{desk.offers()[0].id}"
    with without_database(desk):
        desk.telephony.take_from_queue(queue.sid, phone.sid, join)
        desk.line.advance(6)
        assert phone.state == "in-progress"
    desk.line.advance(15)
    assert desk.call(phone.sid).state is CallState.TALKING


@pytest.mark.parametrize("way", ["wait_ends", "bare_redirects"])
def test_whoever_waits_is_heard_of_and_connected_however_wait_documents_are_followed(desk: Desk, way: str) -> None:
    setattr(desk.line.faults, way, True)
    both = desk.counsellor(), desk.counsellor("tanto03", phone="+819000000003")
    phone = desk.line.dial()
    desk.line.advance(40)
    desk.line.engine.run_until(lambda: desk.call(phone.sid).waits >= 3, limit=10)
    assert any("押さなくても、つながります" in text for text in phone.heard)
    while not any(one.rings for one in both):
        desk.line.advance(1)
    next(one for one in both if one.rings).takes_the_call()
    desk.line.advance(6)
    assert desk.call(phone.sid).state is CallState.TALKING


@pytest.mark.parametrize("way", ["wait_ends", "bare_redirects"])
def test_an_outage_that_lasts_is_admitted_however_wait_documents_are_followed(desk: Desk, way: str) -> None:
    setattr(desk.line.faults, way, True)
    phone = desk.line.dial()
    desk.line.advance(10)
    with without_database(desk):
        desk.line.advance(60)
        assert sum("少しだけ、お待ちください" in text for text in phone.heard) <= 1
        desk.line.advance(600)
        assert phone.state == "completed"
        assert any("電話の調子が悪く" in text for text in phone.heard)
