"""Whoever opens many cases or searches very often within a short time is one alarm: who, and nothing of what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.records.record_codes import Channel
from callcenter.jobs.alarms import bulk_reading
from callcenter.models.base import new_id
from callcenter.reports.alarms import Banner
from callcenter.services.delivery import alarms
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.records import consultations
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member
from tests.desk import Counsellor, Desk


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    desk = Desk(database_url, BULK_READING_CASES="4", BULK_SEARCHES="6", BULK_READING_MINUTES="30")
    yield desk
    desk.close()


def acts(desk: Desk, who: Counsellor, action: str, subjects: list[Subject]) -> None:
    with desk.work() as session:
        for one in subjects:
            audit.record(session, actor=staff_member(who.staff_id), action=action, subject=one, now=desk.clock.now())


def reads(desk: Desk, who: Counsellor, many: int) -> None:
    acts(desk, who, "case.read", [Subject("case", new_id()) for _ in range(many)])


def on(desk: Desk) -> list[ShownAlarm]:
    """Let a minute pass, and return the alarms about reading in bulk."""
    desk.line.advance(60)
    with desk.app.app_context():
        bulk_reading.look()
    with desk.work() as session:
        return [one for one in alarms.shown(session) if one.kind is AlarmKind.BULK_READING]


def test_many_cases_in_a_short_time_are_one_alarm_that_names_the_person(desk: Desk) -> None:
    reader, colleague = desk.counsellor("tanto01"), desk.counsellor("tanto02", phone="+819000000003")
    reads(desk, reader, 3)
    reads(desk, colleague, 3)
    assert on(desk) == []
    reads(desk, reader, 1)
    (alarm,) = on(desk)
    assert alarm.subject_id == reader.staff_id
    assert "多くのケース" in Banner.of(alarm).title
    assert (alarm.by or "") in Banner.of(alarm).title
    assert (alarm.by or "") not in alarm.kind.sentence  # which is what is mailed
    reads(desk, reader, 5)
    assert [one.id for one in on(desk)] == [alarm.id]


def test_the_same_case_again_and_ones_own_records_do_not_count(desk: Desk) -> None:
    reader, case = desk.counsellor("tanto01"), new_id()
    acts(desk, reader, "case.read", [Subject("case", case)] * 9)
    own = list[Subject]()
    with desk.work() as session:
        for _ in range(9):
            draft = consultations.open_draft(
                session,
                call_id=None,
                channel=Channel.PHONE,
                counsellor_id=reader.staff_id,
                hint=None,
                now=desk.clock.now(),
            )
            own.append(Subject("consultation", draft.id))
    acts(desk, reader, "consultation.read", own)
    assert on(desk) == []


def test_a_very_busy_search_is_an_alarm_too(desk: Desk) -> None:
    reader = desk.counsellor("tanto01")
    acts(desk, reader, "case.search", [Subject("case")] * 5)
    assert on(desk) == []
    acts(desk, reader, "case.search", [Subject("case")])
    assert [one.subject_id for one in on(desk)] == [reader.staff_id]


def test_what_is_spread_over_a_day_is_none_and_an_alarm_ends_when_it_has_been_calm(desk: Desk) -> None:
    reader = desk.counsellor("tanto01")
    for _ in range(4):
        reads(desk, reader, 2)
        desk.line.pulse = 60
        desk.line.advance(31 * 60)
    assert on(desk) == []
    reads(desk, reader, 4)
    assert len(on(desk)) == 1
    desk.line.advance(31 * 60)
    assert on(desk) == []


def test_one_that_was_seen_does_not_sound_again(desk: Desk) -> None:
    reader = desk.counsellor("tanto01")
    reads(desk, reader, 4)
    (alarm,) = on(desk)
    with desk.work() as session:
        alarms.mark_seen(session, alarm.id, by=reader.staff_id, now=desk.clock.now())
    later = desk.clock.now() + desk.settings.policy.alarm_again + timedelta(minutes=1)
    with desk.work() as session:
        alarms.remind(session, now=later, policy=desk.settings.policy)
    assert [one.sounds for one in on(desk)] == [False]


def test_zero_is_never(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, BULK_READING_CASES="0", BULK_SEARCHES="0")
    reader = desk.counsellor("tanto01")
    reads(desk, reader, 60)
    acts(desk, reader, "case.search", [Subject("case")] * 200)
    assert on(desk) == []
    desk.close()
