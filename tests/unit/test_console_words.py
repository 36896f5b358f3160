"""How the console names callers: hints, persons, honorifics."""

from __future__ import annotations

import pytest

from callcenter.casefile.words import called, person_words
from callcenter.console.duty.after import AWAY_CHOICES
from callcenter.domain.calls.lifecycle import CallerKey
from callcenter.ui.hints import Hint, hint_of


@pytest.mark.parametrize(
    "nickname, relation, words",
    [
        ("ミナト", "self", "ミナトさん・本人"),
        ("みなとさん", "self", "みなとさん・本人"),
        ("ハル", "father", "ハルさん・父"),
        ("ミナトの母", "mother", "ミナトの母"),
        ("ミナト", "unknown", "ミナトさん"),
    ],
)
def test_a_person_is_named_with_their_relation_once(nickname: str, relation: str, words: str) -> None:
    assert person_words(nickname, relation) == words


def test_an_honorific_is_never_doubled() -> None:
    assert [called(name) for name in ("ミナト", "みなとくん", "港様")] == ["ミナトさん", "みなとくん", "港様"]


def test_every_key_has_words_and_no_key_has_too() -> None:
    assert all(hint_of(key).words and hint_of(key).number == key.value for key in CallerKey)
    assert hint_of(None) == Hint("番号を押さずにお待ちの方", None)


def test_nobody_chooses_a_reason_that_only_the_line_gives() -> None:
    assert {"missed", "unreachable"}.isdisjoint(AWAY_CHOICES)
