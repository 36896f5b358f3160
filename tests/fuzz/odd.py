"""Odd values: what a browser, a spreadsheet, a telephone company or somebody with bad intent may send."""

from __future__ import annotations

import random
from typing import Any

NUMBERS = (
    *("0", "-0", "-1", "1", "01", "1.5", "1e400", "NaN", "Infinity", "0x10", "1_000", "+1", "１２", "٣", "²", "①"),
    *(str(2**bits + more) for bits in (31, 32, 63, 64) for more in (-1, 0)),
    *("-9223372036854775809", "9" * 400, "9" * 5000),
)
MOMENTS = (
    *("0000-00-00", "0001-01-01", "1582-10-10", "1899-12-31", "2026-02-29", "2026-11-31", "9999-12-31", "10000-01-01"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-25T14:00:00.000000001Z", "2026-W01-1"),
    *("24:00", "23:59:60", "-1:00", "14:00+09:00", "昭和65年1月1日", "２０２６-１１-２５", "20261125"),
)
LETTERS = (
    *(
        "",
        " ",
        "\t\r\n",
        "\u3000",
        "\0",
        "a\0b",
        "\ud83d",
        "\udc00x",
        "\ud83d\ude00"[::-1],
        "\ufffd",
        "\ufffe",
        "\x1b[2J",
    ),
    *("\u200b", "\u200e", "\u202eabc", "\u2066x", "\ufeff", "\u3164", "\u00ad", "\u2028", "\x85", "\U000e0041"),
    *("か\u3099", "e" + "\u0301" * 300, "\u0345\u0301" * 200, "\u0301", "ﷺ" * 40, "ﾐﾅﾄｻﾝ", "葛\U000e0100", "𠮷野家"),
    *("😀", "👨‍👩‍👧‍👦", "🇯🇵", "שלום", "مرحبا", "İıßſ", "さん" * 300, "ミナト", "ヴ゛ゝ々", "𝟏𝟐", "\U0010ffff"),
    *("<script>x</script>", "'\"; --", "%00", "%s%n%(x)s", "{{7*7}}", "${x}", "../../etc/passwd", "..", "a/b", "\\"),
    *("x\r\nX-Odd: y", "null", "true", "[]", "{}", "on", "//evil.test/", "https://evil.test", "=1+1", "javascript:x"),
)
TEXTS = NUMBERS + MOMENTS + LETTERS
RUNS = ("a", "あ", "\u0301", "\u200b", "さん", "9", " ", "[", "😀", "\0", "ｶﾞ", "-", "+", "a b ")
HUGE = 900_000
"""Bytes; a form may have 1 MiB."""


def text(rng: random.Random) -> str:
    """Return an odd text, now and then a long one, seldom a huge one."""
    dice = rng.random()
    if dice < 0.002:
        sign = rng.choice(RUNS)
        return sign * (HUGE // (9 * len(sign)))  # as an address spells it
    if dice < 0.03:
        return rng.choice(RUNS) * rng.choice((33, 65, 129, 401, 5000))
    if dice < 0.1:
        return rng.choice(TEXTS) + rng.choice(TEXTS)
    return rng.choice(TEXTS)


def json_value(rng: random.Random, names: list[str], deeper: int = 3) -> Any:
    """Return any value that JSON can hold, also where a text is expected."""
    plain: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 0.5, 1e308, [], {}, "")
    kind = rng.random()
    if kind < 0.45 or not deeper:
        return text(rng)
    if kind < 0.75:
        return rng.choice((*plain, float("nan"), float("-inf")))
    if kind < 0.87:
        return [json_value(rng, names, deeper - 1) for _ in range(rng.randrange(4))]
    keys = [rng.choice(names) if names and rng.random() < 0.8 else text(rng)[:50] for _ in range(rng.randrange(4))]
    return {key: json_value(rng, names, deeper - 1) for key in keys}


def json_text(rng: random.Random) -> str:
    """Return what is no good JSON, or is too deep."""
    depth = rng.choice((17, 1000, 50_000))
    return rng.choice(
        ("[" * depth, "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth, "\ufeff{}", "{", "nul", '"')
    )
