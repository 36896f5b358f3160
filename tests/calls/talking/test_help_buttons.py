"""What the line says to a caller at a counsellor's button: to the silent, and to those who go too far."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.talk import WORDS, Help, NotNow, TooEarly
from callcenter.models.calls.calls import CallEvent
from callcenter.models.trail.audit import AuditEntry
from tests.calls.talking.talks import Talker, hears, talking
from tests.calls.webhooks import form, post
from tests.desk import Desk
from tests.line import Phone


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.fixture
def talk(desk: Desk) -> tuple[Phone, Talker]:
    return talking(desk)


def pressed(desk: Desk) -> list[str]:
    with desk.work() as session:
        return [event.facts["code"] for event in session.scalars(select(CallEvent).where(CallEvent.kind == "said"))]


def warned(desk: Desk) -> list[str]:
    with desk.work() as session:
        warned = select(AuditEntry).where(AuditEntry.action == "call.warn").order_by(AuditEntry.seq)
        return [entry.facts["code"] for entry in session.scalars(warned)]


@pytest.mark.parametrize("what", [Help.SILENT, Help.SILENT_KEY, Help.WARNING, Help.LAST_WARNING])
def test_the_caller_alone_hears_it_and_the_talk_goes_on(desk: Desk, talk: tuple[Phone, Talker], what: Help) -> None:
    caller, talker = talk
    before = len(talker.who.handset.heard)
    talker.says(what)
    desk.line.advance(15)
    assert caller.heard[-1] == WORDS[what]
    assert len(talker.who.handset.heard) == before
    assert hears(caller, talker.who.handset)
    assert hears(talker.who.handset, caller)
    assert pressed(desk) == [what]


def test_nobody_says_anything_to_a_silent_caller_by_itself(desk: Desk, talk: tuple[Phone, Talker]) -> None:
    caller, _ = talk
    heard = len(caller.heard)
    desk.line.pulse = 10
    desk.line.advance(45 * 60)
    assert len(caller.heard) == heard
    assert desk.call(caller.sid).state is CallState.TALKING


def test_the_farewell_to_the_silent_waits_for_the_tenth_minute_and_ends_nothing(
    desk: Desk, talk: tuple[Phone, Talker]
) -> None:
    caller, talker = talk
    with pytest.raises(TooEarly):
        talker.says(Help.SILENT_END)
    desk.line.pulse = 10
    desk.line.advance(601)
    talker.says(Help.SILENT_END)
    desk.line.advance(20)
    assert caller.heard[-1] == WORDS[Help.SILENT_END]
    assert desk.call(caller.sid).state is CallState.TALKING


def test_a_button_pressed_twice_is_one_press_but_may_be_pressed_again_later(
    desk: Desk, talk: tuple[Phone, Talker]
) -> None:
    _, talker = talk
    talker.says(Help.SILENT)
    talker.says(Help.SILENT)
    desk.line.advance(60)
    talker.says(Help.SILENT)
    assert pressed(desk) == ["F01", "F01"]


def test_a_call_is_ended_for_abuse_only_after_the_last_warning(desk: Desk, talk: tuple[Phone, Talker]) -> None:
    caller, talker = talk
    talker.says(Help.WARNING)
    with pytest.raises(TooEarly):
        talker.ends_for_abuse()
    assert desk.call(caller.sid).state is CallState.TALKING
    desk.line.advance(20)
    talker.says(Help.LAST_WARNING)
    desk.line.advance(20)
    talker.ends_for_abuse()
    talker.ends_for_abuse()
    desk.line.advance(15)
    assert caller.heard[-1] == WORDS[Help.END]
    assert caller.state == "completed"
    assert desk.outcome(caller.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert talker.who.work is Work.WRAP_UP
    assert (pressed(desk), warned(desk)) == (["G01", "G02", "G03"], ["G01", "G02", "G03"])


def test_a_warning_of_another_call_does_not_count(desk: Desk, talk: tuple[Phone, Talker]) -> None:
    caller, talker = talk
    talker.says(Help.LAST_WARNING)
    caller.hangs_up()
    desk.line.advance(3)
    talker.who.is_ready_again()
    desk.line.dial()
    desk.line.advance(5)
    talker.who.takes_the_call()
    desk.line.advance(2)
    with pytest.raises(TooEarly):
        talker.ends_for_abuse()


def test_to_a_caller_on_hold_nothing_is_said(desk: Desk, talk: tuple[Phone, Talker]) -> None:
    _, talker = talk
    talker.holds()
    with pytest.raises(NotNow):
        talker.says(Help.SILENT)
    assert pressed(desk) == []


def test_words_that_could_not_be_said_in_time_are_not_said_at_all(desk: Desk, talk: tuple[Phone, Talker]) -> None:
    caller, talker = talk
    desk.working = False
    talker.says(Help.SILENT)
    desk.line.advance(30)
    desk.working = True
    desk.line.advance(5)
    assert WORDS[Help.SILENT] not in caller.heard


def test_only_announcements_for_the_room_can_be_asked_for(desk: Desk) -> None:
    for code in ("A01", "G03", "x"):
        assert post(desk, f"/ivr/voice/say/{code}", form()).status_code == 404
