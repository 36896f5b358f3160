from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.names import kana
from callcenter.domain.names.nicknames import (
    LONGEST,
    PREFIX_LENGTH,
    Key,
    KeyKind,
    form_keys,
    letters,
    loose_form,
    normalise,
    one_slip_apart,
    plain_form,
    query_keys,
    share_enough,
    strict_forms,
    typed_beginnings,
    written,
)

KANA = st.text(
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん"
    "がぎぐげござじずぜぞだでどばびぶべぼ",
    min_size=2,
    max_size=8,
)
SHORT_VOWELS = st.text("かきけこしすそたなのまやら", min_size=4, max_size=8)
NAMES = KANA.filter(lambda name: normalise(name) == name)  # not one that ends like an honorific
HONORIFICS = st.sampled_from(["さん", "ちゃん", "くん", "君", "様", "さま", "サン", "ﾁｬﾝ", " さん", "さん🌸"])


def fold(text: str) -> str:
    return loose_form(normalise(text))


def index_keys(text: str, reading: str = "") -> set[Key]:
    """Every key that leads to a nickname."""
    forms = strict_forms(text, reading)
    return {Key(KeyKind.EXACT, form) for form in forms}.union(*map(form_keys, forms))


@pytest.mark.parametrize(
    "spoken",
    [
        "ミナト",
        "ﾐﾅﾄ",
        "みなとさん",
        "みなと様",
        "minato",
        "MINATO",
        "Ｍｉｎａｔｏ",
        "Minato-san",
        " み な と ",
        "🌸みなと🌸",
        "み\u200dなと\ufe0f",
    ],
)
def test_one_name_has_one_strict_form_however_it_is_written(spoken: str) -> None:
    assert normalise(spoken) == "みなと"


@pytest.mark.parametrize(
    "text, strict",
    [
        ("Tarō", "たろ"),
        ("tarou", "たろう"),
        ("ken'ichi", "けんいち"),
        ("Ken’ichi", "けんいち"),
        ("shinnosuke", "しんのすけ"),
        ("homma", "ほんま"),
        ("matchi", "まっち"),
        ("ohno", "おおの"),
        ("itoh", "いとう"),
        ("syouko", "しょうこ"),
        ("ヴィヴィ", "びび"),
        ("ヴァン", "ばん"),
        ("はなぢ", "はなじ"),
        ("みづき", "みずき"),
        ("ヴイヴイ", "びび"),
        ("ヷヸヹヺ", "ばびべぼ"),
        ("う゛ァン", "ばん"),
        ("ウ゛ィヴィ", "びび"),
        ("ｳﾞｨﾋﾞ", "びび"),
        ("レヴュー", "れびゅー"),
        ("revyuu", "れびゅう"),
        ("髙﨑", "高崎"),
        ("櫻", "桜"),
        ("渡邉", "渡辺"),
        ("𠮷", "吉"),
        ("齋藤", "斉藤"),
        ("斎藤", "斉藤"),
        ("⻑谷川", "長谷川"),
        ("葛󠄀", "葛"),
        ("神", "神"),
        ("みすゞ", "みすず"),
        ("ミスヾ", "みすず"),
        ("こゝろ", "こころ"),
        ("じゝ", "じし"),
        ("いすゞさん", "いすず"),
        ("なゞ", "なな"),
        ("ゞ", "ゞ"),
        ("佐々木", "佐佐木"),
        ("奈々", "奈奈"),
        ("か゛く", "がく"),
        ("カ゛ク", "がく"),
        ("ｶﾞｸ", "がく"),
        ("カﾞク", "がく"),
        ("は゜ぴ", "ぱぴ"),
        ("あ゛あ", "ああ"),
        ("港さん", "港"),
        ("ちいちゃん", "ちい"),
        ("あーさん", "あー"),
        ("あさん", "あさん"),
        ("さん", "さん"),
        ("みなとくんさん", "みなと"),
        ("１２", "12"),
        ("Luke", "luke"),
        ("🌸", "🌸"),
        ("", ""),
        ("　", ""),
    ],
)
def test_the_strict_form_keeps_what_tells_people_apart(text: str, strict: str) -> None:
    assert normalise(text) == strict


def test_the_loose_form_forgets_length_and_small_kana() -> None:
    assert fold("みなとー") == fold("みなと")
    assert fold("しょうこ") == fold("しようこ") == fold("しょこ")
    assert fold("こうへい") == fold("コーヘー") == fold("こへ")
    assert fold("おおの") == fold("おの")


def test_voicing_is_forgotten_only_by_the_weakest_form() -> None:
    assert fold("みなど") != fold("みなと")
    assert kana.unvoice(fold("みなど")) == kana.unvoice(fold("みなと"))


def test_two_children_of_one_family_share_too_little_to_be_one_slip() -> None:
    assert not share_enough("たろう", "じろう")
    assert not share_enough("じろう", "ごろう")
    assert share_enough("みなと", "みなも")


@pytest.mark.parametrize(
    "name, spelt",
    [("しょうこ", "shoko"), ("けっこん", "kekkon"), ("まっちゃ", "maccha"), ("こーへい", "kohe"), ("みなtp", "minatp")],
)
def test_a_name_is_spelt_as_fingers_type_it(name: str, spelt: str) -> None:
    assert letters(name) == spelt


@pytest.mark.parametrize("typed", ["mintao", "minatp", "minaro", "imnato", "みなtp"])
def test_a_slip_among_latin_letters_still_finds_the_name(typed: str) -> None:
    assert not query_keys(typed).isdisjoint(index_keys("みなと"))


