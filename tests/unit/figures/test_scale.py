"""The round numbers beside a chart."""

from __future__ import annotations

import pytest

from callcenter.domain.figures.scale import round_marks


@pytest.mark.parametrize(
    "highest, marks",
    [
        (0, (0, 1)),
        (3, (0, 1, 2, 3)),
        (10, (0, 5, 10)),
        (130, (0, 50, 100, 150)),
        (1214, (0, 500, 1000, 1500)),
    ],
)
def test_the_numbers_beside_a_chart_are_round_and_few(highest: int, marks: tuple[int, ...]) -> None:
    assert round_marks(highest) == marks


def test_the_highest_column_always_fits_below_the_last_number() -> None:
    for highest in range(2000):
        marks = round_marks(highest)
        assert marks[-1] >= highest
        assert len(marks) <= 5
