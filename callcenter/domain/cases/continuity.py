"""Rules of continuity between calls: wishes, promises, the usual counsellor, caller codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import one_line
from callcenter.domain.typed_text import plain as plain_text

MOST_VISITS = 5
"""Visits for each person (promise V11)."""
CUT_OFF_LATELY = timedelta(minutes=15)
"""So long after a call broke off its caller is expected back."""
LOOKED_AT = 10
"""Talks from which the usual counsellor is drawn."""
CODE_DIGITS = 4
LONGEST_NOTE = 200
"""Characters of a wish, a promise or a reason."""


class Wish(Code):
    """相談者の希望: what the caller asked us to do or to leave."""

    SILENCE = "silence", "無言でもよい"
    NO_HURRY = "no_hurry", "急がせない"
    FEW_QUESTIONS = "few_questions", "質問は少なめに"
    NOT_MOTHER = "not_mother", "母には言わない"
    NOT_FATHER = "not_father", "父には言わない"
    NOT_FAMILY = "not_family", "家族には言わない"
    SAME_COUNSELLOR = "same_counsellor", "同じ相談員と話したい"
    OTHER = "other", "その他"


class PromiseEnd(StrEnum):
    """How an open promise ended."""

    KEPT = "kept"
    DROPPED = "dropped"


class NothingPromised(HelplineError):
    """Raised when a promise has no words."""

    message = "約束したことを、ひとことで書いてください。"


class NoteTooLong(HelplineError):
    """Raised when a note is longer than a card shows."""

    message = f"ここに書けるのは{LONGEST_NOTE}文字までです。詳しいことは、相談記録に書いてください。"


class NoCodeLeft(HelplineError):
    """Raised when all caller codes are in use."""

    message = "いま使える呼び番号がありません。使われていない番号を、先に取り消してください。"


def usual_counsellor(recent: Sequence[str]) -> str | None:
    """Return who answered this person most often lately, at least twice; *recent* comes newest first."""
    counts = Counter(recent[:LOOKED_AT])
    most = max(counts.values(), default=0)
    return next((one for one in recent if counts[one] == most), None) if most > 1 else None


def read_code(text: str) -> str | None:
    """Return the caller code (呼び番号) that was typed, in any width and with spaces, or None."""
    if len(text) > LONGEST_NOTE:
        return None
    plain = "".join(plain_text(text).split()).replace("-", "")
    return plain if len(plain) == CODE_DIGITS and plain.isascii() and plain.isdigit() else None


def easily_mistyped(digits: str) -> bool:
    """Return whether digits are easily hit by chance: one key repeated, or keys in a row."""
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def short_note(text: str) -> str:
    """Return a note in one line; ``NoteTooLong`` beyond 200 characters."""
    note = one_line(text)
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    return note


def practice_words(before: int, *, known: bool = False) -> str:
    """Return how often somebody has talked with us, by which coming back counts (promise P7).

    *known*: they talked with somebody before this system counted.
    """
    if before == 0 and known:
        return "ここでは今日がはじめて"
    return "今日がはじめて" if before == 0 else f"今日で{before + 1}回目"
