"""How failed sign-ins slow down the next."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from callcenter.domain.staff.sign_in_delays import FREE_MISSES, LONGEST_DELAY, SignInDelayed, delay_after


def test_the_delay_begins_after_a_few_failures_grows_and_stays_short() -> None:
    delays = [delay_after(misses) for misses in range(200)]
    assert set(delays[:FREE_MISSES]) == {timedelta(0)}
    assert delays[FREE_MISSES] == timedelta(seconds=30)
    assert all(later >= earlier for earlier, later in pairwise(delays))
    assert max(delays) == LONGEST_DELAY


def test_the_sentence_says_how_long_and_what_works_at_once() -> None:
    assert "5分ほど" in SignInDelayed(timedelta(seconds=241)).message
    assert "1分ほど" in SignInDelayed(timedelta(seconds=1)).message
    assert "パスキー" in SignInDelayed(timedelta(seconds=1)).message
