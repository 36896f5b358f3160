"""The fields of a consultation that are saved one by one: parsing what a form sends, storing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from callcenter.domain.errors import HelplineError
from callcenter.domain.places import municipalities
from callcenter.domain.records.record_codes import MULTIPLE, SINGLE, age_band
from callcenter.domain.typed_text import plain, whole_number
from callcenter.models.records import UNKNOWN, Consultation, ConsultationCode
from callcenter.services.names.nicknames import tidy

TEXTS = ("story", "background", "response", "next_step", "institutions")
YEARS = {"caller_age_years": "caller_age", "subject_age_years": "subject_age"}
"""An age told as a number, and the band that follows from it."""
LONGEST_TEXT = 20_000
OLDEST = 120
FIELDS = frozenset(TEXTS) | (SINGLE.keys() - {"channel"}) | MULTIPLE.keys()
FIELDS |= {"municipality", "nickname_heard", "risk_confirmed", "relay"} | YEARS.keys()


class NoSuchField(HelplineError):
    """Raised when a form sends a field that a record does not have."""

    message = "この画面は古くなっています。ページを読みこみ直してください。書いた文は保存されています。"


class NoSuchCode(HelplineError):
    """Raised when a form sends a code that is not on the field's list."""

    message = "一覧にない項目です。ページを読みこみ直して、選び直してください。"


class NotAnAge(HelplineError):
    """Raised for a number that is nobody's age."""

    message = f"年齢は、0から{OLDEST}までの数字で入れてください。わからないときは、空のままで大丈夫です。"


class TextTooLong(HelplineError):
    """Raised when a text is longer than a field holds."""

    message = f"1つの欄に書けるのは{LONGEST_TEXT:,}文字までです。分けて書いてください。"


def read(field: str, value: Any) -> Any:
    """Return the value to store for what a form sends, or raise what is wrong with it."""
    if field not in FIELDS:
        raise NoSuchField
    if field in TEXTS:
        return _text(value)
    if field in MULTIPLE:
        return _codes(field, value)
    reader = _READERS.get(field)
    return reader(value) if reader else _code(set(SINGLE[field]), value)


def current(consultation: Consultation, field: str) -> Any:
    """Return the stored value; several codes sorted, a text never as ``None``."""
    if field in MULTIPLE:
        return sorted(row.code for row in consultation.codes if row.list == field)
    value = getattr(consultation, field)
    return "" if value is None else value


def write(consultation: Consultation, field: str, value: Any, *, now: datetime) -> None:
    """Store a value that ``read`` returned."""
    if field in MULTIPLE:
        kept = [row for row in consultation.codes if row.list != field or row.code in value]
        known = {row.code for row in kept if row.list == field}
        added = [ConsultationCode(list=field, code=code, noted_at=now) for code in value if code not in known]
        consultation.codes = kept + added
    else:
        setattr(consultation, field, None if field in (*TEXTS, *YEARS) and value == "" else value)


def with_bands(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return *wanted* with the age band of each age given as a number, unless a band was chosen too."""
    told = {YEARS[name]: age_band(value).value for name, value in wanted.items() if name in YEARS and value != ""}
    chosen = {name: value for name, value in wanted.items() if not (name in told and value == UNKNOWN)}
    return told | chosen


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NoSuchField
    if len(value) > LONGEST_TEXT:
        raise TextTooLong
    return value.replace("\r\n", "\n")


def _code(known: Collection[str], value: Any) -> str:
    chosen = value or UNKNOWN
    if not isinstance(chosen, str) or chosen not in known:
        raise NoSuchCode
    return str(chosen)


def _codes(field: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise NoSuchCode
    known = set(MULTIPLE[field])
    return sorted({_code(known, item) for item in value if item})


def _municipality(value: Any) -> str:
    return _code({UNKNOWN, *municipalities()}, value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "on", "1", "false", "off", "0", "", None):
        return value in ("true", "on", "1")
    raise NoSuchCode


def _nickname(value: Any) -> str:
    if not isinstance(value, str):
        raise NoSuchField
    return tidy(value)


def _years(value: Any) -> int | str:
    """Return an age in whole years, from digits of any width."""
    if value is None or isinstance(value, bool):
        raise NotAnAge
    digits = plain(str(value)).removesuffix("歳")
    if not digits:
        return ""
    age = whole_number(digits, most=OLDEST)
    if age is None:
        raise NotAnAge
    return age


_READERS: dict[str, Callable[[Any], Any]] = {
    "municipality": _municipality,
    "risk_confirmed": _flag,
    "nickname_heard": _nickname,
    "relay": _flag,
    **dict.fromkeys(YEARS, _years),
}
