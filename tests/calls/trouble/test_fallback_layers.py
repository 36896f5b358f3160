"""Whatever is down, callers hear words: a thousand calls over all layers (``make chaos`` lets a thousand meet each)."""

from __future__ import annotations

import re

import pytest

from ivr.simulator.twiml.checker import check
from tests.layers import CLOSED, DOWN, OPEN, calls_get_words, fallback


@pytest.mark.parametrize("down", DOWN)
def test_every_caller_gets_words_with_one_layer_down(down: str) -> None:
    tally = calls_get_words(down, 40 if down == "database" else 140, at=OPEN)
    assert tally.strays == []
    assert tally.valid == tally.calls


def test_every_caller_outside_hours_gets_words_without_a_database() -> None:
    tally = calls_get_words("database", 120, at=CLOSED)
    assert (tally.valid, tally.strays) == (120, [])


def test_the_fallback_names_no_address_and_nobody_and_passes_the_checker() -> None:
    script = fallback()
    assert check(script, "call") == []
    assert check(script, "wait") == []
    assert not re.search(r"https?:|action|url|<Dial|<Redirect|<Play|record|\+81", script, re.IGNORECASE)
    words = [
        script.index(word) for word in ("電話の調子が悪く", "午前10時", "119番", "よりそいホットライン", "<Hangup")
    ]
    assert words == sorted(words)
