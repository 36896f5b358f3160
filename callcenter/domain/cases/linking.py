"""Words of linking a consultation to a person, and of merging entries and cases."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError


class LinkState(Code):
    """Whether it is known with whom a consultation was."""

    UNLINKED = "unlinked", "まだつないでいません"
    UNSURE = "unsure", "まだわからない"
    ANONYMOUS = "anonymous", "匿名のまま"
    LINKED = "linked", "つなぎました"


class MergeKind(StrEnum):
    """What was merged: two entries of one person, or two cases of one family."""

    PEOPLE = "people"
    CASES = "cases"


class Moved(StrEnum):
    """The kinds of rows that a merge moves from one person, or case, to another."""

    PERSON = "person"
    CONSULTATION = "consultation"
    NICKNAME = "nickname"
    WISH = "wish"
    PROMISE = "promise"
    CODE = "code"
    CONSENT = "consent"


class ConsentNeeded(HelplineError):
    """Raised when records of several channels would be joined without the person's consent."""

    message = (
        "電話・メール・訪問の記録は、ご本人の同意があるときだけ、1つにつなぎます。"
        "同意をうかがってから、つないでください。"
    )


class SameOne(HelplineError):
    """Raised when somebody would be merged with themselves."""

    message = "同じ方が選ばれています。まとめたい、もう1つの方を選んでください。"


class AlreadyMerged(HelplineError):
    """Raised when one of the two was merged into another meanwhile."""

    message = "この方は、もう別の方とまとめられています。名前で探し直してください。"


class LaterMergeFirst(HelplineError):
    """Raised when a later merge that builds on this one has to be undone first."""

    message = "あとから行ったまとめが、この上に重なっています。新しいほうから順に、戻してください。"


def missing_consent(known: Collection[str], joining: Collection[str], agreed: Collection[str]) -> list[str]:
    """Return the channels that would join others without the person's consent (promise V12).

    Records of one channel need none among themselves, and the first records of a person join nothing.
    """
    if not known or not joining:
        return []
    return sorted(set(joining) - set(known) - set(agreed))
