"""利用者番号 are read as people type them, and never confused with one another."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.members.user_numbers import ALPHABET, NotAUserNumber, check_character, new, read, shown

RANDOM_SIGNS = st.text(alphabet=ALPHABET, min_size=8, max_size=8)


def test_a_number_has_letters_and_digits_and_no_lookalikes() -> None:
    numbers = [new() for _ in range(300)]
    assert all(any(sign.isdigit() for sign in one[:-1]) and any(sign.isalpha() for sign in one[:-1]) for one in numbers)
    assert not set("01ILO") & set("".join(numbers))
    assert len(set(numbers)) == 300


def test_a_number_of_letters_only_is_drawn_again() -> None:
    drawn = iter("ABCDEFGH" + "2BCDEFGH")

    def choice(_signs: Sequence[str]) -> str:
        return next(drawn)

    assert new(choice)[:-1] == "2BCDEFGH"


@given(RANDOM_SIGNS)
def test_a_number_is_read_in_any_width_case_and_grouping(signs: str) -> None:
    number = signs + check_character(signs)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    for typed in (number, number.lower(), shown(number), wide, wide.lower(), f" {shown(number)}　", "ー".join(number)):
        assert read(typed) == number


@given(RANDOM_SIGNS, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(signs: str, place: int, other: str) -> None:
    number = signs + check_character(signs)
    slipped = number[:place] + other + number[place + 1 :]
    if slipped != number:
        with pytest.raises(NotAUserNumber):
            read(slipped)


@given(RANDOM_SIGNS, st.integers(0, 8), st.integers(0, 8))
def test_two_swapped_signs_among_the_random_ones_and_the_check_are_noticed(signs: str, one: int, two: int) -> None:
    number = list(signs + check_character(signs))
    number[one], number[two] = number[two], number[one]
    if "".join(number) != signs + check_character(signs):
        with pytest.raises(NotAUserNumber):
            read("".join(number))


@pytest.mark.parametrize("typed", ["", "K7M-2QX", "あ" * 9, "0" * 9, "\u0301" * 100_000, "A" * 10_000_000])
def test_what_is_no_number_is_refused_kindly_and_at_once(typed: str) -> None:
    with pytest.raises(NotAUserNumber, match="利用者番号をご確認ください"):
        read(typed)
