"""Code lists: stable English values that are stored, Japanese labels that are shown."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Self, TypeVar

from callcenter.domain.errors import HelplineError
from callcenter.domain.normalising import normalised


class UnknownLabel(HelplineError):
    """Raised when a word is not on the code list."""

    message = "一覧にない言葉です。一覧にある言葉で入れてください。"


class Code(StrEnum):
    """A code list; a member is written ``NAME = "value", "label"`` and its stored value never changes."""

    label: str
    """The code in the words of the screen."""

    def __new__(cls, value: str, label: str = "") -> Self:
        # The default only lets a type checker see that Relation("mother") is a look-up; a test refuses empty labels.
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


AnyCode = TypeVar("AnyCode", bound=Code)


def from_label(codes: type[AnyCode], text: str) -> AnyCode:
    """Return the code of a label or value, in any width; an empty text is 不明 where the list has it."""
    wanted = _plain(text)
    for code in codes:
        if wanted in (_plain(code.label), _plain(code.value)) or (not wanted and code.value == "unknown"):
            return code
    known = "、".join(code.label for code in codes)
    raise UnknownLabel(f"「{text.strip()[:20]}」は一覧にありません。次の言葉から選んでください: {known}")


def _plain(text: str) -> str:
    plain = normalised(text).casefold()
    return re.sub(r"[\s歳]", "", re.sub(r"[‐‑‒–—―−~〜-]+", "-", plain))
