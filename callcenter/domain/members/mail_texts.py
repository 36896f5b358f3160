"""What the mails to members say: never what somebody wrote, who they are to whom, or an illness.

Plain text in lines of at most 35 full-width characters; an address of a page stands on a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from callcenter.domain.calendar.times import long_date

PLAIN_SUBJECT = "お知らせがあります"
NAMED_SUBJECT = "サポートネットからのお知らせ"
PLAIN_SENDER = "お知らせ"
NAMED_SENDER = "サポートネット"
LONGEST_LINE = 35
"""Full-width characters."""

NO_ANSWERS = "このメールに返信されても、\nお読みすることができません。"
NOT_ME = "お心あたりがなければ、\nそのままで大丈夫です。"


@dataclass(frozen=True)
class Site:
    """Where the members' pages are, for mails: jobs know no routes."""

    origin: str

    @property
    def sign_in(self) -> str:
        return f"{self.origin}/mail/login"

    def link(self, kind: str, token: str) -> str:
        """Return the address of a single-use link."""
        return f"{self.origin}/mail/{kind}/{token}"


@dataclass(frozen=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    text: str = field(repr=False)
    sender: str


def letter(*paragraphs: str, named: bool) -> Letter:
    """Return a mail of these paragraphs; *named* if its subject may name the service."""
    subject, sender = (NAMED_SUBJECT, NAMED_SENDER) if named else (PLAIN_SUBJECT, PLAIN_SENDER)
    return Letter(subject, "\n\n".join(one for one in paragraphs if one) + "\n", sender)


def number(shown: str, first: str | None, *, named: bool) -> Letter:
    """M1: the user number, and the link to the first consultation while it has not been written."""
    if first is None:
        return letter(
            f"あなたの利用者番号は\n{shown}\nです。専用ページに入るときに使います。",
            "パスワードを、メールでお知らせすることは\nありません。",
            "お心あたりのない方は、\nこのメールを消してください。",
            named=named,
        )
    return letter(
        "ご登録ありがとうございます。",
        f"はじめに書くときは、次のページからどうぞ\n(48時間使えます)。\n{first}",
        f"あなたの利用者番号は\n{shown}\nです。専用ページに入るときに使います。",
        "パスワードは、はじめに書くときに、\nご自分で決めていただきます。\nメールでお知らせすることはありません。",
        "お心あたりのない方は、\nこのメールを消してください。",
        named=named,
    )


def reply(sign_in: str | None, *, named: bool) -> Letter:
    """M2: there is something to read; *sign_in* only for who wants a link in it."""
    where = f"専用ページでご確認ください。\n{sign_in}" if sign_in else "専用ページでご確認ください。"
    return letter(f"新しいお知らせがあります。\n{where}", NO_ANSWERS, named=named)


def warning(purge_on: date, sign_in: str | None, *, named: bool) -> Letter:
    """M3: the registration will be deleted on that day."""
    return letter(
        f"しばらくご利用がないため、\n{long_date(purge_on)}に、\n登録とこれまでの記録を消す予定です。",
        "続けてお使いになるときは、その前に、\n専用ページから新しくお書きください。"
        + (f"\n{sign_in}" if sign_in else ""),
        "何もなさらなければ、自動で消えます。",
        named=named,
    )


def farewell(*, named: bool) -> Letter:
    """M4: everything is deleted."""
    return letter("ご登録と記録を消しました。", "またいつでも、新しく登録していただけます。", named=named)


def reset(link: str, *, named: bool) -> Letter:
    """M5: a link for a new password."""
    return letter(
        "再設定のお申し込みを受けました。",
        f"次のページで新しく決めてください\n(30分間有効)。\n{link}",
        NOT_ME,
        named=named,
    )


def address(link: str, *, named: bool) -> Letter:
    """A link that confirms a new address."""
    return letter(
        "メールアドレスの変更のお申し込みを\n受けました。",
        f"次のページで確認してください\n(48時間有効)。\n{link}",
        NOT_ME,
        named=named,
    )


def device(link: str, *, named: bool) -> Letter:
    """A link that confirms a new browser."""
    return letter(
        "はじめての機器からのログインがありました。",
        f"ご自分のときは、同じブラウザーで\n次のページを開いてください\n(30分間有効)。\n{link}",
        "お心あたりがないときは、\nリンクを開かず、パスワードを変えてください。",
        named=named,
    )
