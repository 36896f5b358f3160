"""Kana by sound: large and small, long and short, voiced and not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.names.kana import enlarge, is_kana, shorten, to_hiragana, unvoice

HIRAGANA = st.text("".join(map(chr, range(ord("ぁ"), ord("ゖ") + 1))) + "ー", max_size=10)


@pytest.mark.parametrize("sign", ["ぁ", "あ", "ん", "ゔ", "ゖ", "ー"])
def test_hiragana_and_the_long_mark_are_kana(sign: str) -> None:
    assert is_kana(sign)


@pytest.mark.parametrize("sign", ["ァ", "港", "a", "-", "ゝ", "\u3040", "\u3097"])
def test_nothing_else_is(sign: str) -> None:
    assert not is_kana(sign)


def test_katakana_becomes_hiragana_and_the_long_mark_stays() -> None:
    assert to_hiragana("ミナトー") == "みなとー"
    assert to_hiragana("ァヴヵヶ") == "ぁゔゕゖ"
    assert to_hiragana("ヷヸヹヺ") == "ゔぁゔぃゔぇゔぉ"
    assert to_hiragana("港minatoみなと") == "港minatoみなと"


def test_small_kana_become_large_and_old_ones_are_written_by_their_sound() -> None:
    assert enlarge("しょうこ") == "しようこ"
    assert enlarge("ぁぃぅぇぉっゃゅょゎゕゖ") == "あいうえおつやゆよわかけ"
    assert enlarge("ゐゑを") == "いえお"


@pytest.mark.parametrize(
    "long, short",
    [
        ("みなとー", "みなと"),
        ("みーなとーー", "みなと"),
        ("おおの", "おの"),
        ("たろう", "たろ"),
        ("けいこ", "けこ"),
        ("ゆうき", "ゆき"),
        ("ああ", "あ"),
        ("いいの", "いの"),
        ("うう", "う"),
        ("ねえ", "ね"),
        ("おおうち", "おち"),
        ("ー", "ー"),
        ("ーみ", "ーみ"),
        ("あー", "あ"),
        ("港う", "港う"),
        ("", ""),
    ],
)
def test_what_only_lengthens_a_vowel_is_dropped(long: str, short: str) -> None:
    assert shorten(long) == short


@pytest.mark.parametrize("name", ["あおい", "うえの", "いえ", "かい", "ゆい", "すえお", "んう"])
def test_another_vowel_stays(name: str) -> None:
    assert shorten(name) == name


@pytest.mark.parametrize(
    "voiced, plain", [("みなど", "みなと"), ("がばぱ", "かはは"), ("ゔぁ", "うぁ"), ("ざじずぜぞ", "さしすせそ")]
)
def test_voicing_marks_are_dropped(voiced: str, plain: str) -> None:
    assert unvoice(voiced) == plain


def test_other_marks_stay() -> None:
    assert unvoice("é") == "é"


@given(HIRAGANA)
def test_each_form_is_final(name: str) -> None:
    for form in (to_hiragana, enlarge, shorten, unvoice):
        assert form(form(name)) == form(name)


@given(HIRAGANA)
def test_only_shortening_changes_how_many_kana_there_are(name: str) -> None:
    assert len(to_hiragana(name)) == len(enlarge(name)) == len(unvoice(name)) == len(name)
    assert len(shorten(name)) <= len(name)
    assert shorten(name)[:1] == name[:1]
