"""Latin letters as Japanese syllables, there and back."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callcenter.domain.names.romaji import SYLLABLES, beginnings, read, write


@pytest.mark.parametrize(
    "hepburn, kunrei, kana",
    [
        ("shi", "si", "し"),
        ("chi", "ti", "ち"),
        ("tsu", "tu", "つ"),
        ("fu", "hu", "ふ"),
        ("ji", "zi", "じ"),
        ("sha", "sya", "しゃ"),
        ("shu", "syu", "しゅ"),
        ("sho", "syo", "しょ"),
        ("cha", "tya", "ちゃ"),
        ("chu", "tyu", "ちゅ"),
        ("cho", "tyo", "ちょ"),
        ("ja", "zya", "じゃ"),
        ("ju", "zyu", "じゅ"),
        ("jo", "zyo", "じょ"),
    ],
)
def test_both_ways_of_writing_are_read_alike_and_hepburn_s_is_written(hepburn: str, kunrei: str, kana: str) -> None:
    assert read(hepburn) == read(kunrei) == (kana, "")
    assert write(kana) == hepburn


@pytest.mark.parametrize(
    "letters, kana",
    [
        ("aiueo", "あいうえお"),
        ("kakikukeko", "かきくけこ"),
        ("sasisuseso", "さしすせそ"),
        ("tatituteto", "たちつてと"),
        ("naninuneno", "なにぬねの"),
        ("hahihuheho", "はひふへほ"),
        ("mamimumemo", "まみむめも"),
        ("yayuyo", "やゆよ"),
        ("rarirurero", "らりるれろ"),
        ("wawo", "わを"),
        ("gagigugego", "がぎぐげご"),
        ("zazizuzezo", "ざじずぜぞ"),
        ("dadidudedo", "だぢづでど"),
        ("babibubebo", "ばびぶべぼ"),
        ("papipupepo", "ぱぴぷぺぽ"),
        ("kyakyukyo", "きゃきゅきょ"),
        ("gyagyugyo", "ぎゃぎゅぎょ"),
        ("nyanyunyo", "にゃにゅにょ"),
        ("hyahyuhyo", "ひゃひゅひょ"),
        ("byabyubyo", "びゃびゅびょ"),
        ("pyapyupyo", "ぴゃぴゅぴょ"),
        ("myamyumyo", "みゃみゅみょ"),
        ("ryaryuryo", "りゃりゅりょ"),
        ("jyajyujyo", "じゃじゅじょ"),
        ("cyacyucyo", "ちゃちゅちょ"),
        ("dyadyudyo", "ぢゃぢゅぢょ"),
        ("shecheje", "しぇちぇじぇ"),
        ("fafifefo", "ふぁふぃふぇふぉ"),
        ("tsathidhi", "つぁてぃでぃ"),
        ("wiwe", "うぃうぇ"),
        ("vavivuvevo", "ゔぁゔぃゔゔぇゔぉ"),
    ],
)
def test_every_row_is_read(letters: str, kana: str) -> None:
    assert read(letters) == (kana, "")


@pytest.mark.parametrize(
    "letters, kana",
    [
        ("shinsuke", "しんすけ"),
        ("shinnosuke", "しんのすけ"),
        ("jun", "じゅん"),
        ("jun'ya", "じゅんや"),
        ("junya", "じゅにゃ"),
        ("ken'ichi", "けんいち"),
        ("homma", "ほんま"),
        ("sampo", "さんぽ"),
        ("shimbun", "しんぶん"),
        ("kemmmi", "けんんみ"),
    ],
)
def test_a_syllabic_n_stands_before_a_consonant_an_apostrophe_or_the_end(letters: str, kana: str) -> None:
    assert read(letters) == (kana, "")


@pytest.mark.parametrize(
    "letters, kana",
    [
        ("kekkon", "けっこん"),
        ("matcha", "まっちゃ"),
        ("maccha", "まっちゃ"),
        ("issei", "いっせい"),
        ("beppu", "べっぷ"),
    ],
)
def test_a_doubled_consonant_is_a_small_tsu(letters: str, kana: str) -> None:
    assert read(letters) == (kana, "")


@pytest.mark.parametrize(
    "letters, kana",
    [
        ("ohno", "おおの"),
        ("ohta", "おおた"),
        ("ohya", "おおや"),
        ("kohyama", "こうやま"),
        ("itoh", "いとう"),
        ("satoh", "さとう"),
        ("kohki", "こうき"),
        ("aoh", "あおお"),
        ("ohana", "おはな"),
        ("kohaku", "こはく"),
    ],
)
def test_an_h_after_an_o_makes_it_long_as_in_a_passport(letters: str, kana: str) -> None:
    assert read(letters) == (kana, "")


@pytest.mark.parametrize(
    "letters, kana, rest",
    [
        ("minat", "みな", "t"),
        ("minatoky", "みなと", "ky"),
        ("luke", "", "luke"),
        ("mark", "ま", "rk"),
        ("mat", "ま", "t"),
        ("mats", "ま", "ts"),
        ("mam", "ま", "m"),
        ("ny", "", "ny"),
        ("kah", "か", "h"),
        ("q", "", "q"),
        ("'", "", "'"),
        ("n'", "ん", ""),
        ("", "", ""),
    ],
)
def test_reading_stops_where_the_letters_are_no_japanese_yet(letters: str, kana: str, rest: str) -> None:
    assert read(letters) == (kana, rest)


@given(st.text("abcdefghijklmnopqrstuvwxyz'", max_size=12))
def test_what_is_not_read_is_the_end_of_the_word(word: str) -> None:
    kana, rest = read(word)
    assert word.endswith(rest)
    assert bool(kana) is (rest != word)


CONSONANTS = sorted({kana for letters, kana in SYLLABLES.items() if letters[0] not in "aiueoyv"} - set("をぢづ"))
DOUBLED = [kana for kana in CONSONANTS if write(kana)[0] not in "nmhw"]
PIECES = st.one_of(
    st.sampled_from(CONSONANTS),
    st.sampled_from(CONSONANTS).map(lambda kana: "ん" + kana),
    st.sampled_from(DOUBLED).map(lambda kana: "っ" + kana),
)


def no_long_o(*letters: str) -> bool:
    """Whether no h between the syllables could be a passport's long o (Kohyama is こうやま)."""
    return "ohy" not in "".join(letters)


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join).filter(lambda kana: no_long_o(write(kana))))
def test_what_was_written_is_read_back(kana: str) -> None:
    assert read(write(kana)) == (kana, "")


