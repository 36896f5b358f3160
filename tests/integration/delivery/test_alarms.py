"""Alarms: once a spell, seen by one for all, mailed without anybody's content, and over when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.adapters import checkup
from callcenter.adapters.mail import SmtpMailer
from callcenter.context import Context
from callcenter.domain.alarms import AlarmKind
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.jobs import relay
from callcenter.jobs.line.substitute import Duty
from callcenter.models.calls.calls import Presence
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import alarms, heartbeats
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.delivery.heartbeats import ERRANDS, LINE
from callcenter.services.delivery.outbox import Lane
from callcenter.services.duty import presence
from tests.desk import ORIGIN, Desk
from tests.servers import Mailbox


def posted(desk: Desk, mailbox: Mailbox) -> Desk:
    """Let the desk mail by this server."""
    here: Context = desk.app.extensions["callcenter"]
    mailer = SmtpMailer(mailbox.url, "line@example.jp")
    given = replace(here, settings=replace(here.settings, alarm_to=("oncall@example.jp",)))
    desk.app.extensions["callcenter"] = replace(given, ports=replace(here.ports, mailer=mailer))
    return desk


@pytest.fixture
def desk(database_url: str, mailbox: Mailbox) -> Iterator[Desk]:
    desk = posted(Desk(database_url, ALARM_TO="oncall@example.jp"), mailbox)
    yield desk
    desk.close()


def on(desk: Desk) -> list[ShownAlarm]:
    with desk.work() as session:
        return alarms.shown(session)


def kinds(desk: Desk) -> list[AlarmKind]:
    return [one.kind for one in on(desk)]


def carries_mail(desk: Desk) -> None:
    with desk.app.app_context():
        relay.drain(Lane.SLOW)


def passes(desk: Desk, seconds: float) -> None:
    desk.line.pulse = 5
    desk.line.advance(seconds)


def goes_to_a_meeting(desk: Desk, staff_id: str) -> None:
    with desk.work() as session:
        row = session.get_one(Presence, staff_id)
        presence.set_work(row, Work.AWAY, session, now=desk.clock.now(), reason=AwayReason.MEETING)


def test_a_long_wait_is_one_alarm_for_all_who_wait_and_is_over_when_the_line_has_caught_up(desk: Desk) -> None:
    counsellor = desk.counsellor()
    busy = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    waits = [desk.line.dial() for _ in range(2)]
    passes(desk, desk.settings.policy.alarm_wait.total_seconds() - 20)
    assert kinds(desk) == []
    passes(desk, 30)
    assert kinds(desk) == [AlarmKind.LONG_WAIT]
    waits[0].hangs_up()
    passes(desk, 10)
    assert kinds(desk) == [AlarmKind.LONG_WAIT]
    waits[1].hangs_up()
    passes(desk, 10)
    assert kinds(desk) == []
    busy.hangs_up()


def test_zero_minutes_is_no_alarm_for_waiting(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, ALARM_WAIT_MINUTES="0")
    desk.counsellor()
    desk.line.dial()
    passes(desk, 400)
    assert AlarmKind.LONG_WAIT not in kinds(desk)
    desk.close()


def test_without_an_address_an_alarm_shows_and_ends_as_ever_and_its_mails_are_done(database_url: str) -> None:
    desk = Desk(database_url)
    assert desk.settings.alarm_to == ()
    with desk.work() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    carries_mail(desk)
    assert kinds(desk) == [AlarmKind.TELEPHONY]
    with desk.work() as session:
        alarms.end(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    carries_mail(desk)
    with desk.work() as session:
        asked = select(OutboxMessage).where(OutboxMessage.topic == alarms.MAIL)
        assert {(one.result, one.done_at is None) for one in session.scalars(asked)} == {("nobody_to_tell", False)}
    desk.close()


@pytest.mark.parametrize(
    "anybody, server, words", [(False, True, "ALARM_TO"), (True, False, "SMTP_URL"), (True, True, "届きます")]
)
def test_the_doctor_says_whether_alarms_are_mailed(*, anybody: bool, server: bool, words: str) -> None:
    found = checkup.alarm_mails(anybody=anybody, server=server)
    assert words in found.sentence
    assert (found.well, found.doubt) == (True, not (anybody and server))


def test_an_alarm_is_mailed_once_and_its_end_once_with_nothing_of_anybody(desk: Desk, mailbox: Mailbox) -> None:
    counsellor = desk.counsellor(name="担当02")
    goes_to_a_meeting(desk, counsellor.staff_id)
    phone = desk.line.dial("+819012345678")
    desk.line.advance(40)
    for _ in range(2):
        carries_mail(desk)
        desk.line.advance(10)
    (letter,) = mailbox.letters
    assert letter["To"] == "oncall@example.jp"
    text = letter.get_content()
    assert "出られる人がいません" in letter["Subject"]
    assert "14:00" in text
    assert f"{ORIGIN}/reports/board" in text
    assert not any(word in f"{letter['Subject']}{text}" for word in ("担当02", "90", "12345678", phone.sid))
    counsellor.is_ready_again()
    desk.line.advance(5)
    for _ in range(2):
        carries_mail(desk)
    assert len(mailbox.letters) == 2
    assert "解消しました" in mailbox.letters[1]["Subject"]


def test_what_was_over_before_anybody_could_be_told_is_not_mailed_at_all(desk: Desk, mailbox: Mailbox) -> None:
    mailbox.refuse = "451 later"
    with desk.work() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    carries_mail(desk)
    with desk.work() as session:
        alarms.end(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    mailbox.refuse = None
    desk.line.advance(5)
    carries_mail(desk)
    assert mailbox.letters == []


def test_an_alarm_that_was_seen_and_is_still_so_sounds_and_is_mailed_again_once(desk: Desk, mailbox: Mailbox) -> None:
    chief = desk.counsellor("tokatsu", phone="+819000000009")
    with desk.work() as session:
        assert alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
        assert not alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    carries_mail(desk)
    (alarm,) = on(desk)
    with desk.work() as session:
        assert alarms.mark_seen(session, alarm.id, by=chief.staff_id, now=desk.clock.now()) is not None
        assert alarms.mark_seen(session, alarm.id, by=chief.staff_id, now=desk.clock.now()) is None
    again = desk.settings.policy.alarm_again
    for moment in (again - timedelta(seconds=5), again, again * 3):
        with desk.work() as session:
            alarms.remind(session, now=desk.clock.now() + moment, policy=desk.settings.policy)
    carries_mail(desk)
    desk.line.at(desk.clock.now() + again * 4)
    carries_mail(desk)
    assert [("続いて" in letter["Subject"]) for letter in mailbox.letters] == [False, True]
    assert on(desk)[0].sounds


def test_a_telephone_company_that_does_not_answer_is_an_alarm_until_it_does(desk: Desk) -> None:
    desk.counsellor()
    desk.line.faults.rest_429 = 1
    desk.line.dial()
    passes(desk, 60)
    assert AlarmKind.TELEPHONY in kinds(desk)
    desk.line.faults.rest_429 = 0
    passes(desk, 60)
    assert AlarmKind.TELEPHONY not in kinds(desk)


class Unmanned(Desk):
    """A desk without a worker; somebody's page, or a probe, keeps the substitute awake."""

    def __init__(self, database_url: str) -> None:
        self.duty = Duty(relay.run)
        super().__init__(database_url, reused=False)

    def _tick(self) -> None:
        with self.app.app_context():
            self.duty.look()


