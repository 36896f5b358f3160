"""A caller whom the room does not take in, or lets go, is never left without a word."""

from __future__ import annotations

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from ivr.simulator.line.queues import is_waiting
from ivr.simulator.line.rooms import end_room
from tests.calls.talking.talks import hears, talking
from tests.calls.webhooks import form, post
from tests.desk import Desk
from tests.outages import without_database

LOST = "電話が、途切れてしまいました"


def test_a_caller_who_cannot_enter_the_room_is_told_so_and_waits_at_the_head(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.working = False
    counsellor.handset.presses("1")
    desk.line.faults.join_fails = 1
    desk.working = True
    desk.line.advance(6)
    desk.line.faults.join_fails = 0
    desk.line.advance(12)
    assert any(LOST in text for text in phone.heard)
    assert is_waiting(phone.leg)
    call = desk.call(phone.sid)
    assert (call.state, call.priority) == (CallState.WAITING, 1)
    assert counsellor.handset.calls[0].status == "completed"
    counsellor.takes_the_call()
    desk.line.advance(6)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert hears(phone, counsellor.handset)


def test_two_joins_that_fail_alike_are_two(desk: Desk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    for _ in range(2):
        desk.line.advance(14)
        counsellor.handset.answers()
        desk.working = False
        counsellor.handset.presses("1")
        desk.line.faults.join_fails = 1
        desk.working = True
        desk.line.advance(6)
        desk.line.faults.join_fails = 0
        assert desk.call(phone.sid).state is CallState.WAITING
    desk.line.advance(8)
    assert sum(LOST in text for text in phone.heard) == 2
    assert counsellor.work is not Work.CONNECTING


def test_a_caller_whose_room_ends_around_them_is_told_so_and_waits_at_the_head(desk: Desk) -> None:
    caller, talker = talking(desk)
    (room,) = desk.line.engine.rooms.values()
    end_room(desk.line.engine, room, "conference-ended-via-api")
    desk.line.advance(15)
    assert any(LOST in text for text in caller.heard)
    assert is_waiting(caller.leg)
    assert desk.call(caller.sid).priority == 1
    assert talker.who.work is Work.WRAP_UP
    assert talker.who.handset.state == "completed"


def test_a_caller_who_hangs_up_is_not_queued_again(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.line.faults.lost = 1  # the room's action is the first to be asked, and the only one
    caller.hangs_up()
    desk.line.settle()
    assert desk.call(caller.sid).state is CallState.TALKING
    desk.line.faults.lost = 0
    desk.line.advance(100)
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert talker.who.work is Work.WRAP_UP


def test_a_talk_that_its_counsellor_ends_ends_without_words_of_a_lost_connection(desk: Desk) -> None:
    caller, talker = talking(desk)
    desk.working = False
    talker.who.ends_the_call()
    (room,) = desk.line.engine.rooms.values()
    end_room(desk.line.engine, room, "conference-ended-via-api")
    desk.line.advance(2)
    assert caller.state == "completed"
    assert not any(LOST in text for text in caller.heard)


def test_without_a_database_too_a_caller_whom_the_room_lets_go_hears_words(desk: Desk) -> None:
    caller, _ = talking(desk)
    (room,) = desk.line.engine.rooms.values()
    with without_database(desk):
        end_room(desk.line.engine, room, "conference-ended-via-api")
        desk.line.advance(10)
        assert any(LOST in text for text in caller.heard)
        assert caller.state == "in-progress"
    desk.line.advance(40)
    assert is_waiting(caller.leg)


def test_a_talk_from_before_the_update_has_its_address_still(desk: Desk) -> None:
    caller, _ = talking(desk)
    answer = post(desk, "/ivr/voice/after", form(caller.sid, CallStatus="in-progress"))
    assert LOST in answer.text
    assert "<Enqueue" in answer.text
