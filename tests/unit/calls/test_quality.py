"""The account of how well a leg carried the voices: what is read, what is refused, and the verdict."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.talks.quality import MOST_WARNINGS, Hearing, LineWarning, NotQuality, parse, read

FINE: dict[str, Any] = {"seconds": 60, "mos": [4.1, 4.4], "rtt": [90, 40], "jitter": [9, 3], "loss": [1, 0]}


def account(*warnings: object, **more: object) -> str:
    return json.dumps(FINE | {"warnings": list(warnings)} | more)


def test_what_is_stored_is_read_as_it_was() -> None:
    found = parse(account(["high-rtt", 3, 9], ["low-mos", 20, None]))
    assert read(json.loads(json.dumps(found.as_facts()))) == found
    assert found.measures["mos"].worst == 4.1
    assert found.warned_of == {LineWarning.DELAY: 1, LineWarning.POOR: 1}


@pytest.mark.parametrize(
    "warnings, more, hearing",
    [
        ([], {}, Hearing.GOOD),
        ([["constant-audio-input-level", 1, 5]], {}, Hearing.GOOD),  # a counsellor who listens says nothing
        ([["high-jitter", 1, 5]], {}, Hearing.UNSTEADY),
        ([["ice-connectivity-lost", 1, None]], {}, Hearing.POOR),
        ([], {"mos": [1.2, 3.1]}, Hearing.POOR),
        ([], {"mos": None}, Hearing.GOOD),
    ],
)
def test_the_verdict_goes_by_interruptions_warnings_and_what_was_usual(
    warnings: list[object], more: dict[str, object], hearing: Hearing
) -> None:
    assert parse(account(*warnings, **more)).hearing is hearing


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"a"',
        "[" * 100_000,
        account(["192.0.2.1", 1, 2]),
        account(["high-rtt", -1, 2]),
        account(["high-rtt", 1]),
        account("high-rtt"),
        account(seconds=10**9),
        account(seconds="12; 192.0.2.1"),
        account(mos=[4, 99]),
        account(mos=[float("nan"), 4]),
        account(rtt="192.0.2.1"),
        account(loss=[1]),
        account(seconds=float("inf")),
        account(["high-rtt", float("inf"), 2]),
        account(rtt=[10**400, 1]),
        account(seconds=[]),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotQuality):
        parse(text)


def test_what_is_not_asked_for_is_left_out() -> None:
    facts = parse(account(address="192.0.2.1", network="wifi")).as_facts()
    assert sorted(facts) == ["jitter", "loss", "mos", "rtt", "seconds", "warnings"]


def test_a_line_that_warns_without_end_fills_no_database() -> None:
    assert len(parse(account(*[["high-rtt", 1, 2]] * 1000)).warnings) == MOST_WARNINGS


@given(st.text())
def test_no_text_is_read_otherwise_than_refused_or_understood(text: str) -> None:
    with suppress(NotQuality):
        parse(text)
