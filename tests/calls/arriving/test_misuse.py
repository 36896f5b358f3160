"""Callers who misuse the line: marked for a while, by a number that was shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.adapters import checkup
from callcenter.crypto import KeyRing
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.misuse.flags import Misuse, NoNumberShown, NotTheCallAtHand, NotThisLong, NumberForgotten
from callcenter.models.keys import lend_ring
from callcenter.models.misuse import NumberFlag
from callcenter.models.staff.accounts import Staff
from callcenter.services.misuse import flags
from tests.calls.marks import (
    NUMBER,
    OTHER,
    actions,
    blocked,
    in_talk,
    is_flagged,
    mark,
    rows,
)
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
        phone = desk.line.dial(from_)
        with desk.work() as session:
            call = desk.call_in(session, phone.sid)
            with pytest.raises(NoNumberShown):
                flags.check_can_flag(session, call, policy=desk.settings.policy)
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


def test_after_the_keys_were_changed_a_flag_is_known_while_the_old_key_is_there(desk: Desk) -> None:
    phone, counsellor = in_talk(desk)
    mark(desk, phone, counsellor)
    old, new = KeyRing.parse(desk.settings.field_keys), KeyRing.fresh("new")
    with desk.work() as session:
        call = desk.call_in(session, phone.sid)
        lend_ring(session, KeyRing((*new.keys, *old.keys)))
        assert flags.of_call(session, call, now=desk.clock.now(), policy=desk.settings.policy) is not None
        assert flags.count_unrecognisable(session, now=desk.clock.now()) == 0
        lend_ring(session, new)
        assert flags.of_call(session, call, now=desk.clock.now(), policy=desk.settings.policy) is None
        assert not checkup.flags(flags.count_unrecognisable(session, now=desk.clock.now())).well
        lend_ring(session, old)


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
