from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.moving.case_table import COLUMNS, NotADate, NotATable, decode, read_date, rows

HEAD = "nickname,reading,relation\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_file_is_read_in_every_encoding_a_spreadsheet_saves(encoding: str) -> None:
    assert decode("nickname\nミナト\n".encode(encoding)) == "nickname\nミナト\n"


def test_what_is_no_text_is_refused_kindly() -> None:
    with pytest.raises(NotATable, match="Shift_JIS"):
        decode(b"\x89PNG\r\n\x1a\n\xff\xff\x80")


@pytest.mark.parametrize("encoding", ["iso-2022-jp", "euc_jp", "utf-7", "utf-16-le", "utf-32"])
def test_an_encoding_that_is_legal_by_luck_is_refused(encoding: str) -> None:
    with pytest.raises(NotATable, match="UTF-8"):
        decode("nickname,summary\nミナト,図書館まで行けた\n".encode(encoding))


@pytest.mark.parametrize("cut", [1, 2])
def test_a_file_cut_within_a_letter_is_refused(cut: int) -> None:
    with pytest.raises(NotATable):
        decode("nickname\nミナト,図書館".encode()[:-cut])


@pytest.mark.parametrize("text", ["①髙橋㈱", "﨑Ⅷ纊", "ﾐﾅﾄさん", "電話 +819012345678-"])
def test_what_spreadsheets_add_to_shift_jis_is_still_read(text: str) -> None:
    assert decode(f"nickname\n{text}\n".encode("cp932")) == f"nickname\n{text}\n"


def test_a_telephone_number_is_no_utf_7() -> None:
    assert decode(b"nickname\n+819012345678-\n") == "nickname\n+819012345678-\n"


@pytest.mark.parametrize(
    "text", ["昭和65年1月1日", "平成32年1月1日", "令和0年5月1日", "H0.1.1", "9999-01-01", "0001-01-01"]
)
def test_a_year_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        read_date(text)


def test_marks_that_nobody_sees_are_no_part_of_a_day() -> None:
    assert read_date("\u200e2024-05-07\ufeff") == date(2024, 5, 7)


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    found = list(rows(HEAD + 'ミナト,,"本\n人"\n\n,,\nゆき, ゆき ,母,\n'))
    assert [(row.number, row.cells["nickname"], row.cells["reading"]) for row in found] == [
        (2, "ミナト", ""),
        (5, "ゆき", "ゆき"),
    ]
    assert set(found[0].cells) == set(COLUMNS)
    assert not found[1].too_many
    assert next(rows(HEAD + "ミナト,,本人,あまり\n")).too_many


def test_columns_come_in_any_order_and_tabs_are_columns_too() -> None:
    (row,) = rows("Relation\tNickname\n母\tミナトの母\n")
    assert (row.cells["nickname"], row.cells["relation"]) == ("ミナトの母", "母")


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "空です"),
        ("name,reading\n", "1列目"),
        ("reading\n", "nickname"),
        ("nickname,nickname\n", "同じ名前"),
        (HEAD + '"ミナト,,\n', "引用符"),
        (HEAD + 'ミナト,"a"b,\n', "2行目"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises(NotATable, match=says):
        list(rows(text))


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-07",
        " 2024/5/7 ",
        "2024/05/07 0:00:00",
        "2024-05-07T00:00:00",
        "２０２４年５月７日",
        "2024.5.7",
        "令和6年5月7日",
        "R6.5.7",
        "45419",
    ],
)
def test_a_day_is_read_however_a_spreadsheet_saved_it(text: str) -> None:
    assert read_date(text) == date(2024, 5, 7)


def test_no_day_is_no_day() -> None:
    assert read_date(" ") is None
    assert read_date("令和元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize(
    "text", ["2023-02-29", "5/7", "24/5/7", "2024-13-01", "きのう", "2024-05-07 10:30", "0000-01-01"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotADate) as refused:
        read_date(text)
    assert text not in refused.value.message


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_every_day_is_read_back(day: date) -> None:
    assert read_date(day.isoformat()) == read_date(f"{day.year}/{day.month}/{day.day}") == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_kind_refusal(text: str) -> None:
    with suppress(NotADate):
        assert isinstance(read_date(text), date | None)
