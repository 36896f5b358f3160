"""A copy of a case for the person it is about (開示請求): which parts are given, blackened or left out.

What another of the family said, and even that they called, is a third party's (個人情報保護法78条1項2号); the names
of staff are given where the operator's policy says so. A supervisor may decide otherwise part by part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import one_line, visible

SHORTEST_PHRASE = 2
"""One sign alone would blacken half of every text."""


class Mark(Code):
    """Whether a part is given, blackened or left out."""

    GIVE = "give", "渡す"
    WITHHOLD = "withhold", "伏せる"
    LEAVE_OUT = "leave_out", "載せない"


class Ground(Code):
    """Why a part is not given."""

    THIRD_PARTY = "third_party", "第三者の情報"
    STAFF = "staff", "職員の情報"
    DECIDED = "decided", "確認して決めた"


class ReasonFirst(HelplineError):
    """Raised when a copy would be made without a reason."""

    message = "開示の理由(請求の日や番号など)をひとこと書いてください。"


@dataclass(frozen=True)
class Piece:
    """One part of the case, with the mark that is proposed for it."""

    id: str
    label: str
    text: str
    mark: Mark = Mark.GIVE
    ground: Ground | None = None


@dataclass(frozen=True)
class Section:
    """Parts under one heading; the heading is left out if every part is."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Decided:
    """The finished copy, in plain values for PDF and JSON."""

    sections: tuple[dict[str, Any], ...]
    given: int
    withheld: int
    left_out: int


def decide(
    sections: Iterable[Section], marks: Mapping[str, Mark], phrases: Iterable[str], *, for_review: bool
) -> Decided:
    """Return the copy by *marks* (by piece, else as proposed), with *phrases* blackened everywhere.

    A copy *for_review* keeps every text and shows what would happen to it; it is never handed out.
    """
    typed = {one_line(one) for one in phrases}
    hidden = sorted((one for one in typed if len(one) >= SHORTEST_PHRASE), key=len, reverse=True)
    counts, shown = dict.fromkeys(Mark, 0), []
    for section in sections:
        pieces = []
        for piece in section.pieces:
            mark = marks.get(piece.id, piece.mark)
            counts[mark] += 1
            if mark is not Mark.LEAVE_OUT or for_review:
                pieces.append(_shown(piece, mark, hidden, for_review))
        if pieces:
            shown.append({"title": section.title, "pieces": pieces})
    return Decided(tuple(shown), counts[Mark.GIVE], counts[Mark.WITHHOLD], counts[Mark.LEAVE_OUT])


def blackened(text: str, hidden: Collection[str]) -> str:
    """Return the text with each *hidden* phrase blackened, at a length that tells nothing.

    A mark that nobody sees hides no phrase: it goes with the phrase.
    """
    seen = visible(text)
    if any(phrase in seen for phrase in hidden):
        text = seen
    for phrase in hidden:
        text = text.replace(phrase, "■■■")
    return text


def check_reason(text: str) -> str:
    """Return the reason in one line; ``ReasonFirst`` if there is none."""
    reason = one_line(text)[:400]
    if not reason:
        raise ReasonFirst
    return reason


def _shown(piece: Piece, mark: Mark, hidden: list[str], for_review: bool) -> dict[str, Any]:
    ground = piece.ground or Ground.DECIDED
    why = "" if mark is Mark.GIVE else f"{mark.label}({ground.label})" if for_review else ground.label
    text: str | None = piece.text if for_review else blackened(piece.text, hidden)
    return {
        "label": piece.label,
        "text": text if mark is Mark.GIVE or for_review else None,
        "reason": why,
        "marked": mark is not Mark.GIVE,
    }