@given(st.sampled_from(sorted(SYLLABLES)), st.sampled_from(sorted(SYLLABLES)))
def test_two_syllables_are_read_as_each_of_them_is(one: str, other: str) -> None:
    assume(no_long_o(one, other))
    assert read(one + other) == (SYLLABLES[one] + SYLLABLES[other], "")


@pytest.mark.parametrize(
    "kana, letters",
    [
        ("しょうこ", "shoko"),
        ("おおの", "ono"),
        ("けいこ", "keko"),
        ("こーへい", "kohe"),
        ("いい", "i"),
        ("あおい", "aoi"),
        ("うえ", "ue"),
        ("けっこん", "kekkon"),
        ("まっちゃ", "maccha"),
        ("っ", ""),
        ("あっ", "a"),
        ("っっか", "kka"),
        ("じゅんや", "junya"),
        ("を", "wo"),
        ("港みなと", "港minato"),
        ("みなtp", "minatp"),
        ("", ""),
    ],
)
def test_lengths_are_left_out_and_other_signs_stay(kana: str, letters: str) -> None:
    assert write(kana) == letters


@pytest.mark.parametrize(
    "letters, kana",
    [
        ("t", "たちつてと"),
        ("ts", "つ"),
        ("sh", "し"),
        ("ky", "き"),
        ("n", "なにぬねの"),
        ("k", "かきくけこ"),
        ("y", "やゆよ"),
        ("w", "わうを"),
        ("c", "ち"),
        ("f", "ふ"),
        ("v", "ゔ"),
        ("th", "て"),
        ("q", ""),
    ],
)
def test_letters_still_being_typed_stand_for_the_kana_they_may_become(letters: str, kana: str) -> None:
    assert beginnings(letters) == frozenset(kana)
