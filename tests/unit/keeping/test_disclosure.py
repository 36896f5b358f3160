from __future__ import annotations

import pytest

from callcenter.adapters import pdf
from callcenter.domain.keeping.disclosure import (
    Ground,
    Mark,
    Piece,
    ReasonFirst,
    Section,
    blackened,
    check_reason,
    decide,
)

OWN = Section(
    "11月20日 電話",
    (Piece("a", "主なお話", "鈴木さんと図書館へ行った"), Piece("s", "相談員", "担当07", Mark.WITHHOLD, Ground.STAFF)),
)
MOTHER = Section("11月21日 電話", (Piece("m", "主なお話", "夜に泣いていた", Mark.LEAVE_OUT, Ground.THIRD_PARTY),))


def test_as_proposed_nothing_of_the_mother_is_there_not_even_that_she_called() -> None:
    made = decide([OWN, MOTHER], {}, [], for_review=False)
    assert [section["title"] for section in made.sections] == ["11月20日 電話"]
    assert (made.given, made.withheld, made.left_out) == (1, 1, 1)
    own, staff = made.sections[0]["pieces"]
    assert own["text"] == "鈴木さんと図書館へ行った"
    assert (staff["text"], staff["reason"]) == (None, "職員の情報")


def test_the_copy_for_review_shows_all_and_marks_what_would_go() -> None:
    made = decide([OWN, MOTHER], {}, ["鈴木"], for_review=True)
    mother = made.sections[1]["pieces"][0]
    assert (mother["text"], mother["reason"], mother["marked"]) == ("夜に泣いていた", "載せない(第三者の情報)", True)
    assert made.sections[0]["pieces"][0]["text"] == "鈴木さんと図書館へ行った"


def test_a_supervisor_decides_part_by_part_and_blackens_names() -> None:
    made = decide([OWN, MOTHER], {"m": Mark.WITHHOLD, "s": Mark.GIVE}, ["鈴木さん", " 鈴木 ", "図"], for_review=False)
    assert made.sections[0]["pieces"][0]["text"] == "■■■と図書館へ行った"  # one sign alone blackens nothing
    assert made.sections[0]["pieces"][1]["text"] == "担当07"
    assert made.sections[1]["pieces"][0]["text"] is None


def test_what_is_blackened_does_not_tell_how_long_it_was() -> None:
    assert blackened("あいう あいうえお", ["あいうえお", "あいう"]) == "■■■ ■■■"


def test_a_copy_needs_a_reason() -> None:
    assert check_reason(" 11月1日の\n請求 ") == "11月1日の 請求"
    with pytest.raises(ReasonFirst):
        check_reason("  ")


def test_text_is_set_as_it_is_and_never_taken_for_a_command() -> None:
    hostile = '#import "/etc/passwd": * \n #read("/etc/passwd") $x$ ] #panic("x") \\ 髙﨑①㈱～☎'
    pieces = [{"label": hostile, "text": hostile, "reason": hostile, "marked": True}]
    document = {"title": "x", "mark": hostile, "made": "", "preface": [hostile], "closing": [hostile]}
    made = pdf.disclosure(document | {"sections": [{"title": hostile, "pieces": pieces}]})
    assert made.startswith(b"%PDF-")
    assert b"BIZUDPGothic" in made  # the font goes along


def test_a_rare_letter_of_a_name_another_script_and_a_face_are_drawn() -> None:
    document = {"title": "𠮷野", "mark": "", "made": "", "preface": ["한국 你们"], "closing": ["😢"], "sections": []}
    made = pdf.disclosure(document)
    assert b"NotoSansCJKjp" in made
    assert b"NotoEmoji" in made


@pytest.mark.parametrize(
    "text, shown",
    [
        ("髙﨑①㈱～☎", "髙﨑①㈱～☎"),
        ("𠮷野さん😢 你们 한국", "𠮷野さん😢 你们 한국"),
        ("שלום 12", "〔U+05E9〕〔U+05DC〕〔U+05D5〕〔U+05DD〕 12"),
        ("\u202eきとれる\u202c\u200b\ufeff", "きとれる"),
        ("か\u3099 e\u0301\r\n\t\x1b終", "が é \n  終"),
        ("葛\U000e0100 ❤\ufe0f", "葛\U000e0100 ❤\ufe0f"),
        ("ก\ufe0f", "〔U+0E01〕"),
        ("\u0e31" * 2000, "〔U+0E31〕" * 2000),
    ],
)
def test_a_letter_that_the_fonts_lack_is_named_and_no_mark_turns_the_text(text: str, shown: str) -> None:
    assert pdf.drawable(text) == shown


def test_a_copy_with_a_letter_by_number_says_what_that_is() -> None:
    empty = {"title": "x", "mark": "", "made": "", "preface": [], "closing": [], "sections": []}
    assert pdf.NUMBERED not in pdf.as_drawn(empty)["closing"]
    assert pdf.as_drawn(empty | {"preface": ["ก"]})["closing"] == [pdf.NUMBERED]


def test_marks_that_nobody_sees_keep_no_phrase_from_being_blackened() -> None:
    assert blackened("鈴\u200b木さんと\u2060行った", ["鈴木さん"]) == "■■■と行った"
    made = decide([OWN], {}, ["鈴\u00ad木", "\u3164\u3164"], for_review=False)
    assert "鈴木" not in str(made.sections[0]["pieces"])
    with pytest.raises(ReasonFirst):
        check_reason("\u3164\u200b")
