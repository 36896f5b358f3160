"""Telephone numbers: what a caller's number field holds, and numbers at which staff can be rung.

A number is never an identity here, and it never reaches a log: whatever prints a value of this
module prints at most its last digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from callcenter.domain.errors import HelplineError


class UnusableNumber(HelplineError):
    """Raised when a text is no number at which staff can be rung."""

    message = "この電話番号は使えません。090や03などで始まる日本の電話番号を、市外局番から入れてください。"
    field = "phone"


class CallerKind(StrEnum):
    """What the caller's number field held; every kind is an ordinary caller."""

    NUMBER = "number"
    WITHHELD = "withheld"
    PUBLIC_PHONE = "public_phone"
    UNAVAILABLE = "unavailable"
    CLIENT = "client"
    SIP = "sip"
    INVALID = "invalid"

    @property
    def label(self) -> str:
        """Return the kind in Japanese, as telephones in Japan show it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    CallerKind.NUMBER: "番号通知",
    CallerKind.WITHHELD: "非通知",
    CallerKind.PUBLIC_PHONE: "公衆電話",
    CallerKind.UNAVAILABLE: "通知できない電話",
    CallerKind.CLIENT: "ブラウザーの電話",
    CallerKind.SIP: "SIPの電話",
    CallerKind.INVALID: "正しくない番号",
}

_KEYPAD_WORDS = {
    "266696687": CallerKind.WITHHELD,  # ANONYMOUS; would otherwise be a number in Lesotho
    "7378742833": CallerKind.WITHHELD,  # RESTRICTED
    "2562533": CallerKind.WITHHELD,  # BLOCKED
    "7748283": CallerKind.WITHHELD,  # PRIVATE
    "86282452253": CallerKind.UNAVAILABLE,  # UNAVAILABLE, its last two letters cut off
    "8656696": CallerKind.UNAVAILABLE,  # UNKNOWN
}
"""Words that carriers send spelled on a telephone's keys; looked up before any parsing."""

_WORDS = (
    (CallerKind.PUBLIC_PHONE, ("公衆電話", "payphone", "pay phone", "coin line")),
    (CallerKind.WITHHELD, ("anonymous", "restricted", "withheld", "private", "blocked", "非通知")),
    (CallerKind.UNAVAILABLE, ("unavailable", "unknown", "out of area", "表示圏外", "通知不可")),
)

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−ーｰ－"), "-")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NEW_MOBILE = re.compile(r"\+8160\d{8}")
"""060 numbers are assigned to mobiles from 2026; a numbering table may not know them yet."""

_GROUPINGS = (
    (re.compile(r"\+81(120)(\d{3})(\d{3})"), "0{}-{}-{}"),
    (re.compile(r"\+81(800)(\d{3})(\d{4})"), "0{}-{}-{}"),
    (re.compile(r"\+81([5-9]0)(\d{4})(\d{4})"), "0{}-{}-{}"),
    (re.compile(r"\+81(3)(\d{4})(\d{4})"), "0{}-{}-{}"),
)


@dataclass(frozen=True, slots=True, repr=False)
class E164:
    """A whole international number; printed masked, only ``value`` holds all of it."""

    value: str

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.value):
            raise UnusableNumber

    def masked(self) -> str:
        """Return the number with only its last digits readable."""
        return masked(self.value)

    def display(self) -> str:
        """Return the number as it is printed in Japan."""
        return display(self.value)

    def __repr__(self) -> str:
        return f"E164({self.masked()})"


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """What is known of a caller's number; ``e164`` is set for the kind ``number`` only."""

    kind: CallerKind
    e164: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is CallerKind.NUMBER) != (self.e164 is not None):
            raise ValueError("a caller has a number exactly when the kind says so")

    @classmethod
    def read(cls, raw: str | None) -> Self:
        """Return the caller of a number field in any form that telephone companies send; nothing is an error."""
        text = unicodedata.normalize("NFKC", raw or "").strip()
        kind = _kind_without_number(text.casefold())
        if kind is not None:
            return cls(kind)
        number = _caller_number(text)
        return cls(CallerKind.INVALID) if number is None else cls(CallerKind.NUMBER, number)

    def masked(self) -> str:
        """Return what a screen or a log may show: the last digits, or the kind in Japanese."""
        return self.kind.label if self.e164 is None else masked(self.e164)

    def __repr__(self) -> str:
        return f"Caller({self.kind.value}, {self.masked()})"


