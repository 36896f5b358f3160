"""An outage is measured from its first failure, and told to the operator once a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callcenter.domain.outage import Outage, TroubleCounts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_an_outage_lasts_from_its_first_failure_until_something_works() -> None:
    outage = Outage()
    assert outage.lasted(NOON) == timedelta(0)
    for second in (0, 20, 40):
        outage.failed(after(second))
    assert outage.lasted(after(50)) == timedelta(seconds=50)
    outage.worked()
    assert outage.lasted(after(60)) == timedelta(0)


def test_failures_with_nothing_between_them_for_minutes_are_two_outages() -> None:
    outage = Outage()
    outage.failed(NOON)
    outage.failed(after(3600))
    assert outage.lasted(after(3601)) == timedelta(seconds=1)


def test_a_trouble_is_told_at_once_and_then_with_a_count_once_a_minute() -> None:
    troubles = TroubleCounts()
    told = [troubles.met("database", after(second)) for second in range(0, 130, 10)]
    assert told == [1, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 6]
    assert troubles.met("slow", after(5)) == 1
    assert troubles.counts == {"database": 13, "slow": 1}
