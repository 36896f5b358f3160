"""What a counsellor may have said to the caller during a call, and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError

SILENT_END_AFTER = timedelta(minutes=10)
"""Before then nobody is told that a silent call ends; coming to words may take that long."""

LIMIT_CUE = timedelta(minutes=5)
"""So long before the soft limit the counsellor is reminded of it."""

LEG_LIMIT = timedelta(hours=3)
"""So long a counsellor's leg lasts; then the telephone company ends it, against a line that stays open unseen."""
CALL_LIMIT = timedelta(hours=4)
"""So long the telephone company lets a caller's leg last, counted from the arrival to be on the safe side."""
CUT_CUE = timedelta(minutes=20)
"""So long before the telephone company cuts a talk, counsellor and supervisors are told."""


class Help(Code):
    """Announcements a counsellor can play to the caller by a button, by their codes."""

    SILENT = "F01", "話さなくても大丈夫と伝える"
    SILENT_KEY = "F02", "聞こえていたら1を押してもらう"
    SILENT_END = "F03", "今日はここまでと伝える"
    WARNING = "G01", "一度目のお願い"
    LAST_WARNING = "G02", "終わりの予告"
    END = "G03", "伝えて電話を切る"


SILENCE = (Help.SILENT, Help.SILENT_KEY, Help.SILENT_END)
ABUSE = (Help.WARNING, Help.LAST_WARNING, Help.END)

WORDS: dict[Help, str] = {
    Help.SILENT: "お話しにくいときは、話さなくても大丈夫です。ここで、お待ちしています。",
    Help.SILENT_KEY: (
        "声に出さなくても、大丈夫です。聞こえていたら、電話の1を、押してみてください。押さなくても、かまいません。"
    ),
    Help.SILENT_END: (
        "今日は、いったん電話を終わりにしますね。かけてくださって、ありがとうございました。また、お待ちしています。"
    ),
    Help.WARNING: "そのお話は、ここではうかがえません。相談したいことがあれば、聞かせてください。",
    Help.LAST_WARNING: "このままでは、お話を続けられません。続くようでしたら、電話を終わりにします。",
    Help.END: "申しわけありませんが、これで電話を終わります。ご相談のときは、またお電話ください。",
}
"""They stand here, as the line speaks them and the counsellor reads them before pressing."""

LIMIT_WORDS = "今日の時間は、あと5分ほどです。話し足りないことは、次の時に、続きから聞かせてください。"
"""H03, for the counsellor to say in their own voice."""


class NotNow(HelplineError):
    """Raised when the state of the call does not allow it: over, not begun, on hold."""

    message = "通話の状態が変わったため、できませんでした。画面が新しくなってから、もう一度お試しください。"


class TooEarly(HelplineError):
    """Raised for F03 before ten minutes, or G03 without G02."""

    message = (
        "この音声はまだ流せません。"
        "「今日はここまで」は通話が10分になってから、「電話を切る」案内は「終わりの予告」のあとに使えます。"
    )


def may_say(what: Help, *, talked: timedelta, said: Collection[str]) -> bool:
    """Return whether *what* may be said after *talked*, when *said* has been said before."""
    if what is Help.SILENT_END:
        return talked >= SILENT_END_AFTER
    return what is not Help.END or Help.LAST_WARNING in said


@dataclass(frozen=True)
class Cut:
    """The moment at which the telephone company ends a leg of a talk by itself."""

    at: datetime
    whole: bool
    """Whether the call itself ends; otherwise the counsellor's leg does, and the caller goes on to somebody else."""


def cut_ahead(arrived_at: datetime, picked_up_at: datetime, *, now: datetime) -> Cut | None:
    """Return what will cut a talk soon, None while there is time; a colleague who takes over has a leg of their own."""
    call, leg = arrived_at + CALL_LIMIT, picked_up_at + LEG_LIMIT
    first = Cut(call, whole=True) if call <= leg else Cut(leg, whole=False)
    return first if now >= first.at - CUT_CUE else None


def limit_near(talked: timedelta, limit: timedelta) -> bool:
    """Return whether to remind of the soft limit; zero is no limit, and nothing is ever ended."""
    return timedelta(0) < limit and talked >= limit - LIMIT_CUE
