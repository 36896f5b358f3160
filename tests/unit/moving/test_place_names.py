from __future__ import annotations

import pytest

from callcenter.domain.moving.place_names import UNKNOWN, UnknownPlace, read_municipality, read_prefecture
from callcenter.domain.places import Prefecture, municipalities


@pytest.mark.parametrize(
    "written",
    [
        *("131032", "13103", "１３１０３２", " 131032 ", "港区", "港", "東京都港区", "東京都　港区", "港區"),
        *("みなとく", "ミナトク", "ﾐﾅﾄ", "minato-ku"),
    ],
)
def test_a_municipality_is_read_by_code_name_and_reading(written: str) -> None:
    assert read_municipality(written) == "131032"


@pytest.mark.parametrize(
    "written, name",
    [
        ("桧原村", "檜原村"),
        ("東京都西多摩郡檜原村", "檜原村"),
        ("瑞穗町", "瑞穂町"),
        ("葛\U000e0100飾区", "葛飾区"),
        ("西東京市", "西東京市"),
        ("豊島", "豊島区"),
        ("としまむら", "利島村"),
    ],
)
def test_old_kanji_and_a_county_before_the_name_make_no_difference(written: str, name: str) -> None:
    assert municipalities()[read_municipality(written)].name == name


def test_every_municipality_is_read_by_each_of_its_names() -> None:
    for place in municipalities().values():
        for written in (place.code, place.code[:5], place.name, place.kana, f"東京都{place.name}"):
            assert read_municipality(written) == place.code


@pytest.mark.parametrize("written", ["としま", "131033", "1310320", "横浜市", "東京都", "\u200b13103x", "港" * 50])
def test_what_may_be_two_places_or_none_is_refused_with_a_word_of_help(written: str) -> None:
    with pytest.raises(UnknownPlace, match="入れてください"):
        read_municipality(written)


@pytest.mark.parametrize("written", ["13", "１３", "東京", "東京都", "130001", "13000", " 東 京 都 "])
def test_a_prefecture_is_read_by_name_and_code(written: str) -> None:
    assert read_prefecture(written) is Prefecture.TOKYO


def test_the_other_prefectures_are_read_too() -> None:
    assert read_prefecture("1") is Prefecture.HOKKAIDO
    assert read_prefecture("神奈川縣") is Prefecture.KANAGAWA
    assert read_prefecture("大分") is Prefecture.OITA
    for place in Prefecture:
        assert read_prefecture(place.label) is place
        assert read_prefecture(place.value) is place


@pytest.mark.parametrize("written", ["", "　", "不明", "unknown"])
def test_nothing_said_is_unknown(written: str) -> None:
    assert read_prefecture(written) is Prefecture.UNKNOWN
    assert read_municipality(written.replace("unknown", "不明")) == UNKNOWN


@pytest.mark.parametrize("written", ["48", "0", "131032", "とうほく", "東" * 50])
def test_what_is_no_prefecture_is_refused(written: str) -> None:
    with pytest.raises(UnknownPlace):
        read_prefecture(written)
