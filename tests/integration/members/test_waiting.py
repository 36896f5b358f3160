"""The list of mail: in which order, what it shows of each, and the alarms about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.policy import Policy
from callcenter.models.engines import connect
from callcenter.services.delivery import alarms
from callcenter.services.members.answering import approving, waiting, watching
from callcenter.services.members.answering.waiting import MailList
from tests.integration.members.threads_people import answers, replies, staffed, writer, writes

TOKYO = ZoneInfo("Asia/Tokyo")
TARGET = Policy(reply_target_days=3)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


def test_first_what_came_while_we_were_away_then_danger_then_the_day_then_the_oldest(session: Session) -> None:
    office, who = staffed(session), writer(session)
    thursday = writes(session, who, now=at(19, 11))
    friday = writes(session, who, now=at(20, 16))
    due = writes(session, who, now=at(20, 16, 30), policy=TARGET)
    risky = writes(session, who, "もう消えたいです。", now=at(20, 16, 45))
    saturday = writes(session, who, now=at(21, 3))
    holiday = writes(session, who, "死にたい気持ちがあります。", now=at(23, 22))
    tuesday = at(24, 10, 30)  # Monday the 23rd is a holiday
    today = writes(session, who, now=at(24, 10, 15))
    seen = waiting.listed(session, MailList.WAITING, by=office.sato, now=tuesday)
    assert [one.id for one in seen.rows] == [one.id for one in (holiday, saturday, risky, due, thursday, friday, today)]
    assert [one.over_days_off for one in seen.rows] == [True, True, False, False, False, False, False]
    assert (seen.counts.waiting, seen.counts.risky, seen.counts.over_days_off) == (7, 2, 2)
    on_wednesday = waiting.listed(session, MailList.WAITING, by=office.sato, now=at(25, 10))
    assert on_wednesday.counts.over_days_off == 0
    assert [one.id for one in on_wednesday.rows][:2] == [risky.id, holiday.id]


def test_mine_and_answered_are_lists_of_their_own(session: Session) -> None:
    office, who = staffed(session), writer(session)
    now = at(20, 11)
    mine, theirs, done = (writes(session, who, now=now) for _ in range(3))
    replies(session, mine, office.sato, now=now)
    replies(session, theirs, office.ono, now=now)
    answers(session, done, office.sato, now=now)
    assert [one.id for one in waiting.listed(session, MailList.MINE, by=office.sato, now=now).rows] == [mine.id]
    answered = waiting.listed(session, MailList.ANSWERED, by=office.ono, now=now)
    assert [(one.id, one.since, one.may_take) for one in answered.rows] == [(done.id, now, False)]
    rows = {one.id: one for one in waiting.listed(session, MailList.WAITING, by=office.sato, now=now).rows}
    assert (rows[theirs.id].holder, rows[theirs.id].may_take, rows[theirs.id].begun) == ("小野", False, True)
    assert (rows[mine.id].mine, rows[mine.id].may_take) == (True, True)
    boss = {one.id: one for one in waiting.listed(session, MailList.WAITING, by=office.chief, now=now).rows}
    assert boss[theirs.id].may_take
    an_hour = now + timedelta(hours=1)
    free = {one.id: one for one in waiting.listed(session, MailList.WAITING, by=office.sato, now=an_hour).rows}
    assert (free[theirs.id].holder, free[theirs.id].may_take) == (None, True)


def test_what_waits_for_a_supervisor_is_listed_and_nobodys_to_take(session: Session) -> None:
    office, who = staffed(session), writer(session)
    thread = writes(session, who)
    approving.hand_in(session, thread.id, replies(session, thread, office.sato), by=office.sato, now=at(20, 11))
    [row] = waiting.listed(session, MailList.WAITING, by=office.ono, now=at(20, 11)).rows
    assert (row.handed_in, row.may_take, row.holder) == (True, False, None)


def test_an_empty_list_says_when_something_was_last_answered(session: Session) -> None:
    office, who = staffed(session), writer(session)
    assert waiting.listed(session, MailList.WAITING, by=office.sato, now=at(20, 11)).newest_answer is None
    answers(session, writes(session, who), office.sato, now=at(20, 11))
    assert waiting.listed(session, MailList.WAITING, by=office.sato, now=at(20, 12)).newest_answer == at(20, 11)


def open_alarms(session: Session) -> list[tuple[AlarmKind, str]]:
    return [(one.kind, one.subject_id) for one in alarms.shown(session)]


def test_words_of_danger_are_an_alarm_until_they_are_answered(session: Session) -> None:
    office, who = staffed(session), writer(session)
    thread = writes(session, who, "もう消えてしまいたい。", now=at(20, 11))
    for _ in range(2):
        watching.watch(session, now=at(20, 11))
    assert open_alarms(session) == [(AlarmKind.MAIL_RISK, thread.id)]
    answers(session, thread, office.sato, now=at(20, 12))
    assert open_alarms(session) == []


def test_a_business_day_before_the_reply_is_meant_to_be_there_supervisors_are_told(session: Session) -> None:
    office, who = staffed(session), writer(session)
    thread = writes(session, who, now=at(18, 11), policy=TARGET)
    assert thread.target_on == at(24, 0).date()  # the 21st to the 23rd are days off
    watching.watch(session, now=at(19, 23))
    assert open_alarms(session) == []
    watching.watch(session, now=at(20, 0))
    assert open_alarms(session) == [(AlarmKind.MAIL_DUE, thread.id)]
    answers(session, thread, office.sato, now=at(20, 12))
    watching.watch(session, now=at(20, 12))
    assert open_alarms(session) == []


def test_counting_who_waits_reads_no_consultation_that_was_answered(sqlite_url: str) -> None:
    """The number stands on every page of staff; SQLite uses no index under a condition that comes as parameters."""
    engine, asked = connect(sqlite_url), list[tuple[str, Any]]()
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, given, *_: asked.append((statement, given)))
    with Session(engine) as session:
        waiting.count_waiting(session)
        statement, given = asked[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    engine.dispose()
    assert [step[3] for step in plan] == ["SEARCH threads USING INDEX ix_threads_state_answered_at (state=?)"]
