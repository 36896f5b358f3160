"""What a counsellor may do while a call runs: when, and with which words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError

SILENT_END_AFTER = timedelta(minutes=10)
"""Before then nobody is told that a silent call ends; coming to words may take that long."""

LIMIT_CUE = timedelta(minutes=5)
"""So long before the soft limit the counsellor is reminded of it."""


class Help(Code):
    """What the line says to the caller at a counsellor's button, under the announcement's code; never by itself."""

    SILENT = "F01", "話さなくても大丈夫と伝える"
    SILENT_KEY = "F02", "1を押してもらう(音を聞いてください)"
    SILENT_END = "F03", "今日はここまでと伝える"
    WARNING = "G01", "一度目のお願い"
    LAST_WARNING = "G02", "終わりの予告"
    END = "G03", "伝えて、電話を終える"


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
    """The call is in no state for it: over, not begun, on hold."""

    message = "いまは、この操作ができません。画面が新しくなるのを待ってから、もう一度お試しください。"


class TooEarly(HelplineError):
    """F03 before ten minutes, or G03 without G02."""

    message = "この案内は、まだ使えません。"


def may_say(what: Help, *, talked: timedelta, said: Collection[str]) -> bool:
    """Whether *what* may be said after *talked* of this call, in which *said* has been said."""
    if what is Help.SILENT_END:
        return talked >= SILENT_END_AFTER
    return what is not Help.END or Help.LAST_WARNING in said


def limit_near(talked: timedelta, limit: timedelta) -> bool:
    """Whether to remind of the soft limit; it never ends anything, and a limit of zero is none."""
    return timedelta(0) < limit and talked >= limit - LIMIT_CUE
