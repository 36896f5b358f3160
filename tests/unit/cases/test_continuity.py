"""Reading a number somebody is known by, and who somebody's usual counsellor is."""

from __future__ import annotations

import pytest

from callcenter.domain.cases.continuity import easily_mistyped, read_code, usual_counsellor
from callcenter.domain.cases.linking import missing_consent


@pytest.mark.parametrize(
    "typed, digits",
    [
        ("4071", "4071"),
        ("４０７１", "4071"),
        (" 40 71 ", "4071"),
        ("40-71", "4071"),
        ("0407", "0407"),
        ("407", None),
        ("40712", None),
        ("みなと", None),
        ("", None),
        ("四〇七一", None),
        ("40.7", None),
    ],
)
def test_a_number_is_read_however_it_was_typed(typed: str, digits: str | None) -> None:
    assert read_code(typed) == digits


@pytest.mark.parametrize("digits", ["1111", "1234", "4321", "0000"])
def test_numbers_that_a_finger_finds_by_chance_are_not_given(digits: str) -> None:
    assert easily_mistyped(digits)
    assert not easily_mistyped("4071")


@pytest.mark.parametrize(
    "recent, usual",
    [
        ([], None),
        (["a"], None),
        (["b", "a", "a"], "a"),
        (["a", "b", "b", "a"], "a"),
        (["b"] * 10 + ["a"] * 30, "b"),
        (["a", "b", "c"], None),
    ],
)
def test_the_usual_counsellor_answered_most_of_late_and_at_least_twice(recent: list[str], usual: str | None) -> None:
    assert usual_counsellor(recent) == usual


@pytest.mark.parametrize(
    "known, joining, agreed, missing",
    [
        ((), ("mail",), (), []),
        (("phone",), ("phone",), (), []),
        (("phone",), ("mail",), (), ["mail"]),
        (("phone",), ("mail",), ("mail",), []),
        (("phone",), (), (), []),
        (("mail",), ("phone", "visit"), ("phone",), ["visit"]),
    ],
)
def test_channels_join_with_consent_only(
    known: tuple[str, ...], joining: tuple[str, ...], agreed: tuple[str, ...], missing: list[str]
) -> None:
    assert missing_consent(known, joining, agreed) == missing
