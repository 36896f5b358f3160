"""Readings over words: which entry holds, and what stays untouched."""

from __future__ import annotations

import pytest

from callcenter.domain.furigana import Furigana, UnreadableEntry, shipped_readings


def plain(html: str) -> str:
    """Write ruby in brackets, to read it more easily."""
    return html.replace("<ruby>", "").replace("<rp>(</rp><rt>", "(").replace("</rt><rp>)</rp></ruby>", ")")


def test_a_reading_stands_in_brackets_for_browsers_that_know_no_ruby() -> None:
    assert Furigana(["電話《でんわ》"]).dress("お電話で") == (
        "お<ruby>電話<rp>(</rp><rt>でんわ</rt><rp>)</rp></ruby>で"
    )


def test_the_longest_entry_holds_and_what_is_around_a_word_decides_its_reading() -> None:
    words = Furigana(["日《にち》", "日本《にほん》", "の日《ひ》", "日本語《にほんご》"])
    assert plain(words.dress("日、その日、日本、日本語")) == "日(にち)、その日(ひ)、日本(にほん)、日本語(にほんご)"


def test_a_bar_puts_one_reading_over_a_number_and_its_word_but_not_over_half_a_number() -> None:
    words = Furigana(["|5日《いつか》", "日《にち》"])
    assert plain(words.dress("5日、35日")) == "5日(いつか)、35日(にち)"


def test_an_entry_may_hold_several_readings() -> None:
    assert plain(Furigana(["申《もう》し込《こ》"]).dress("お申し込みは")) == "お申(もう)し込(こ)みは"


@pytest.mark.parametrize(
    "page",
    [
        '<a href="/電話" title="電話">x</a>',
        "<title>電話</title>",
        "<textarea>電話</textarea>",
        "<select><option>電話</option></select>",
        "<svg><title>電話</title><text>電話</text></svg>",
        "<ruby>電話<rt>でんわ</rt></ruby>",
    ],
)
def test_tags_attributes_fields_pictures_and_what_has_a_reading_stay_as_they_are(page: str) -> None:
    assert Furigana(["電話《でんわ》"]).dress(page) == page


def test_after_such_a_part_words_have_their_readings_again() -> None:
    assert plain(Furigana(["電話《でんわ》"]).dress("<svg><path/></svg>電話")) == "<svg><path/></svg>電話(でんわ)"


def test_an_entry_with_a_sign_of_markup_finds_it_as_a_page_writes_it() -> None:
    assert plain(Furigana(["A&電話《でんわ》"]).dress("A&amp;電話")) == "A&amp;電話(でんわ)"


@pytest.mark.parametrize("entry", ["電話", "電話《》", "電話《デンワ》", ""])
def test_an_entry_without_a_reading_in_hiragana_is_refused(entry: str) -> None:
    with pytest.raises(UnreadableEntry):
        Furigana([entry])


def test_the_shipped_dictionary_can_be_read_and_has_no_entry_twice() -> None:
    entries = shipped_readings()
    assert Furigana(entries).dress("電話") != "電話"
    assert sorted({entry for entry in entries if entries.count(entry) > 1}) == []
