"""A hundred and fifty days on the line on which anything may happen at any moment (``make chaos`` plays more)."""

from __future__ import annotations

import pytest

from tests.chaos import histories

SEEDS, EACH, STEPS = 6, 25, 12


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_whatever_happens_every_caller_has_one_counsellor_or_waits_for_one_and_nothing_is_lost(seed: int) -> None:
    happened = histories.play(seed, EACH, steps=STEPS)
    assert happened["histories"] >= EACH
    assert happened["talks"] > 0
