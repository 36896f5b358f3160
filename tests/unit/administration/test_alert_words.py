"""Each of Twilio's codes has a line that says what to do."""

from __future__ import annotations

from collections import Counter

import pytest

from callcenter.adapters.twilio.alert_words import ADVICE, SHOWN, advice, findings


@pytest.mark.parametrize(
    "code", ["11200", "11237", "12100", "12300", "13214", "15003", "16025", "31205", "53405", "20404"]
)
def test_a_code_we_may_meet_says_what_to_do(code: str) -> None:
    assert advice(code).endswith("ください。")


def test_the_longest_beginning_decides() -> None:
    assert advice("12200") == ADVICE["12200"] != advice("12100") == ADVICE["12"]


@pytest.mark.parametrize("code", ["90001", "?"])
def test_of_an_unknown_code_twilio_itself_tells(code: str) -> None:
    assert f"errors/{code}" in advice(code)


def test_the_most_frequent_come_first_and_the_rest_is_counted() -> None:
    told = findings(Counter({str(30000 + place): place + 1 for place in range(SHOWN + 2)}))
    assert told[0].sentence.startswith(f"{30000 + SHOWN + 1} が{SHOWN + 2}件")
    assert "ほかに2種類" in told[-1].sentence
    assert len(told) == SHOWN + 1
    assert not any(one.wrong for one in told)
