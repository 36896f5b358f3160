"""Words by which staff look at a text first, and its writer is shown the lines that are open now.

They never block anything, answer anything or say anything about anybody: who reads the text decides.
"""

from __future__ import annotations

import re
from functools import cache

from callcenter.domain.normalising import normalised

PIECE = 1_000
OVERLAP = 20
"""A text is looked at in pieces, as normalising a long one is slow; no word is longer than what two pieces share."""

WORDS = (
    "死にたい", "しにたい", "シニタイ", "死のう", "死ぬしか", "死んでしま", "死んだほうが", "死んだ方が",
    "死なせて", "消えたい", "きえたい", "消えてしまいたい", "いなくなりたい", "生きていたくない",
    "生きる意味", "生きるのがつら", "終わりにしたい", "終わりにしよう", "自殺", "自死", "自傷", "心中",
    "首を吊", "首をつ", "首つり", "首吊", "飛び降り", "飛びおり", "飛び込み", "練炭", "遺書", "リスカ",
    "リストカット", "手首を切", "過量服薬", "大量服薬", "オーバードーズ", "薬を全部", "薬をたくさん",
    "殺してや", "殺される", "殺したい", "殺して", "刺してや", "刺したい", "殴られ", "暴力", "虐待",
)  # fmt: skip
_LATIN = re.compile(r"(?<![a-z])(?:od|suicide|kill myself)(?![a-z])")


def found(text: str) -> bool:
    """Return whether the text holds such a word, whatever its width."""
    pieces = (text[start : start + PIECE + OVERLAP] for start in range(0, len(text), PIECE))
    return any(_speaks_of_danger("".join(normalised(piece).casefold().split())) for piece in pieces)


def _speaks_of_danger(plain: str) -> bool:
    return _pattern().search(plain) is not None or _LATIN.search(plain) is not None


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in WORDS))