@pytest.mark.parametrize(
    "typed",
    [
        "ミナト",
        "ﾐﾅﾄ",
        "みなとさん",
        "minato",
        "みなとー",
        "みなど",
        "みなも",
        "みと",
        "なみと",
        "み",
        "みな",
        "m",
        "min",
        "minat",
        "みなt",
    ],
)
def test_the_name_is_found_however_it_was_heard_or_typed(typed: str) -> None:
    assert not query_keys(typed).isdisjoint(index_keys("みなと"))


@pytest.mark.parametrize("typed", ["みなと", "港", "港さん", "minato", "みな"])
def test_a_kanji_nickname_is_found_by_itself_and_by_its_reading(typed: str) -> None:
    assert not query_keys(typed).isdisjoint(index_keys("港", "みなと"))


def test_nothing_typed_asks_for_nothing() -> None:
    assert query_keys(" ") == frozenset()
    assert index_keys("") == set()


def test_letters_still_being_typed_stand_for_every_kana_they_may_become() -> None:
    assert {"みなた", "みなと"} < typed_beginnings("みなt")
    assert {"みん", "みな"} < typed_beginnings("min")
    assert "かず" in typed_beginnings("kad")
    assert typed_beginnings("みなと") == {"みなと"}


def test_how_a_name_is_written_is_kept_apart_from_how_it_is_read() -> None:
    assert written("ミナトさん") == written("ﾐﾅﾄ") == "ミナト"
    assert written("みなと") != written("ミナト")


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_key_fits_its_column(text: str, reading: str) -> None:
    keys = index_keys(text, reading) | query_keys(text)
    assert all(0 < len(key.value) <= LONGEST and len(key.kind) <= 16 for key in keys)


@given(NAMES, HONORIFICS)
def test_width_kana_and_honorific_make_no_difference(name: str, honorific: str) -> None:
    katakana = "".join(chr(ord(sign) + 0x60) for sign in name)
    assert normalise(katakana) == name
    assert normalise(unicodedata.normalize("NFD", katakana)) == name
    assert normalise(name + honorific) == name
    assert normalise(f" {katakana}{honorific}") == name


@given(st.text("abcdefghijklmnopqrstuvwxyz'ōūé さみなとうちゃんくーヴァ君", max_size=12))
def test_the_strict_form_is_final(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(NAMES, st.integers(1, 8))
def test_the_loose_form_is_final_and_grows_with_the_name(name: str, length: int) -> None:
    assert loose_form(loose_form(name)) == loose_form(name)
    assert loose_form(name).startswith(loose_form(name[:length]))


@given(SHORT_VOWELS, st.sampled_from(["wrong", "missing", "extra", "exchanged"]), st.data())
def test_one_slip_is_found_from_both_sides(name: str, slip: str, data: st.DataObject) -> None:
    place, kana = data.draw(st.integers(0, len(name) - 1)), data.draw(st.sampled_from("ほねへぬ"))
    typed = {
        "wrong": name[:place] + kana + name[place + 1 :],
        "missing": name[:place] + name[place + 1 :],
        "extra": name[:place] + kana + name[place:],
        "exchanged": name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
    }[slip]
    assert one_slip_apart(name, typed)
    assert one_slip_apart(typed, name)
    assert not query_keys(typed).isdisjoint(index_keys(name))
    assert not query_keys(name).isdisjoint(index_keys(typed))


@given(NAMES, NAMES)
def test_looking_is_symmetric(one: str, other: str) -> None:
    assert one_slip_apart(one, other) == one_slip_apart(other, one)


@given(NAMES, st.integers(1, 8))
def test_a_name_is_found_from_its_first_character_on(name: str, length: int) -> None:
    assert not query_keys(name[:length]).isdisjoint(index_keys(name))


def test_keys_are_ordered_by_strictness_and_value() -> None:
    assert min([Key(KeyKind.SLIP, "あ"), Key(KeyKind.EXACT, "い")]).kind is KeyKind.EXACT


@pytest.mark.parametrize("text, plain", [("Àna Žižka", "anazizka"), ("ÅSA", "asa"), ("Zoë", "zoe"), ("がく", "がく")])
def test_accents_make_no_difference_and_voicing_does(text: str, plain: str) -> None:
    assert plain_form(text) == plain


@pytest.mark.parametrize(
    "text, strict",
    [("ln'a", "lna"), ("o'neil", "oneil"), ("'みなと'", "みなと"), ("''", ""), ("★☆", "★☆"), ("♪ー", "ー")],
)
def test_apostrophes_and_signs_are_left_out_of_a_name_that_has_letters(text: str, strict: str) -> None:
    assert normalise(text) == strict


def test_beginnings_are_indexed_up_to_six_characters() -> None:
    name = "みなとがわしんのすけ"
    beginnings = {key.value for key in form_keys(name) if key.kind is KeyKind.PREFIX}
    assert beginnings == {name[:length] for length in range(1, PREFIX_LENGTH + 1)}


def test_three_letters_in_common_are_enough_for_a_slip_of_the_fingers() -> None:
    in_letters = {key.value for key in form_keys("ゆき") if key.kind is KeyKind.LETTERS}
    assert in_letters == {"yuki", "uki", "yki", "yui", "yuk"}
    assert not any(key.kind is KeyKind.LETTERS for key in form_keys("ゆ"))


def test_nothing_typed_is_the_beginning_of_nothing() -> None:
    assert typed_beginnings("") == typed_beginnings(" ") == frozenset()
