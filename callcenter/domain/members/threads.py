"""A consultation by mail: its states, who may move it, and how long its texts may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError

LONGEST_TEXT = 10_000
"""Characters of one message, as they are typed."""
LONGEST_SUBJECT = 60
LONGEST_DRAFT = 2 * LONGEST_TEXT
"""Characters of one draft, so that nothing typed is lost where a text has grown too long to be sent."""
MOST_DRAFTS = 50
WAITING_AT_MOST = 30
"""Threads that one member may have waiting for a reply."""
CLAIM = timedelta(minutes=30)
"""So long a claim lasts after its holder last saved or opened it; a call of theirs keeps it alive."""


@dataclass(frozen=True)
class Written:
    """What a member's form holds, as it was typed; it opens a new consultation if *thread_id* is None."""

    form_key: str
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    thread_id: str | None = None


def as_typed(text: str) -> str:
    """Return a text with every line break as one character, as its writer counts it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class ThreadState(Code):
    """How far a consultation is, as its member sees it."""

    RECEIVED = "received", "受け取りました"
    READING = "reading", "読んでいます"
    ANSWERING = "answering", "返事を書いています"
    ANSWERED = "answered", "返事があります"
    WITHDRAWN = "withdrawn", "取り下げました"


WAITING = (ThreadState.RECEIVED, ThreadState.READING, ThreadState.ANSWERING)
"""The member waits for a reply."""


class Author(Code):
    """Who wrote a message."""

    MEMBER = "member", "あなた"
    STAFF = "staff", "相談員"


class LinkKind(Code):
    """What a single-use link in a mail opens."""

    FIRST = "first", "はじめての相談"
    RESET = "reset", "パスワードの再設定"
    ADDRESS = "address", "メールアドレスの確認"
    DEVICE = "device", "新しい機器の確認"


LASTS = {
    LinkKind.FIRST: timedelta(hours=48),
    LinkKind.RESET: timedelta(minutes=30),
    LinkKind.ADDRESS: timedelta(hours=48),
    LinkKind.DEVICE: timedelta(minutes=30),
}


class UnknownForm(HelplineError):
    """Raised when a form carries no key of ours; ours replace it before anything is sent."""

    message = "この画面は古くなっています。書いた文を写してから、ページを開き直してください。"


class NothingWritten(HelplineError):
    """Raised when a message has no text."""

    message = "相談の文を書いてください。ひとことでも、かまいません。"
    field = "text"


class MessageTooLong(HelplineError):
    """Raised when a message is longer than is taken."""

    message = f"{LONGEST_TEXT:,}文字までです。長いときは、二つに分けて送ってください。"
    field = "text"


class SubjectTooLong(HelplineError):
    """Raised when the subject of a consultation is longer than is taken."""

    message = f"題は{LONGEST_SUBJECT}文字までです。短くするか、空けたままにしてください。"
    field = "subject"


class DraftTooLong(HelplineError):
    """Raised when a draft is longer than is kept; the page still holds it."""

    message = f"下書きに残せるのは{LONGEST_DRAFT:,}文字までです。長いときは、二つに分けてください。"
    field = "text"


class TooManyDrafts(HelplineError):
    """Raised when a member has very many drafts already."""

    message = f"下書きは{MOST_DRAFTS}通までです。下書きの一覧で、いらないものを消してから、もう一度お試しください。"


class TooManyWaiting(HelplineError):
    """Raised when a member opens yet another consultation while very many wait for a reply."""

    message = (
        f"返事をお待ちの相談が{WAITING_AT_MOST}件あります。"
        "お返事をお送りするまで、新しい相談はお待ちください。書いたことは、届いている相談の続きとしても送れます。"
    )


class NoLongerOpen(HelplineError):
    """Raised when a member writes on in a consultation that they have withdrawn."""

    message = "この相談は、取り下げてあります。新しい相談として送ってください。"


class AlreadyStarted(HelplineError):
    """Raised when a member withdraws a consultation that somebody has begun to read."""

    message = "もう読みはじめているため、取り下げられませんでした。続きとして、いまのお気持ちを書いてください。"
