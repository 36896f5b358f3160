"""Ten minutes before the opening the line looks at itself; what is wrong is an alarm and stands on the board."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import update

from callcenter.context import Context
from callcenter.domain.alarms import AlarmKind, Fault
from callcenter.domain.announcements.wording import Change
from callcenter.domain.ports import Clock, WebAnswer
from callcenter.domain.staff.roles import Role
from callcenter.domain.telephony import LineUnknown, SetupChange, SetupFinding
from callcenter.jobs.alarms import self_check
from callcenter.models.announcements import Recording
from callcenter.services.announcements import changed_phrases, speakable
from callcenter.services.delivery import alarms, self_checks
from ivr.preview import Preview
from ivr.simulator.clock import JST
from tests.integration.consoles import Console


class Setup:
    """The set-up at the telephone company, as it is told to be."""

    def __init__(self) -> None:
        self.answers, self.wrong, self.asked = True, False, 0
        self.ahead = timedelta(0)
        self.clock: Clock | None = None
        self.hangs = Event()
        self.hangs.set()

    def look(self) -> list[SetupFinding]:
        self.asked += 1
        self.hangs.wait(20)
        if not self.answers:
            raise LineUnknown("HTTP 503")
        return [SetupFinding("number", "its address", wrong=self.wrong)]

    def alerts(self, since: datetime) -> list[SetupFinding]:
        """Return none."""
        return []

    def time(self) -> datetime | None:
        """Return the time there."""
        return None if self.clock is None else self.clock.now() + self.ahead

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Nothing is written here."""

    def write(self, changes: Sequence[SetupChange]) -> None:
        """Nothing is written here."""


class Outside:
    """Our public address, as it is told to be."""

    def __init__(self) -> None:
        self.left = timedelta(days=60)
        self.clock: Clock | None = None

    def signed(self, url: str) -> Iterator[WebAnswer]:
        """Return nothing."""
        return iter(())

    def forged(self, url: str) -> WebAnswer:
        """Refuse."""
        return WebAnswer(403, "")

    def certificate_ends(self, origin: str) -> datetime:
        """Return when it ends."""
        assert self.clock is not None
        return self.clock.now() + self.left


@pytest.fixture
def setup() -> Setup:
    return Setup()


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def desk(database_url: str, setup: Setup, outside: Outside) -> Iterator[Console]:
    desk = Console(database_url, reused=False, PUBLIC_BASE_URL="https://line.example.jp")
    setup.clock = outside.clock = desk.clock
    here: Context = desk.app.extensions["callcenter"]
    desk.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, setup=setup, outside=outside))
    yield desk
    desk.close()


def at(desk: Console, hour: int, minute: int, day: int = 25) -> str:
    """Let the worker look at that time of a day in November 2026."""
    desk.line.at(datetime(2026, 11, day, hour, minute, tzinfo=JST))
    with desk.app.app_context():
        return self_check.run()


def on(desk: Console) -> list[AlarmKind]:
    with desk.work() as session:
        return [one.kind for one in alarms.shown(session)]


def test_it_looks_once_ten_minutes_before_the_opening_and_on_no_closed_day(desk: Console, setup: Setup) -> None:
    assert at(desk, 9, 49) == "not_wanted"
    assert at(desk, 9, 51) == "done"
    assert at(desk, 9, 55) == "not_wanted"
    assert at(desk, 14, 0) == "not_wanted"
    assert at(desk, 9, 51, day=28) == "not_wanted"  # a Saturday
    assert setup.asked == 1
    assert on(desk) == []


def test_what_is_wrong_is_an_alarm_and_on_the_board_until_it_is_mended(desk: Console, setup: Setup) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    setup.wrong = True
    assert at(desk, 9, 50) == "wrong"
    assert on(desk) == [AlarmKind.SELF_CHECK]
    assert "電話会社の設定が、この回線に合っていません" in chief.opens("/reports/board").words
    assert at(desk, 9, 51) == "not_wanted"
    setup.wrong = False
    assert at(desk, 9, 53) == "done"
    assert on(desk) == []
    assert "9:53の点検では、問題なし" in chief.opens("/reports/board").words


def test_a_telephone_company_that_does_not_answer_is_found(desk: Console, setup: Setup) -> None:
    setup.answers = False
    at(desk, 9, 50)
    with desk.work() as session:
        found = self_checks.latest(session)
    assert found is not None
    assert found.found == (Fault.NO_ANSWER,)


def test_what_nobody_could_mend_within_the_hour_sounds_no_more(desk: Console, setup: Setup) -> None:
    setup.wrong = True
    at(desk, 9, 50)
    assert at(desk, 10, 59) == "wrong"
    assert at(desk, 11, 1) == "not_wanted"
    desk.forgets_after(days=0)
    assert on(desk) == []


def faults(desk: Console) -> tuple[Fault, ...]:
    with desk.work() as session:
        found = self_checks.latest(session)
    assert found is not None
    return found.found


def test_a_phrase_that_cannot_be_said_is_found_before_a_caller_would_hear_nothing(desk: Console) -> None:
    with desk.work() as session:
        spoken = changed_phrases.store_recording(session, b"RIFF", "wav", 2.0, by=None, now=desk.clock.now())
        changed_phrases.change(session, "A01", Change(None, (), spoken), by=None, now=desk.clock.now())
    assert at(desk, 9, 50) == "done"
    with desk.work() as session:
        session.execute(update(Recording).values(body=b""))
        changed_phrases.change(session, "C02", Change("あと{minutes}です。"), by=None, now=desk.clock.now())
        assert speakable.faulty(session, Preview()) == ["A01", "C02"]
    assert at(desk, 9, 50, day=26) == "wrong"
    assert faults(desk) == (Fault.PHRASES,)
    with desk.work() as session:
        for name in ("A01", "C02"):
            changed_phrases.change(session, name, Change(None), by=None, now=desk.clock.now())
    assert at(desk, 9, 53, day=26) == "done"


def test_a_clock_that_went_wrong_and_a_certificate_about_to_end_are_found(
    desk: Console, setup: Setup, outside: Outside
) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    setup.ahead, outside.left = timedelta(minutes=2), timedelta(days=3)
    assert at(desk, 9, 50) == "wrong"
    assert faults(desk) == (Fault.CERTIFICATE, Fault.CLOCK)
    page = chief.opens("/reports/board").words
    assert "時刻合わせを直してもらってください" in page
    assert "証明書が、もうすぐ切れるか" in page
    setup.ahead, outside.left = timedelta(0), timedelta(days=30)
    assert at(desk, 9, 53) == "done"


def test_whoever_hangs_outside_delays_no_other_finding(
    desk: Console, setup: Setup, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_check, "PATIENCE", 0.3)
    outside.left = timedelta(days=3)
    setup.hangs.clear()
    began = time.monotonic()
    assert at(desk, 9, 50) == "wrong"
    assert time.monotonic() - began < 5
    assert faults(desk) == (Fault.CERTIFICATE, Fault.NO_ANSWER)
    setup.hangs.set()
