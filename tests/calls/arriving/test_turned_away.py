"""Numbers that a supervisor turned away: what their callers hear, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState
from callcenter.domain.misuse.flags import FlagKind, FlagOver, NotThisLong
from callcenter.domain.staff.roles import NotAllowed
from callcenter.models.staff.accounts import Staff
from callcenter.services.misuse import flags
from tests.calls.marks import (
    IN_DANGER,
    NUMBER,
    OTHER,
    REFUSAL,
    actions,
    blocked,
    in_talk,
    is_flagged,
    mark,
    rows,
    supervisor,
    turn_away,
)
from tests.calls.webhooks import form, post
from tests.desk import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """One database is enough for what is decided in Python; what the database decides is tried on both."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


@pytest.fixture
def either(database_url: str) -> Iterator[Desk]:
    desk = Desk(database_url)
    yield desk
    desk.close()


def test_a_blocked_caller_hears_a_short_refusal_and_whom_to_call_in_danger(either: Desk) -> None:
    blocked(either)
    phone = either.line.dial(NUMBER)
    either.line.advance(60)
    assert phone.heard[0] == REFUSAL
    assert IN_DANGER in phone.heard[-1] and "119番" in phone.heard[-1]
    assert phone.state == "completed"
    assert either.outcome(phone.sid) == (CallState.ENDED, CallOutcome.BLOCKED)
    assert either.line.failures() == []


def test_while_one_number_is_blocked_everybody_else_is_queued(desk: Desk) -> None:
    blocked(desk)
    for from_ in (OTHER, "anonymous", "payphone"):
        assert desk.call(desk.line.dial(from_).sid).state is CallState.WAITING


def test_a_blocked_caller_who_came_into_the_queue_past_us_is_told_at_its_end(desk: Desk) -> None:
    blocked(desk)
    sent = form(From=NUMBER)
    assert b"<Leave" in post(desk, "/ivr/voice/wait", sent).data
    said = post(desk, "/ivr/voice/leave", sent | {"QueueResult": "leave"}).data.decode()
    assert REFUSAL in said
    assert said.index(REFUSAL) < said.index(IN_DANGER)


def test_who_came_into_the_queue_past_us_after_closing_hears_when_the_line_opens(desk: Desk) -> None:
    desk.line.at(desk.clock.now().replace(hour=20))
    sent = form()
    assert b"<Leave" in post(desk, "/ivr/voice/wait", sent).data
    said = post(desk, "/ivr/voice/leave", sent | {"QueueResult": "leave"}).data.decode()
    assert "今日の受付は、終わりました" in said


def test_a_block_ends_by_itself_and_the_flag_goes_on_telling(desk: Desk) -> None:
    blocked(desk)
    desk.forgets_after(7)
    phone = desk.line.dial(NUMBER)
    assert desk.outcome(phone.sid)[1] is CallOutcome.BLOCKED
    desk.forgets_after(1)
    phone = desk.line.dial(NUMBER)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert is_flagged(desk, phone)


def test_only_a_supervisor_turns_a_number_away_and_takes_it_back(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    flag_id = mark(desk, phone, counsellor)
    with pytest.raises(NotAllowed):
        turn_away(desk, flag_id, counsellor.staff_id)
    chief = supervisor(desk)
    block_id = turn_away(desk, flag_id, chief)
    with desk.work() as session, pytest.raises(NotAllowed):
        flags.lift(session, block_id, by=session.get_one(Staff, counsellor.staff_id), now=desk.clock.now())
    with pytest.raises(NotThisLong):
        turn_away(desk, flag_id, chief, days=31)


def test_a_lifted_block_lets_the_next_call_through_at_once(desk: Desk) -> None:
    block_id, chief = blocked(desk)
    for _ in range(2):
        with desk.work() as session:
            flags.lift(session, block_id, by=session.get_one(Staff, chief), now=desk.clock.now())
    assert desk.call(desk.line.dial(NUMBER).sid).state is CallState.WAITING
    assert [row.number_hash is None for row in rows(desk) if row.kind is FlagKind.BLOCK] == [True]
    assert actions(desk).count("block.lift") == 1


def test_a_flag_that_is_over_blocks_nobody(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    flag_id, chief = mark(desk, phone, counsellor, days=1), supervisor(desk)
    desk.line.at(desk.clock.now() + timedelta(days=2))
    with pytest.raises(FlagOver):
        turn_away(desk, flag_id, chief)
