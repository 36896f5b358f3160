"""What somebody typed: storable text, short values without invisible marks, numbers in bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.typed_text import LARGEST, one_line, plain, said, storable, visible, whole_number

TURNING = "\0\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.characters(codec=None), max_size=20))
def test_whatever_was_typed_can_be_stored(text: str) -> None:
    stored = storable(text)
    assert not set(TURNING) & set(stored)
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert storable(stored) == stored


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=TURNING), max_size=20))
def test_a_text_without_fault_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


def test_half_a_character_leaves_its_neighbours() -> None:
    assert storable("図書館\ud83dまで\0行けた") == "図書館\ufffdまで行けた"


@pytest.mark.parametrize(
    "mark",
    ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060", "\u3164", "\uffa0", "\u115f", "\u2800"],
)
def test_a_mark_that_nobody_sees_is_left_out(mark: str) -> None:
    assert visible(f"{mark}みな{mark}と{mark}") == "みなと"
    assert whole_number(f"{mark}1{mark}2") == 12
    assert plain(f" {mark}2026-12-01{mark} ") == "2026-12-01"


def test_the_variant_of_a_kanji_is_seen_and_stays() -> None:
    assert visible("葛\U000e0100") == "葛\U000e0100"


@pytest.mark.parametrize(
    "text, number",
    [
        ("12", 12),
        ("1 2", None),
        ("１２", 12),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1_000", None),
        ("1e3", None),
        ("²", 2),
        ("一", None),
        ("٣", None),
        (str(LARGEST), LARGEST),
        (str(LARGEST + 1), None),
        ("9" * 5000, None),
    ],
)
def test_a_number_is_read_within_what_databases_store(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_number_beyond_its_own_limit_is_none() -> None:
    assert (whole_number("120", most=120), whole_number("121", most=120)) == (120, None)


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b", "\u3164", "\u202e\u2800", "\u0301", "\ufe0f", "\U000e0041", "\x07"]
)
def test_what_nobody_sees_is_nothing_said(text: str) -> None:
    assert (said(text), one_line(text)) == ("", "")


def test_what_was_said_stays_as_it_was_typed() -> None:
    family = "うちは👨\u200d👩\u200d👧。\n\n二行目"
    assert said(f" {family}\n") == family
    assert one_line(f" {family}\u200b") == "うちは👨👩👧。 二行目"
    assert said("!") == one_line("!") == "!"
