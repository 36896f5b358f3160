"""Reading a table of cases to import: encoding, rows and dates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised

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
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|[rhs])?\.?(?P<year>\d{1,4}|元)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:t?\s*0?0:00(?::00)?)?"
)
_NO_TEXT = re.compile("[\x00-\x08\x80-\x9f\uf8f0-\uf8f3]")
"""What a picture or a program has and no table; the last four are what cp932 makes of bytes that it does not have."""
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
    """Return the text of a file in UTF-8 with or without its mark, in Excel's UTF-16, or in Shift_JIS (cp932)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            return text
    raise NotATable("文字を読めません。UTF-8 か Shift_JIS の CSV で保存し直してください。")


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
    plain = normalised(text).strip().lower()
    if not plain:
        return None
    if _SERIAL.fullmatch(plain):
        return _FIRST_SERIAL + timedelta(days=int(plain[:5]))
    found = _DATE.fullmatch(plain)
    if found is None or (found["era"] is None and len(found["year"]) != 4):
        raise NotADate
    year = 1 if found["year"] == "元" else int(found["year"])
    try:
        return date(_ERAS.get(found["era"] or "", 0) + year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise NotADate("暦にない日です。月と日をご確認ください。") from None


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