def test_a_dead_worker_is_told_and_mailed_by_the_web_process_and_over_when_it_is_back(
    database_url: str, mailbox: Mailbox
) -> None:
    desk = posted(Unmanned(database_url), mailbox)
    desk.line.advance(20)
    assert kinds(desk) == []  # perhaps it is being replaced
    desk.line.advance(20)
    assert kinds(desk) == [AlarmKind.WORKER]
    desk.line.advance(5)
    assert ["止まっています" in letter["Subject"] for letter in mailbox.letters] == [True]
    for _ in range(5):
        with desk.work() as session:
            heartbeats.record(session, "worker", {LINE: desk.clock.now(), ERRANDS: desk.clock.now()})
        Desk._tick(desk)
        desk.line.advance(3)
    assert kinds(desk) == []
    desk.close()


def test_an_open_page_counts_while_it_asks_and_no_longer(desk: Desk) -> None:
    chief = desk.counsellor("tokatsu", phone="+819000000009")
    now = desk.clock.now()
    with desk.work() as session:
        assert not alarms.somebody_watches(session, now=now)
        assert not alarms.is_watch_noted(session, chief.staff_id, now=now)
        alarms.note_watch(session, chief.staff_id, now=now)
        alarms.note_watch(session, chief.staff_id, now=now)
    with desk.work() as session:
        assert alarms.is_watch_noted(session, chief.staff_id, now=now)
        assert alarms.somebody_watches(session, now=now + timedelta(seconds=20))
        assert not alarms.somebody_watches(session, now=now + timedelta(seconds=30))


def test_old_alarms_are_forgotten(desk: Desk) -> None:
    with desk.work() as session:
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
        alarms.end(session, AlarmKind.TELEPHONY, now=desk.clock.now())
        alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=desk.clock.now())
    desk.forgets_after(days=91)
    assert kinds(desk) == [AlarmKind.TELEPHONY]
