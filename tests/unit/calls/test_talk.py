"""What may be done during a call, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain.talks.talk import ABUSE, SILENCE, WORDS, Cut, Help, cut_ahead, limit_near, may_say
from ivr import words

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTES = [timedelta(minutes=minutes) for minutes in (0, 9, 10, 60)]


@pytest.mark.parametrize("talked", MINUTES)
def test_the_farewell_to_the_silent_is_for_minute_ten_and_later(talked: timedelta) -> None:
    assert may_say(Help.SILENT_END, talked=talked, said=set()) is (talked >= timedelta(minutes=10))


@pytest.mark.parametrize("said,allowed", [(set(), False), ({"G01"}, False), ({"G02"}, True), ({"G01", "G02"}, True)])
def test_the_end_for_abuse_needs_the_last_warning(said: set[str], allowed: bool) -> None:
    assert may_say(Help.END, talked=timedelta(0), said=said) is allowed


def test_everything_else_may_be_said_at_any_time() -> None:
    for what in set(Help) - {Help.SILENT_END, Help.END}:
        assert may_say(what, talked=timedelta(0), said=set())


def test_the_soft_limit_is_called_to_mind_five_minutes_before_and_can_be_switched_off() -> None:
    limit = timedelta(minutes=40)
    near = [limit_near(timedelta(minutes=minutes), limit) for minutes in (0, 34, 35, 40, 90)]
    assert near == [False, False, True, True, True]
    assert not limit_near(timedelta(hours=3), timedelta(0))


@pytest.mark.parametrize(
    "waited, talked, ahead",
    [
        (0, 159, None),
        (0, 160, Cut(NOON + timedelta(hours=3), whole=False)),
        (60, 159, None),
        (60, 160, Cut(NOON + timedelta(hours=3), whole=True)),  # four hours after the arrival
        (90, 130, Cut(NOON + timedelta(minutes=150), whole=True)),
        (0, 200, Cut(NOON + timedelta(hours=3), whole=False)),
    ],
)
def test_what_the_telephone_company_cuts_is_known_twenty_minutes_before(
    waited: int, talked: int, ahead: Cut | None
) -> None:
    arrived, now = NOON - timedelta(minutes=waited), NOON + timedelta(minutes=talked)
    assert cut_ahead(arrived, NOON, now=now) == ahead


def test_the_counsellor_reads_the_very_words_that_the_line_speaks() -> None:
    spoken = {phrase.code: phrase.text for phrase in words.BY_NAME.values()}
    assert {what: spoken[what] for what in (*SILENCE, *ABUSE)} == WORDS
