"""Reading a table of cases to import: encoding, rows and dates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.calendar.times import YEARS
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import plain, storable

COLUMNS = (
    "nickname",
    "reading",
    "relation",
    "age_band",
    "prefecture",
    "municipality",
    "opened_on",
    "last_contact_on",
    "summary",
)
NEEDED = "nickname"
WHOLE = 0
"""The row of a mistake that is the file's, not a row's."""

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_LAST_YEARS = {"平成": 31, "h": 31, "昭和": 64, "s": 64}
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|[rhs])?\.?(?P<year>\d{1,4}|元)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:t?\s*0?0:00(?::00)?)?"
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\uf8f0-\uf8f3\ufffd-\uffff]")
"""What a picture, a program or JIS has and no table. Four letters are what cp932 makes of bytes that it does not have,
and the last ones stand where another program lost a letter."""
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{3,}")
_JAPANESE = re.compile("[\u3000-\u9fff\uff00-\uffef]+")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_FIRST_SERIAL = date(1899, 12, 30)


class NotATable(HelplineError):
    """Raised when the file as a whole cannot be read."""


class NotADate(HelplineError):
    """Raised when a cell is no date."""

    message = "日付として読めません。2024-05-07 のように、年-月-日で入れてください。"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in one cell: its row and column, and a sentence without its text."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if self.row == WHOLE:
            return self.message
        return f"{self.row}行目{f'の {self.column}' if self.column else ''}: {self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells by column, stripped; a column that the file lacks is empty."""

    number: int
    cells: Mapping[str, str]
    too_many: bool = False

    def __repr__(self) -> str:  # what people told us never reaches a log
        return f"Row({self.number})"


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 with or without its mark, in Excel's UTF-16, or in Shift_JIS (cp932).

    ``NotATable`` for what could be read as one of them only by luck.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _read_as("utf-16", content)
    elif content.isascii():
        text = None if _is_utf7(content) else content.decode("ascii")
    else:
        text = _read_as("utf-8-sig", content)
        if text is None and not _is_broken_utf8(content) and _read_as("euc_jp", content) is None:
            text = _read_as("cp932", content)
    if text is None or _NO_TEXT.search(text):
        raise NotATable("文字を読めません。UTF-8 か Shift_JIS の CSV で保存し直してください。")
    return storable(text)


def _read_as(encoding: str, content: bytes) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_utf7(content: bytes) -> bool:
    """Return whether some part is written as UTF-7 writes Japanese; a telephone number only looks like it."""
    read = (_read_as("utf-7", part + b"-") for part in _UTF7.findall(content))
    return any(text is not None and _JAPANESE.fullmatch(text) for text in read)


def _is_broken_utf8(content: bytes) -> bool:
    """Return whether most letters are Japanese in UTF-8, so that only some of it was cut off or damaged."""
    letters = sum(byte > 0x7F for byte in content)
    whole = sum(len(run.encode()) for run in _JAPANESE.findall(content.decode("utf-8", "ignore")))
    return whole * 2 > letters


def rows(text: str) -> Iterator[Row]:
    """Return the rows below the head, blank ones left out. ``NotATable`` for a head or a row that cannot be read."""
    first_line = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first_line else ",", strict=True)
    head: tuple[str, ...] | None = None
    number = 0
    try:
        for number, line in enumerate(table, start=1):  # told if the next row cannot be read
            cells = [cell.strip() for cell in line]
            if head is None:
                head = _head(cells)
            elif any(cells):
                by_column = dict.fromkeys(COLUMNS, "") | dict(zip(head, cells, strict=False))
                yield Row(number, by_column, too_many=any(cells[len(head) :]))
    except csv.Error:
        raise NotATable(f'{number + 1}行目: 引用符(")の組みが合いません。CSV で保存し直してください。') from None
    if head is None:
        raise NotATable(f"ファイルが空です。1行目に列の名前を入れてください: {','.join(COLUMNS)}")


def read_date(text: str) -> date | None:
    """Return the day that was typed or saved by a spreadsheet; None for an empty cell. ``NotADate``."""
    typed = plain(text).lower()
    if not typed:
        return None
    if _SERIAL.fullmatch(typed):
        return _FIRST_SERIAL + timedelta(days=int(typed[:5]))
    found = _DATE.fullmatch(typed)
    if found is None or (found["era"] is None and len(found["year"]) != 4):
        raise NotADate
    era, year = found["era"] or "", 1 if found["year"] == "元" else int(found["year"])
    if era and not 1 <= year <= _LAST_YEARS.get(era, year):
        raise NotADate("その元号に、その年はありません。西暦で入れても大丈夫です。")
    try:
        day = date(_ERAS.get(era, 0) + year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise NotADate("暦にない日です。月と日をご確認ください。") from None
    if day.year not in YEARS:
        raise NotADate("年をご確認ください。")
    return day


def _head(cells: list[str]) -> tuple[str, ...]:
    names = tuple(cell.lower() for cell in cells)
    while names and not names[-1]:
        names = names[:-1]
    strange = [place for place, name in enumerate(names, start=1) if name not in COLUMNS]
    if strange:
        places = "、".join(map(str, strange))
        raise NotATable(f"1行目: {places}列目の名前がわかりません。使える列は次のとおりです: {','.join(COLUMNS)}")
    if NEEDED not in names:
        raise NotATable(f"1行目: {NEEDED} の列がありません。1行目に列の名前を入れてください: {','.join(COLUMNS)}")
    if len(set(names)) != len(names):
        raise NotATable("1行目: 同じ名前の列が2つあります。1つにしてください。")
    return names
