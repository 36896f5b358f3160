"""Misuse of the line: what may be noted, how long a number is flagged, and when it may be blocked.

Abuse of people who work here must be met (令和6年東京都条例第140号, カスタマー・ハラスメント防止条例), and yet nobody
is given up: a mark ends by itself, only a number that was shown can bear one, and whoever is turned away still
hears whom to call when life is in danger.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.phone_numbers import CallerKind

FLAG_DAYS = 30
FLAG_CHOICES = (7, 14, 30)
BLOCK_DAYS = 7
BLOCK_CHOICES = (1, 3, 7, 14, 30)
LONGEST = 30
"""Days a flag or a block may live at most; what goes on is looked at anew and marked anew."""

WORDS_AT_MOST = 4000


class Misuse(Code):
    """What kind of misuse it was. Silence is none: it is often somebody who cannot speak yet."""

    SEXUAL = "sexual", "性的な話や行為"
    ABUSE = "abuse", "暴言・侮辱"
    THREAT = "threat", "おどし"
    PRANK = "prank", "いたずら"
    RAPID = "rapid", "かけてすぐ切るくり返し"
    OTHER = "other", "その他"


class FlagKind(StrEnum):
    """A flag warns counsellors; a block turns the caller away."""

    FLAG = "flag"
    BLOCK = "block"


class Appeal(Code):
    """What a supervisor decided about an objection to a block."""

    KEPT = "kept", "そのまま続ける"
    UNTIL_TODAY = "until_today", "今日までにする"
    LIFTED = "lifted", "すぐに解く"


class NothingChosen(HelplineError):
    """Raised when the kind of misuse is missing."""

    message = "どんなことがあったかを、1つ選んでください。"


class WordsTooLong(HelplineError):
    """Raised when the words of an incident are too long."""

    message = f"言われた言葉は、{WORDS_AT_MOST}文字までにしてください。"


class NoNumberShown(HelplineError):
    """Raised when the caller showed no number; such a call is never flagged."""

    message = "番号が通知されていない電話には、印をつけられません。出来事は、記録として残せます。"


class NotOnePersons(HelplineError):
    """Raised when a number is none that only one caller shows; it does not say whose it is."""

    message = "この番号は、かけてきた方だけの番号とは限らないため、印をつけられません。出来事は、記録として残せます。"


class NotTheCallAtHand(HelplineError):
    """Raised when the flagged call is not the one its counsellor is in or writing up."""

    message = "印をつけられるのは、通話中の電話と、いま記録を書いている電話だけです。統括に声をかけてください。"


class NumberForgotten(HelplineError):
    """Raised when the number is no longer kept."""

    message = "この電話の番号は、保存の期間が過ぎて、もう消えています。印はつけられません。"


class NotThisLong(HelplineError):
    """Raised when the last day is too far away or in the past."""

    message = f"期間は、1日から{LONGEST}日までで選んでください。"


class NoDecision(HelplineError):
    """Raised when no decision about an objection was chosen."""

    message = "申し出をうけて、どうしたかを1つ選んでください。"


class FlagOver(HelplineError):
    """Raised when a flag has run out or was lifted."""

    message = "この印は、もう終わっています。ページを読みこみ直してください。"


def last_day(today: date, days: int) -> date:
    """Return the last day of a flag or block of *days* that begins today; ``NotThisLong`` unless 1 to 30."""
    if not 1 <= days <= LONGEST:
        raise NotThisLong
    return today + timedelta(days=days)


def check_markable(kind: CallerKind, *, kept: bool) -> None:
    """Raise unless the number was shown and is still *kept*."""
    if kind is not CallerKind.NUMBER:
        raise NoNumberShown
    if not kept:
        raise NumberForgotten
