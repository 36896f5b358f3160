"""Alarms: what people who lead the line must come to know at once, in words without anybody's content."""

from __future__ import annotations

from enum import StrEnum

LINE = "line"
"""The subject of an alarm that is about no single call."""


class AlarmKind(StrEnum):
    """What an alarm is about (知らせの種類)."""

    HELP = "help"
    """A counsellor calls for a supervisor; the subject is their call."""
    UNATTENDED = "unattended"
    """Somebody waits and nobody can come to them."""
    UNANSWERED = "unanswered"
    """Rings for a caller stay unanswered; the subject is the call."""
    LONG_WAIT = "long_wait"
    WORKER = "worker"
    """No worker rings counsellors."""
    TELEPHONY = "telephony"
    """The telephone company does not answer our requests."""
    SELF_CHECK = "self_check"
    """The look before the opening found something wrong."""

    BULK_READING = "bulk_reading"
    """Somebody opens many cases, or searches very often; the subject is that person."""
    MAIL_RISK = "mail_risk"
    """Words of danger in a consultation by mail that waits for a reply; the subject is the consultation."""
    MAIL_DUE = "mail_due"
    """A reply by mail is meant to be there tomorrow, or was; the subject is the consultation."""

    @property
    def again(self) -> bool:
        """Return whether one that was seen and is still so sounds again."""
        return self not in (AlarmKind.BULK_READING, *BY_MAIL)

    @property
    def by_mail(self) -> bool:
        """Return whether it is about a consultation by mail, and so looked after in its list."""
        return self in BY_MAIL

    @property
    def sentence(self) -> str:
        """Return the alarm in one sentence."""
        return TITLES[self]

    @property
    def advice(self) -> str:
        """Return what to do about it."""
        return ADVICE[self]


BY_MAIL = (AlarmKind.MAIL_RISK, AlarmKind.MAIL_DUE)
"""What is over with a reply, which nobody writes within minutes; it sounds once."""


class AlarmNews(StrEnum):
    """What a mail tells of an alarm."""

    RAISED = "raised"
    AGAIN = "again"
    """It was seen, and still is so."""
    OVER = "over"


TITLES = {
    AlarmKind.HELP: "相談員が、統括を呼んでいます",
    AlarmKind.UNATTENDED: "お待ちの方がいますが、いま、電話に出られる人がいません",
    AlarmKind.UNANSWERED: "お待ちの方への呼び出しに、続けて、だれも出られていません",
    AlarmKind.LONG_WAIT: "長くお待ちの方がいます",
    AlarmKind.WORKER: "電話をつなぐシステムの一部が止まっています",
    AlarmKind.TELEPHONY: "電話会社から、返事がありません",
    AlarmKind.SELF_CHECK: "受付の前の点検で、直すところが見つかりました",
    AlarmKind.BULK_READING: "短いあいだに多くのケースを開いたり探したりした人がいます",
    AlarmKind.MAIL_RISK: "メール相談に、いのちの心配がある言葉があります",
    AlarmKind.MAIL_DUE: "メール相談の返信が、目安の日に近づいています",
}

ADVICE = {
    AlarmKind.HELP: (
        "「聴く」か「いっしょに話す」で、ご自分の電話が鳴ります。この回線から119や110へは、かけられません。"
    ),
    AlarmKind.UNATTENDED: "手のあきそうな人に声をかけるか、ご自分で「受け付ける」を押してください。",
    AlarmKind.UNANSWERED: ("席にいる統括も、続けば二人を同時に呼び出します。手のあいている人に声をかけてください。"),
    AlarmKind.LONG_WAIT: "手のあきそうな人に声をかけるか、ご自分で「受け付ける」を押してください。",
    AlarmKind.WORKER: "予備の機能が動くので、電話は受けられます。運用の担当者に知らせてください。",
    AlarmKind.TELEPHONY: "新しい呼び出しや保留が、できないことがあります。運用の担当者に知らせてください。",
    AlarmKind.SELF_CHECK: "何が見つかったかは、「いまの回線」に出ています。運用の担当者に知らせてください。",
    AlarmKind.BULK_READING: "本人に声をかけて、理由を聞いてください。何を開いたかは、「閲覧の記録」で見られます。",
    AlarmKind.MAIL_RISK: "「メール」の一覧で、印のついた相談を先に読んでください。返事を送ると消えます。",
    AlarmKind.MAIL_DUE: "「メール」の一覧で、返信の目安が近い相談を確かめてください。返事を送ると消えます。",
}


class Fault(StrEnum):
    """What the look before an opening may find wrong."""

    DATABASE = "database"
    CALENDAR = "calendar"
    KEYS = "keys"
    REDIS = "redis"
    PHRASES = "phrases"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    SET_UP = "set_up"
    NO_ANSWER = "no_answer"

    @property
    def sentence(self) -> str:
        """Return what is wrong, for whoever tells the operator."""
        return FAULTS[self]


FAULTS = {
    Fault.DATABASE: "データベースの形が、古いままです。",
    Fault.CALENDAR: "祝日の表が、もうすぐ足りなくなります。",
    Fault.KEYS: "いまの鍵では、開けない記録があります。",
    Fault.REDIS: "Redis につながりません。電話は受けられますが、つながるまで少し長くかかります。",
    Fault.PHRASES: "電話で流れる文に、流せないものがあります。「電話で流れる文」で、はじめの文に戻してください。",
    Fault.CERTIFICATE: "公開のアドレスの証明書が、もうすぐ切れるか、正しく見えません。更新してもらってください。",
    Fault.CLOCK: "機械の時計が、電話会社の時計と違います。時刻合わせを直してもらってください。",
    Fault.SET_UP: "電話会社の設定が、この回線に合っていません。",
    Fault.NO_ANSWER: "電話会社から、返事がありません。",
}