def masked(number: str) -> str:
    """Return *number* with only its last two digits readable; of a very short one, nothing."""
    digits = re.sub(r"\D", "", number)
    return "…" + (digits[-2:] if len(digits) > 4 else "")


def display(e164: str) -> str:
    """Return an E.164 number as it is printed in Japan (0120-529-528); a foreign one in its international form."""
    for pattern, layout in _GROUPINGS:
        if found := pattern.fullmatch(e164):
            return layout.format(*found.groups())
    import phonenumbers  # its tables are needed for area codes only

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == 81
    layout_of = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, layout_of))


def staff_phone(text: str) -> E164:
    """Return the number of a counsellor's telephone: a Japanese mobile, fixed or 050 number."""
    plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS).replace("(0)", "")
    plain = re.sub(r"[\s().-]", "", plain)
    if not re.fullmatch(r"\+?\d+", plain):
        raise UnusableNumber("電話番号は、数字とハイフンで、090-1234-5678のように入れてください。")
    if plain.startswith(("184", "186")):
        raise UnusableNumber("先頭の184や186は付けずに、電話番号だけを入れてください。")
    if plain.startswith("1") or len(plain) <= 6:
        raise UnusableNumber("110や119などの短い番号は登録できません。相談員の電話の番号を入れてください。")
    number = "+81" + plain[1:] if plain.startswith("0") else plain
    if not _is_personal(number):
        raise UnusableNumber
    return E164(number)


_MOBILE_OR_IP = re.compile(r"\+81(?:[6789]0|50)[0-9]{8}")
_FIXED = re.compile(r"\+81(?![5-9]0)[1-9][0-9]{8}")
_SERVICE = re.compile(r"\+81(?:120|800|570|990|180|170|160|20)")
"""Paid, shared or machine numbers (総務省, 電気通信番号計画): nobody sits there to listen to a caller."""


def _kind_without_number(text: str) -> CallerKind | None:
    if not text:
        return CallerKind.WITHHELD
    if text.removeprefix("+") in _KEYPAD_WORDS:
        return _KEYPAD_WORDS[text.removeprefix("+")]
    for kind, words in _WORDS:  # a SIP address may say anonymous, too
        if any(word in text for word in words):
            return kind
    return CallerKind.SIP if text.startswith(("sip:", "sips:")) else None


def _caller_number(text: str) -> str | None:
    plain = re.sub(r"[\s().-]", "", text.translate(_HYPHENS))
    if not re.fullmatch(r"\+?\d{7,15}", plain):
        return None
    if plain.startswith("0"):
        plain = "+81" + plain[1:]
    number = plain if plain.startswith("+") else "+" + plain  # a form that lost its + on the way
    return number if _is_assigned(number) else None


def _is_assigned(number: str) -> bool:
    if _NEW_MOBILE.fullmatch(number):
        return True
    import phonenumbers  # slow to import; a withheld caller never needs it

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    # The parser drops a needless zero after the country code; such a text is not the number itself.
    return (
        phonenumbers.is_valid_number(parsed)
        and phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
    )


def _is_personal(number: str) -> bool:
    """Return whether the numbering plan gives the block to mobile, fixed or 050 telephones."""
    return bool(_MOBILE_OR_IP.fullmatch(number) or _FIXED.fullmatch(number)) and not _SERVICE.match(number)
