"""Japanese readings of numbers, days, hours and telephone numbers, for the speech engine.

A speech engine guesses many of these wrongly (4日, 9時, 20日), so every variable part of a
spoken sentence is handed over in kana. A space joins words that belong together, 「、」 asks for a breath.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from callcenter.domain.normalising import normalised


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as they are shown (``text``) and as the speech engine reads them (``reading``)."""

    text: str
    reading: str


_ONES = ("", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_HUNDREDS = {1: "ひゃく", 3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく"}
_THOUSANDS = {1: "せん", 3: "さんぜん", 8: "はっせん"}
_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    17: "じゅうしちにち",
    19: "じゅうくにち",
    20: "はつか",
    24: "にじゅうよっか",
    27: "にじゅうしちにち",
    29: "にじゅうくにち",
}
_MONTHS = {4: "しがつ", 7: "しちがつ", 9: "くがつ"}
_HOURS = {0: "れいじ", 4: "よじ", 7: "しちじ", 9: "くじ"}
_LAST_OF_MINUTES = {1: "いっぷん", 3: "さんぷん", 4: "よんぷん", 6: "ろっぷん", 8: "はっぷん"}
_WEEKDAYS = ("げつようび", "かようび", "すいようび", "もくようび", "きんようび", "どようび", "にちようび")
_DIGITS = {
    "0": "ぜろ",
    "1": "いち",
    "2": "にい",
    "3": "さん",
    "4": "よん",
    "5": "ごお",
    "6": "ろく",
    "7": "なな",
    "8": "はち",
    "9": "きゅう",
    "#": "シャープ",
    "*": "こめじるし",
    "-": "の",
}
_HOLIDAYS = {
    "元日": "がんじつ",
    "成人の日": "せいじんのひ",
    "建国記念の日": "けんこくきねんのひ",
    "天皇誕生日": "てんのうたんじょうび",
    "春分の日": "しゅんぶんのひ",
    "昭和の日": "しょうわのひ",
    "憲法記念日": "けんぽうきねんび",
    "みどりの日": "みどりのひ",
    "こどもの日": "こどものひ",
    "海の日": "うみのひ",
    "山の日": "やまのひ",
    "敬老の日": "けいろうのひ",
    "秋分の日": "しゅうぶんのひ",
    "体育の日": "たいいくのひ",
    "スポーツの日": "すぽーつのひ",
    "文化の日": "ぶんかのひ",
    "勤労感謝の日": "きんろうかんしゃのひ",
    "天皇の即位の日": "てんのうの そくいのひ",
    "即位礼正殿の儀が行われる日": "そくいれい せいでんのぎが おこなわれるひ",
}
GREATEST = 9999
"""The greatest number that ``number`` can say."""


def number(value: int) -> str:
    """Return how a whole number from 0 to 9999 is said."""
    if not 0 <= value <= GREATEST:
        raise ValueError(f"no reading for {value}: only 0 to {GREATEST}")
    if value == 0:
        return "ぜろ"
    thousands, rest = divmod(value, 1000)
    hundreds, rest = divmod(rest, 100)
    tens, ones = divmod(rest, 10)
    return "".join(
        (
            _THOUSANDS.get(thousands, _ONES[thousands] + "せん") if thousands else "",
            _HUNDREDS.get(hundreds, _ONES[hundreds] + "ひゃく") if hundreds else "",
            _tens(tens),
            _ONES[ones],
        )
    )


def _tens(tens: int) -> str:
    if tens == 0:
        return ""
    return "じゅう" if tens == 1 else _ONES[tens] + "じゅう"


def month(value: int) -> str:
    """Return how a month of the year, 1 to 12, is said."""
    if not 1 <= value <= 12:
        raise ValueError(f"no such month: {value}")
    return _MONTHS.get(value, number(value) + "がつ")


def day_of_month(value: int) -> str:
    """Return how a day of the month, 1 to 31, is said."""
    if not 1 <= value <= 31:
        raise ValueError(f"no such day: {value}")
    return _DAYS.get(value, number(value) + "にち")


def weekday(day: date) -> str:
    """Return how the day of the week of *day* is said."""
    return _WEEKDAYS[day.weekday()]


def minutes(value: int) -> str:
    """Return how a number of minutes, 0 to 9999, is said."""
    rest, last = divmod(value, 10)
    if value == 0:
        return "れいふん"
    if last == 0:
        whole = number(value)
        return whole.removesuffix("じゅう") + "じゅっぷん" if whole.endswith("じゅう") else whole + "ぷん"
    before = number(rest * 10) if rest else ""
    return before + _LAST_OF_MINUTES.get(last, _ONES[last] + "ふん")


def clock(moment: time) -> str:
    """Return how a time of day is said, by the twelve-hour clock and without seconds."""
    if moment.hour == 12 and moment.minute == 0:
        return "しょうご"
    half, hour = ("ごぜん", moment.hour) if moment.hour < 12 else ("ごご", moment.hour - 12)
    spoken = f"{half} {_HOURS.get(hour, number(hour) + 'じ')}"
    return f"{spoken} {minutes(moment.minute)}" if moment.minute else spoken


def position(value: int) -> Phrase:
    """Return how a place in the queue, counted from 1, is said."""
    if value < 1:
        raise ValueError("a place in a line is counted from 1")
    return Phrase(f"{value}番目", number(value) + "ばんめ")


def digits(shown: str) -> str:
    """Return how a printed telephone number is said: digit by digit, a hyphen as 「の」."""
    plain = normalised(shown).translate(dict.fromkeys(map(ord, "‐‑–—−ー"), "-"))
    unknown = sorted(set(plain) - set(_DIGITS) - {" "})
    if unknown or not plain.strip():
        raise ValueError("a telephone number is said from digits, #, * and hyphens only")
    return "、".join(_DIGITS[sign] for sign in plain if sign != " ")


def holiday(name: str) -> Phrase:
    """Return how a national holiday is said; one without a known reading is just 「祝日」."""
    reading = _HOLIDAYS.get(name)
    return Phrase("祝日", "しゅくじつ") if reading is None else Phrase(name, reading)
