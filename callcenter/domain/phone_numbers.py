"""Telephone numbers: what a caller's number field holds, and numbers at which staff can be rung.

A number is never an identity here, and it never reaches a log: whatever prints a value of this
module prints at most its last digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import plain as plain_text


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

LONGEST = 1_000
"""Characters of a number field; SIP addresses with their parameters stay far below."""

_WORDS = (
    (CallerKind.PUBLIC_PHONE, re.compile("公衆電話|コウシュウ|payphone|publicphone|coinline")),
    (CallerKind.UNAVAILABLE, re.compile("unavailable|notavailable|unknown|outofarea|表示圏外|通知不可")),
    (CallerKind.WITHHELD, re.compile("anonym|restrict|withh[eo]ld|private|block|hidden|callerid|通知|ヒツウチ")),
)
"""What exchanges write in place of a number, without spaces and signs; in whatever text one of these stands."""

_LETTERS = {"c": CallerKind.PUBLIC_PHONE, "o": CallerKind.UNAVAILABLE, "s": CallerKind.UNAVAILABLE}
"""Reasons in one letter, as Japanese exchanges send them (公衆電話, 表示圏外, サービス競合; P is withheld)."""

_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_COUNTRY_CODES = ("", "1", "81")
_SPELLED = {"": CallerKind.WITHHELD} | {
    code + word.translate(_KEYS): kind
    for kind, words in (
        (CallerKind.WITHHELD, ("anonymous", "restricted", "blocked", "private", "withheld", "hidden", "464")),
        (CallerKind.UNAVAILABLE, ("unavailable", "unknown")),
        (CallerKind.PUBLIC_PHONE, ("payphone",)),
    )
    for word in words
    for code in _COUNTRY_CODES
}
"""Nothing at all, and words that exchanges spell on a telephone's keys (+266696687 is ANONYMOUS), also with a country
code before them; looked up before any parsing. The words are those of Twilio's help ("Why am I getting calls from these
strange numbers?", with 464 for no caller ID) and their like. Two look like numbers in use, +1 737-874-2833 and
0266-69-6687: whoever has one of these counts as withheld, which takes nothing from them."""

_SIGNS = re.compile(r"[\W_]+")
_DIGIT = re.compile("[1-9]")
_SIP = re.compile(r"\bsips?:/{0,2}([^@;?>]*)", re.IGNORECASE)
_TEL = re.compile(r"^tel:|;.*", re.IGNORECASE)

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
        if len(raw or "") > LONGEST:
            return cls(CallerKind.INVALID)
        text = plain_text(raw or "")
        kind = kind_without_number(text)
        if kind is not None:
            return cls(kind)
        number = _caller_number(_user_part(text))
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
    plain = plain_text(text).translate(_HYPHENS).replace("(0)", "")
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


def kind_without_number(text: str) -> CallerKind | None:
    """Return why *text* holds no number: nothing, words, or a word spelled in digits; None for what may be a number.

    All who ring without a number share such a text, so it stands for nobody in particular.
    """
    text = text.casefold()
    plain, user = _SIGNS.sub("", text), _SIGNS.sub("", _user_part(text))
    for kind, words in _WORDS:  # a SIP address may say anonymous, too
        if words.search(plain):
            return kind
    if user.lstrip("0") in _SPELLED:
        return _SPELLED[user.lstrip("0")]
    if _SIP.search(text):
        return CallerKind.SIP
    return None if _DIGIT.search(user) else _LETTERS.get(user, CallerKind.WITHHELD)


def spelled_numbers() -> list[str]:
    """Return the numbers that words spelled on a telephone's keys may be taken for."""
    return [f"+{digits}" for digits in _SPELLED if digits]


def _user_part(text: str) -> str:
    """Return what stands for the caller in a SIP or tel address; any other text as it is."""
    if sip := _SIP.search(text):
        return sip[1]
    return _TEL.sub("", text)


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
