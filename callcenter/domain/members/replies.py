"""A reply by mail: what keeps one from being sent, and the words it may begin from."""

from __future__ import annotations

from collections.abc import Iterable

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import LONGEST_TEXT
from callcenter.domain.records.record_codes import Outcome

LONGEST_REMARK = 1_000

Line = tuple[str, str, str]
"""Another line as a reply names it: its name, its number, and when it answers."""


class ReplyTemplate(Code):
    """定型文: words that a reply may begin from; who writes changes them as they like."""

    THANKS = "thanks", "はじめの言葉"
    ASK_MORE = "ask_more", "もう少しうかがう"
    CLOSING = "closing", "結びの言葉"
    CANNOT_MEDICAL = "cannot_medical", "お答えできない(医療のこと)"
    CANNOT_URGENT = "cannot_urgent", "お答えできない(急ぎのこと)"
    CANNOT_OUTSIDE = "cannot_outside", "お答えできない(ほかの窓口のこと)"


WORDS = {
    ReplyTemplate.THANKS: (
        "書いてくださって、ありがとうございます。\nお便りを読みました。ここまでのこと、言葉にするのも大変だったと思います。"
    ),
    ReplyTemplate.ASK_MORE: (
        "もしよければ、このことをもう少し聞かせてください。\n答えたくないことは、書かなくて大丈夫です。"
    ),
    ReplyTemplate.CLOSING: "返事は、気が向いたときで大丈夫です。\nまた書きたくなったら、いつでもお待ちしています。",
    ReplyTemplate.CANNOT_MEDICAL: (
        "書いてくださって、ありがとうございます。\n"
        "お書きのことは、お医者さんの判断が必要なため、ここではお答えできませんでした。"
        "相談できるところを、下にまとめました。\n"
        "ほかのことで話したいことがあれば、続けて書いてください。"
    ),
    ReplyTemplate.CANNOT_URGENT: (
        "とてもつらい中で、書いてくださったのですね。\n"
        "ここは、すぐにお返事ができない窓口です。今、話せるところを、下に載せました。"
    ),
    ReplyTemplate.CANNOT_OUTSIDE: (
        "書いてくださって、ありがとうございます。\nこのことは、ここよりもくわしい窓口があります。下にまとめました。"
    ),
}
CANNOT = {
    ReplyTemplate.CANNOT_MEDICAL: Outcome.CANNOT_MEDICAL,
    ReplyTemplate.CANNOT_URGENT: Outcome.CANNOT_URGENT,
    ReplyTemplate.CANNOT_OUTSIDE: Outcome.CANNOT_OUTSIDE,
}
"""Words that say what we may not answer, and the outcome that the record holds with them."""


def words_of(template: ReplyTemplate, lines: Iterable[Line]) -> str:
    """Return the words of a template; one that cannot answer names the *lines* that may."""
    if template not in CANNOT:
        return WORDS[template]
    named = "\n".join(f"・{name} {number}({when})" for name, number, when in lines)
    return f"{WORDS[template]}\n\n{named}".rstrip()


def with_template(text: str, words: str) -> str:
    """Return a reply with the words of a template below what was written already."""
    return f"{text.rstrip()}\n\n{words}" if text.strip() else words


class ReplyProblem(HelplineError):
    """Raised for a reply that cannot be sent as it is; it is kept."""

    field = "reply"


class NoReplyYet(ReplyProblem):
    """Raised when a reply has no words."""

    message = "返事の文がまだありません。返事を書いてから、送ってください。"


class ReplyTooLong(ReplyProblem):
    """Raised when a reply is longer than a message may be."""

    message = f"返事は{LONGEST_TEXT:,}文字までです。短くしてから、送ってください。書いた文は保存してあります。"


class DraftTooLong(ReplyProblem):
    """Raised when more is typed than even a draft holds."""

    message = f"返事は{LONGEST_TEXT:,}文字までです。短くしてください。"


class ChangedMeanwhile(HelplineError):
    """Raised when the reply was changed after it was looked at as it will be read."""

    message = "ご覧になったあとで、返事の文が変わりました。変わったところを確かめて、もう一度お進みください。"


class WroteMeanwhile(HelplineError):
    """Raised when the member wrote again after what the counsellor has read."""

    message = "返事を書いているあいだに、続きのお便りが届きました。読んでから、もう一度お進みください。"


class ApprovalNeeded(HelplineError):
    """Raised when a reply would be sent that a supervisor has to read first."""

    message = "返事は、統括が確認してから送ります。「統括に確認をたのむ」を押してください。"


class WithSupervisor(HelplineError):
    """Raised when somebody would write in, or claim, a reply that was handed to a supervisor."""

    message = "この返事は、統括の確認を待っています。書き直すときは、先に「確認をとりやめる」を押してください。"


class NotHandedIn(HelplineError):
    """Raised when a reply was sent, handed back or taken back meanwhile."""

    message = "この返事は、もう確認を待っていません。一覧をご覧ください。"


class NotYourOwnReply(HelplineError):
    """Raised when somebody would approve what they wrote themselves."""

    message = "ご自分の書いた返事は、ほかの統括が確認します。"


class RemarkNeeded(HelplineError):
    """Raised when a reply is handed back without a word."""

    message = "どこを直すとよいかを、ひとこと書いてください。"
    field = "remark"


class RemarkTooLong(HelplineError):
    """Raised when a remark is longer than its box."""

    message = f"ひとことは{LONGEST_REMARK:,}文字までです。"
    field = "remark"
