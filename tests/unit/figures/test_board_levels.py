"""From where on the board says that something is not as it should be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callcenter.domain.duty.presence import Work
from callcenter.domain.policy import Policy
from callcenter.reports import levels


@pytest.mark.parametrize(
    "minutes, word", [(0, "ふつう"), (2.9, "ふつう"), (3, "長め"), (9.9, "長め"), (10, "とても長い")]
)
def test_a_wait_becomes_long_and_then_very_long(minutes: float, word: str) -> None:
    assert levels.of_wait(timedelta(minutes=minutes)).tone.label == word


@pytest.mark.parametrize("waiting, word", [(0, "ふつう"), (2, "ふつう"), (3, "混んでいます")])
def test_the_queue_is_crowded_for_the_board_when_it_is_for_callers(waiting: int, word: str) -> None:
    assert levels.of_queue(waiting, Policy()).tone.label == word


@pytest.mark.parametrize(
    "coming, there, waiting, word",
    [(1, 1, 3, "ふつう"), (0, 0, 3, "ふつう"), (0, 2, 0, "だれも出られません"), (0, 2, 1, "だれも出られません")],
)
def test_that_nobody_can_come_is_told_and_weighs_more_while_somebody_waits(
    coming: int, there: int, waiting: int, word: str
) -> None:
    level = levels.of_cover(coming, there, waiting)
    assert level.tone.label == word
    assert (level.tone.tone == "danger") is (word != "ふつう" and waiting > 0)


@pytest.mark.parametrize("percent, word", [(None, "まだありません"), (79, "低め"), (80, "ふつう")])
def test_too_few_answered_in_time_are_told(percent: int | None, word: str) -> None:
    assert levels.of_service(percent).tone.label == word


@pytest.mark.parametrize("seconds, word", [(None, "まだありません"), (30, "ふつう"), (31, "長め")])
def test_a_slow_answer_on_average_is_told(seconds: int | None, word: str) -> None:
    average = None if seconds is None else timedelta(seconds=seconds)
    assert levels.of_speed(average).tone.label == word


def test_only_a_talk_and_a_wrap_up_can_go_on_for_longer_than_usual() -> None:
    long = timedelta(hours=1)
    assert [work for work in Work if levels.of_work(work, long, Policy())] == [Work.ON_CALL, Work.WRAP_UP]


def test_a_talk_is_long_from_the_soft_limit_on_and_never_without_one() -> None:
    policy = Policy(soft_limit=timedelta(minutes=40))
    spans = (timedelta(minutes=39), timedelta(minutes=40))
    assert [levels.of_work(Work.ON_CALL, span, policy) is not None for span in spans] == [False, True]
    assert levels.of_work(Work.ON_CALL, timedelta(hours=3), Policy(soft_limit=timedelta(0))) is None


def test_whatever_is_not_usual_differs_in_shape_too() -> None:
    usual, long, very_long = (levels.of_wait(timedelta(minutes=minutes)).tone for minutes in (0, 5, 15))
    assert len({usual.icon, long.icon, very_long.icon}) == 3
