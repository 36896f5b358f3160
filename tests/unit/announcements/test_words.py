from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement, seconds, speakable
from ivr import words
from ivr.scripts.parts import length

KNOWN_FACTS = {
    "service",
    "next_open",
    "opens_at",
    "close_time",
    "holiday",
    "reason",
    "new_year_from",
    "new_year_to",
    "other_line",
    "position",
    "key_hint",
    "waited",
}
FORBIDDEN = (
    "がんばって",
    "頑張",
    "早く",
    "急いで",
    "してはいけません",
    "お客様",
    "利用者番号",
    "ご登録",
    "通話料",
    "フリーダイヤル",
    "折り返し",
    "留守番",
    "録音",
    "発信音",
    "患者",
    "社会復帰",
    "自立",
    "分ほど",
    "分くらい",
)
SPOKEN = re.compile(r"[ぁ-ゖァ-ヺー一-鿿々0-9、。{}a-z_]+")
every = pytest.mark.parametrize(
    "phrase", words.BY_NAME.values(), ids=[f"{at:02d}-{one.code}" for at, one in enumerate(words.BY_NAME.values())]
)


@every
def test_a_phrase_holds_nothing_that_cannot_be_spoken(phrase: Announcement) -> None:
    assert SPOKEN.fullmatch(phrase.text)
    assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", phrase.text))


@every
def test_a_sentence_is_short_and_ends_with_a_full_stop(phrase: Announcement) -> None:
    assert phrase.text.endswith("。")
    for sentence in phrase.sentences:
        assert len(re.sub(r"\{\w+\}", "何月何日", sentence)) <= 41, sentence
        assert "。" not in sentence[:-1]


@every
def test_a_phrase_asks_only_for_facts_the_scripts_know(phrase: Announcement) -> None:
    assert phrase.placeholders <= KNOWN_FACTS


@every
def test_no_phrase_blames_hurries_or_promises(phrase: Announcement) -> None:
    assert [word for word in FORBIDDEN if word in phrase.text] == []


@every
def test_haste_is_only_asked_for_where_a_life_is_in_danger(phrase: Announcement) -> None:
    assert ("すぐに" in phrase.text) == (phrase is words.B10)


@every
def test_only_the_consultation_and_the_other_line_are_called_free(phrase: Announcement) -> None:
    assert ("無料" in phrase.text) == (phrase in (words.A02, words.B09, words.C15))


@every
def test_a_number_of_several_digits_is_handed_over_in_kana(phrase: Announcement) -> None:
    facts = dict.fromkeys(phrase.placeholders, "これ")
    spoken = phrase.spoken(words.READINGS, facts)
    assert not re.search(r"\d\d|\d(?=[時月番])", "".join(piece.reading for piece in spoken))


CODES = """
    A01 A02 A04 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12
    C13 C14 C15
    D00 D01 D02 D03 D04 D05 D06 D10 E01 E02 E03 F01 F02 F03 G03 H01 H02 I01 I05 I06 I07
"""


def test_every_code_the_operator_knows_has_its_phrase() -> None:
    assert set(CODES.split()) <= {phrase.code for phrase in words.BY_NAME.values()}


def test_a_code_stands_for_one_phrase_and_its_variant_at_most() -> None:
    codes = [phrase.code for phrase in words.BY_NAME.values()]
    assert {code for code in codes if codes.count(code) > 1} == {"C05", "D00"}
    assert len({phrase.text for phrase in words.BY_NAME.values()}) == len(codes)


def test_readings_are_kana_only() -> None:
    for reading in words.READINGS.values():
        assert re.fullmatch(r"[ぁ-ゖァ-ヺー ]+", reading)


def test_the_phrases_about_waiting_never_promise_minutes() -> None:
    for phrase in words.BY_NAME.values():
        if phrase.code.startswith("C"):
            assert "分" not in phrase.text.replace("{", "")


def test_greeting_and_keys_together_take_at_most_twenty_five_seconds() -> None:
    assert length(words.A01) + length(words.A04) <= 25


def test_a_word_the_voice_stumbles_over_is_shown_as_written_and_said_in_kana() -> None:
    spoken = words.B10.spoken(words.READINGS, {})
    assert Phrase("110番", "ひゃくとおばん") in spoken
    assert "".join(piece.text for piece in spoken) == words.B10.text


def test_a_sentence_whose_fact_is_unknown_is_left_out() -> None:
    spoken = words.B01.spoken({}, {"service": "ここ", "next_open": None})
    assert "".join(piece.text for piece in spoken) == "ここです。今日の受付は、終わりました。"


def test_a_fact_nobody_handed_over_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        words.B01.spoken({}, {"service": "ここ"})


def test_kana_count_one_kanji_nearly_two_and_small_kana_nothing() -> None:
    assert seconds((Phrase("きょう", "きょう"),)) == pytest.approx(2 / 7)
    assert seconds((Phrase("今日", "今日"),)) == pytest.approx(3.6 / 7)
    assert seconds((Phrase("12", "12"),)) == pytest.approx(4 / 7)
    assert seconds((Phrase("、。", "、。"),)) == pytest.approx(0.6)


def test_what_is_measured_is_what_is_said_not_what_is_shown() -> None:
    assert seconds((Phrase("午前10時", "ごぜん じゅうじ"),), rate=0.5) == pytest.approx(2 * 6 / 7)


@pytest.mark.parametrize(
    "typed, said",
    [
        ("台風(15号)の影響", "台風、15号、の影響"),
        ("大雪/停電 ※重要", "大雪、停電、重要"),
        ("設備点検。", "設備点検"),
        ("☃", ""),
        ("", ""),
        ("a\x00b\ud800c", "a、b、c"),
    ],
)
def test_a_reason_somebody_typed_is_made_fit_to_be_read(typed: str, said: str) -> None:
    assert speakable(typed) == said


@given(st.text())
def test_no_typed_reason_can_bring_symbols_or_an_endless_speech(typed: str) -> None:
    said = speakable(typed)
    assert len(said) <= 40
    assert all(sign.isalnum() or sign == "、" for sign in said)
    assert not said.startswith("、")
    assert not said.endswith("、")
