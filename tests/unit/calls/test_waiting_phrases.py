"""What a caller who waits hears next: each phrase once, and a place only when it got better."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calls.waiting import QueueSnapshot, WaitPhrases, after_hearing, phrases_to_say
from ivr.scripts.waiting import fit
from tests.unit.calls.waiters import CALLER, CAME, CLOSE, CLOSED, MINUTE, POLICY, QUEUE, SECOND, after


def said(heard: WaitPhrases) -> set[str]:
    """The names of the phrases that are said."""
    return {field.name for field in fields(heard) if getattr(heard, field.name) not in (False, None)}


def heard(
    *, waits: int = 1, told: Set[str] = frozenset(), spoken: int | None = None, queue: QueueSnapshot = QUEUE
) -> set[str]:
    return said(
        phrases_to_say(
            replace(CALLER, waits=waits, phrases_heard=frozenset(told), spoken_position=spoken), queue, POLICY
        )
    )


def test_the_first_wait_brings_the_greeting_and_nothing_else() -> None:
    crowd = replace(QUEUE, hours=CLOSED, waiting=9, codes_in_use=True, now=CAME + timedelta(hours=1))
    assert heard(waits=0, queue=crowd) == {"greeting"}
    assert "greeting" not in heard(waits=1)


def test_the_second_wait_of_an_ordinary_caller_brings_care_and_a_place() -> None:
    assert heard() == {"care", "position"}


def test_what_was_said_once_is_not_said_again() -> None:
    crowd = replace(QUEUE, waiting=POLICY.crowded_from)
    late = replace(CALLER, arrived_at=CLOSE)
    assert {"crowded", "near_close", "care"} <= said(phrases_to_say(late, crowd, POLICY))
    again = replace(late, phrases_heard=frozenset({"crowded", "near_close", "care"}))
    assert said(phrases_to_say(again, crowd, POLICY)) == {"position"}
    after_closing = replace(crowd, hours=CLOSED, codes_in_use=True)
    assert heard(waits=2, queue=after_closing) == {"care", "closing", "code", "position"}
    assert heard(waits=2, told={"care", "closing", "code"}, spoken=1, queue=after_closing) == {"moved_up"}


@pytest.mark.parametrize(
    "waiting, waits, crowded",
    [
        (POLICY.crowded_from - 1, 1, False),
        (POLICY.crowded_from, 1, True),
        (POLICY.crowded_from + 1, 1, True),
        (POLICY.crowded_from, 2, False),
    ],
)
def test_that_the_line_is_crowded_is_said_right_after_the_greeting_or_never(
    waiting: int, waits: int, crowded: bool
) -> None:
    assert ("crowded" in heard(waits=waits, queue=replace(QUEUE, waiting=waiting))) is crowded


@pytest.mark.parametrize(
    "before_close, waiting, near",
    [
        (POLICY.near_close + SECOND, POLICY.crowded_from, False),
        (POLICY.near_close, POLICY.crowded_from, True),
        (timedelta(), POLICY.crowded_from, True),
        (timedelta(), POLICY.crowded_from - 1, False),
    ],
)
def test_who_comes_shortly_before_closing_to_a_long_queue_hears_that_time_is_short(
    before_close: timedelta, waiting: int, near: bool
) -> None:
    caller = replace(CALLER, arrived_at=CLOSE - before_close)
    assert ("near_close" in said(phrases_to_say(caller, replace(QUEUE, waiting=waiting), POLICY))) is near


def test_a_closed_line_has_no_closing_time_to_come_near_to() -> None:
    assert "near_close" not in heard(queue=replace(QUEUE, hours=CLOSED, waiting=9))


def test_that_the_line_has_closed_is_said_once_it_has() -> None:
    assert "closing" in heard(queue=replace(QUEUE, hours=CLOSED))
    assert "closing" not in heard(queue=QUEUE)


def test_whoever_has_a_number_may_key_it_in_from_the_third_wait_on() -> None:
    with_codes = replace(QUEUE, codes_in_use=True)
    assert "code" not in heard(waits=1, queue=with_codes)
    assert "code" in heard(waits=2, queue=with_codes)
    assert "code" not in heard(waits=2, queue=QUEUE)


@pytest.mark.parametrize(
    "spoken, place, free, coming, is_said",
    [
        (None, 1, 0, 1, True),
        (None, 4, 0, 1, True),
        (None, 1, 1, 1, False),
        (None, 1, 0, 0, False),
        (3, 2, 0, 1, True),
        (3, 2, 1, 1, True),
        (3, 3, 0, 1, False),
        (3, 4, 0, 1, False),
        (3, 2, 0, 0, False),
    ],
)
def test_a_place_is_said_when_it_is_the_first_or_a_better_one(
    spoken: int | None, place: int, free: int, coming: int, is_said: bool
) -> None:
    queue = replace(QUEUE, position=place, free=free, coming=coming)
    said_now = phrases_to_say(replace(CALLER, spoken_position=spoken), queue, POLICY)
    assert said_now.position == (place if is_said else None)
    assert said_now.moved_up is (spoken is not None)


@pytest.mark.parametrize(
    "apologies, last, now, due",
    [
        (0, None, POLICY.apology_every - SECOND, False),
        (0, None, POLICY.apology_every, True),
        (1, 5 * MINUTE, 5 * MINUTE + POLICY.apology_every - SECOND, False),
        (1, 5 * MINUTE, 5 * MINUTE + POLICY.apology_every, True),
        (POLICY.apologies - 1, 10 * MINUTE, 15 * MINUTE, True),
        (POLICY.apologies, 15 * MINUTE, 25 * MINUTE, False),
    ],
)
def test_we_apologise_for_a_long_wait_every_few_minutes_a_few_times(
    apologies: int, last: timedelta | None, now: timedelta, due: bool
) -> None:
    caller = replace(CALLER, apologies=apologies, apology_at=None if last is None else CAME + last)
    assert phrases_to_say(caller, after(now), POLICY).apology is due


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_the_places_a_caller_hears_only_ever_get_better(places: list[int]) -> None:
    caller, spoken = CALLER, list[int]()
    for place in places:
        heard_now = phrases_to_say(caller, replace(QUEUE, position=place), POLICY)
        if heard_now.position is not None:
            spoken.append(heard_now.position)
            caller = replace(caller, spoken_position=heard_now.position)
    assert spoken[0] == places[0]
    assert spoken == sorted(set(spoken), reverse=True)
    assert spoken[-1] == min(places)


# ------------------------------------------------------------------ nobody can come

MEETING = replace(QUEUE, coming=0, now=CAME + POLICY.nobody_after)
"""Two counsellors are on duty, and neither can come."""
HONEST = {"nobody", "danger", "other_line"}


def test_who_waits_while_nobody_can_come_is_told_so_soon_with_other_ways_and_no_place() -> None:
    assert heard(queue=MEETING) == HONEST
    assert heard(waits=5, spoken=3, queue=replace(MEETING, position=1)) == HONEST
    just_arrived = replace(MEETING, now=MEETING.now - SECOND)
    assert heard(queue=just_arrived) == {"care"}


def test_nothing_that_promises_a_counsellor_is_said_while_nobody_can_come() -> None:
    long = replace(MEETING, now=CAME + 6 * MINUTE, codes_in_use=True, waiting=9)
    just_told = replace(CALLER, waits=9, nobody_at=long.now - SECOND, words_at=long.now - SECOND)
    told = replace(just_told, phrases_heard=frozenset({"danger", "other_line"}))
    assert said(phrases_to_say(told, long, POLICY)) == set()
    assert said(phrases_to_say(told, replace(long, hours=CLOSED), POLICY)) == {"closing"}


def test_a_ring_for_this_very_caller_is_somebody_who_can_come() -> None:
    assert heard(queue=replace(MEETING, being_rung=True)) == {"care", "position"}


def test_that_nobody_can_come_is_said_again_in_time_with_all_that_belongs_to_it() -> None:
    told = after_hearing(CALLER, WaitPhrases(nobody=True, danger=True), MEETING.now)
    assert said(phrases_to_say(told, replace(MEETING, now=MEETING.now + 20 * SECOND), POLICY)) == {"other_line"}
    told = after_hearing(told, WaitPhrases(other_line=True), MEETING.now + 20 * SECOND)
    for later, due in ((POLICY.words_every - SECOND, set[str]()), (POLICY.words_every, HONEST)):
        assert said(phrases_to_say(told, replace(MEETING, now=MEETING.now + later), POLICY)) == due


def test_once_somebody_can_come_again_the_place_is_told_anew_unless_it_grew() -> None:
    told = replace(CALLER, spoken_position=2, nobody_at=CAME, phrases_heard=frozenset({"care"}))
    same = phrases_to_say(told, replace(QUEUE, position=2), POLICY)
    assert (same.position, same.moved_up) == (2, False)
    assert phrases_to_say(told, replace(QUEUE, position=3), POLICY).position is None
    assert phrases_to_say(told, replace(QUEUE, position=2, free=1), POLICY).position is None
    assert after_hearing(told, same, CAME).nobody_at is None


def test_after_long_music_the_line_is_said_to_be_alive_and_only_then() -> None:
    told = replace(CALLER, waits=5, spoken_position=1, words_at=CAME, phrases_heard=frozenset({"care"}))
    for later, words in ((POLICY.words_every - SECOND, set[str]()), (POLICY.words_every, {"still"})):
        now = replace(QUEUE, now=CAME + later)
        assert said(phrases_to_say(told, now, POLICY)) - {"moved_up"} == words


LONGEST_DOCUMENT = 22 * SECOND
"""Twenty seconds, and two for the way to Twilio and back."""

lines = st.builds(
    lambda on_duty, share, free, place, rung, closed, codes: replace(
        QUEUE,
        on_duty=on_duty,
        coming=min(on_duty, share),
        free=min(on_duty, share, free),
        position=place,
        waiting=place + 1,
        being_rung=rung,
        hours=CLOSED if closed else QUEUE.hours,
        codes_in_use=codes,
    ),
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
waits = st.lists(st.tuples(lines, st.integers(1, 22)), min_size=1, max_size=120)


@given(waits)
def test_whatever_happens_no_caller_hears_music_and_no_true_word_for_more_than_two_minutes(
    rounds: list[tuple[QueueSnapshot, int]],
) -> None:
    caller, now, words_at = replace(CALLER, waits=0), CAME, CAME
    nobody_since: datetime | None = None
    for line, seconds in rounds:
        snapshot = replace(line, now=now)
        phrases = fit(phrases_to_say(caller, snapshot, POLICY))
        caller = after_hearing(caller, phrases, now)
        words_at = words_at if phrases.is_empty else now
        assert now + LONGEST_DOCUMENT - words_at <= 2 * MINUTE
        if phrases.position is not None or phrases.apology or phrases.code:
            assert snapshot.can_anybody_come
        if phrases.nobody:
            assert not snapshot.can_anybody_come
        if snapshot.can_anybody_come or phrases.nobody or phrases.greeting:
            nobody_since = None if snapshot.can_anybody_come else now
        nobody_since = nobody_since or now
        assert snapshot.can_anybody_come or now + LONGEST_DOCUMENT - nobody_since <= 2 * MINUTE
        now += seconds * SECOND
