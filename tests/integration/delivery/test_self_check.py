"""Ten minutes before the opening the line looks at itself; what is wrong is an alarm and stands on the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from callcenter.context import Context
from callcenter.domain.alarms import AlarmKind, Fault
from callcenter.domain.staff.roles import Role
from callcenter.domain.telephony import LineUnknown, SetupChange, SetupFinding
from callcenter.jobs.alarms import self_check
from callcenter.services.delivery import alarms, self_checks
from ivr.simulator.clock import JST
from tests.integration.consoles import Console


class Setup:
    """The set-up at the telephone company, as it is told to be."""

    def __init__(self) -> None:
        self.answers, self.wrong, self.asked = True, False, 0

    def look(self) -> list[SetupFinding]:
        self.asked += 1
        if not self.answers:
            raise LineUnknown("HTTP 503")
        return [SetupFinding("number", "its address", wrong=self.wrong)]

    def alerts(self, since: datetime) -> list[SetupFinding]:
        """Only the doctor asks for these."""
        return []

    def time(self) -> datetime | None:
        """Only the doctor asks for it."""
        return None

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Nothing is written here."""

    def write(self, changes: Sequence[SetupChange]) -> None:
        """Nothing is written here."""


@pytest.fixture
def setup() -> Setup:
    return Setup()


@pytest.fixture
def desk(database_url: str, setup: Setup) -> Iterator[Console]:
    desk = Console(database_url, reused=False)
    here: Context = desk.app.extensions["callcenter"]
    desk.app.extensions["callcenter"] = replace(here, ports=replace(here.ports, setup=setup))
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
