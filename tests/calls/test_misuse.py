"""Callers who misuse the line: marked for a while by a number that was shown, turned away only by a supervisor."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.calls import CallState, Outcome
from callcenter.domain.misuse import (
    FlagKind,
    FlagOver,
    Misuse,
    NoNumberShown,
    NotTheCallAtHand,
    NotThisLong,
    NumberForgotten,
)
from callcenter.domain.people import NotAllowed, Role
from callcenter.domain.times import local_date
from callcenter.models.audit import AuditEntry
from callcenter.models.misuse import NumberFlag
from callcenter.models.people import Staff
from callcenter.services import flags
from callcenter.services.audit import OPERATOR
from callcenter.services.staff import NewStaff, add_staff
from tests.calls.webhooks import form, post
from tests.desk import PASSWORD, Counsellor, Desk
from tests.integration.consoles import CHEAP
from tests.line import Phone

NUMBER = "+819012345675"
OTHER = "+819012345676"
REFUSAL = "申しわけありません。この電話は、おつなぎできません。"
IN_DANGER = "命の危険があるときは"


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


def in_talk(desk: Desk, from_: str = NUMBER) -> tuple[Phone, Counsellor]:
    counsellor = desk.counsellor()
    phone = desk.line.dial(from_)
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(10)
    return phone, counsellor


def mark(desk: Desk, phone: Phone, counsellor: Counsellor, *, days: int = 30, reason: Misuse = Misuse.ABUSE) -> str:
    with desk.work() as session:
        by = session.get_one(Staff, counsellor.staff_id)
        return flags.flag(session, desk.call_in(session, phone.sid), reason, days=days, by=by, now=desk.clock.now()).id


def supervisor(desk: Desk) -> str:
    with desk.work() as session:
        new = NewStaff("tokatsu01", "統括01", Role.SUPERVISOR)
        return add_staff(session, new, PASSWORD, by=OPERATOR, now=desk.clock.now(), hasher=CHEAP).id


def turn_away(desk: Desk, flag_id: str, by: str, *, days: int = 7) -> str:
    with desk.work() as session:
        staff = session.get_one(Staff, by)
        return flags.block(session, flag_id, Misuse.ABUSE, days=days, by=staff, now=desk.clock.now()).id


def rows(desk: Desk) -> list[NumberFlag]:
    with desk.work() as session:
        return list(session.scalars(select(NumberFlag).order_by(NumberFlag.made_at, NumberFlag.id)))


def is_flagged(desk: Desk, phone: Phone) -> bool:
    with desk.work() as session:
        return flags.of_call(session, desk.call_in(session, phone.sid), now=desk.clock.now()) is not None


def blocked(desk: Desk) -> tuple[str, str]:
    """Let a number be marked and turned away; returns the block and the supervisor."""
    phone, counsellor = in_talk(desk)
    flag_id, chief = mark(desk, phone, counsellor), supervisor(desk)
    phone.hangs_up()
    desk.line.advance(5)
    return turn_away(desk, flag_id, chief), chief


def test_a_flagged_number_is_known_again_and_no_other(either: Desk) -> None:
    phone, counsellor = in_talk(either)
    mark(either, phone, counsellor)
    phone.hangs_up()
    again, somebody, withheld = either.line.dial(NUMBER), either.line.dial(OTHER), either.line.dial("anonymous")
    assert [is_flagged(either, one) for one in (again, somebody, withheld)] == [True, False, False]
    assert either.call(again.sid).state is CallState.WAITING


def test_what_is_kept_of_a_flagged_number_is_a_keyed_hash_and_codes(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    mark(desk, phone, counsellor)
    (row,) = rows(desk)
    assert row.number_hash is not None and len(row.number_hash) == 32
    names = set(NumberFlag.__table__.columns.keys())
    assert not names & {"call_id", "consultation_id", "person_id", "case_id", "number"}
    assert (row.reason, row.until) == (Misuse.ABUSE, local_date(desk.clock.now()) + timedelta(days=30))


def test_a_call_that_shows_no_number_is_never_flagged(desk: Desk) -> None:
    phone, counsellor = in_talk(desk, "anonymous")
    with pytest.raises(NoNumberShown):
        mark(desk, phone, counsellor)
    for from_ in ("+266696687", "payphone", "+811045000"):
        with desk.work() as session, pytest.raises(NoNumberShown):
            flags.check_can_flag(desk.call_in(session, desk.line.dial(from_).sid))
    assert rows(desk) == []


def test_a_number_is_flagged_in_the_call_or_its_wrap_up_and_not_afterwards(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    phone.hangs_up()
    desk.line.advance(5)
    mark(desk, phone, counsellor)
    counsellor.is_ready_again()
    with pytest.raises(NotTheCallAtHand):
        mark(desk, phone, counsellor)


def test_nobody_flags_a_colleagues_caller(desk: Desk) -> None:
    phone, _ = in_talk(desk)
    other = desk.counsellor("tanto09", phone="+819000000009")
    with pytest.raises(NotTheCallAtHand):
        mark(desk, phone, other)


def test_a_number_that_is_no_longer_kept_cannot_be_flagged(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    desk.forgets_after(desk.settings.policy.number_days + 1)
    with pytest.raises(NumberForgotten):
        mark(desk, phone, counsellor)


def test_flagging_again_keeps_the_later_end_and_counts(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    mark(desk, phone, counsellor, days=30)
    mark(desk, phone, counsellor, days=7, reason=Misuse.THREAT)
    (row,) = rows(desk)
    assert (row.times, row.reason, row.until) == (2, Misuse.THREAT, local_date(desk.clock.now()) + timedelta(days=30))


def test_a_flag_lives_a_month_at_most(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    for days in (0, -1, 31, 365):
        with pytest.raises(NotThisLong):
            mark(desk, phone, counsellor, days=days)


def test_after_its_last_day_a_flag_is_over_and_its_hash_gone(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    mark(desk, phone, counsellor, days=7)
    desk.forgets_after(7)
    assert rows(desk)[0].number_hash is not None
    assert is_flagged(desk, phone)
    desk.line.at(desk.clock.now() + timedelta(days=1))
    assert not is_flagged(desk, phone)
    desk.forgets_after(0)
    (row,) = rows(desk)
    assert (row.number_hash, row.lifted_by) == (None, None)


def test_a_new_flag_is_made_where_an_old_one_only_waits_to_be_forgotten(either: Desk) -> None:
    phone, counsellor = in_talk(either)
    mark(either, phone, counsellor, days=1)
    either.line.at(either.clock.now() + timedelta(days=2))
    mark(either, phone, counsellor, days=1)
    assert [row.number_hash is None for row in rows(either)] == [True, False]


def test_a_blocked_caller_hears_a_short_refusal_and_whom_to_call_in_danger(either: Desk) -> None:
    blocked(either)
    phone = either.line.dial(NUMBER)
    either.line.advance(60)
    assert phone.heard[0] == REFUSAL
    assert IN_DANGER in phone.heard[-1] and "119番" in phone.heard[-1]
    assert phone.state == "completed"
    assert either.outcome(phone.sid) == (CallState.ENDED, Outcome.BLOCKED)
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
    assert desk.outcome(phone.sid)[1] is Outcome.BLOCKED
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


def test_every_mark_is_in_the_trail_and_no_log_line_names_the_number(
    either: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    block_id, chief = blocked(either)
    either.line.dial(NUMBER)
    with either.work() as session:
        flags.lift(session, block_id, by=session.get_one(Staff, chief), now=either.clock.now())
    either.forgets_after(31)
    assert [action for action in actions(either) if action.startswith(("flag", "block"))] == [
        "flag.add",
        "block.set",
        "block.lift",
        "flag.expire",
    ]
    assert NUMBER[3:] not in caplog.text


def actions(desk: Desk) -> list[str]:
    with desk.work() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
