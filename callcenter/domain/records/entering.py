"""Records entered after the contact, and drafts that nobody will finish by themselves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from callcenter.domain.calendar.times import at_japan, local_date
from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError

FARTHEST_BACK = timedelta(days=3 * 366)
"""Longer than a record is kept after the last contact."""

SILENT_FOR = timedelta(hours=4)
"""A draft that was not saved for so long, and whose counsellor is not here, has been left behind."""

OLD_AFTER = timedelta(days=2)
"""A draft that was not saved for so long is shown to supervisors whether its counsellor is here or not."""


class EnteredWhy(Code):
    """Why a contact is written down afterwards."""

    PAPER = "paper", "紙で受けた"
    OUTAGE = "outage", "システムの停止中に受けた"
    OTHER_CHANNEL = "other_channel", "電話以外で受けた"
    OTHER = "other", "その他"


class LeftBehind(Code):
    """Why nobody will finish a draft by themselves."""

    ACCOUNT_ENDED = "account_ended", "アカウントが停止中です"
    AWAY = "away", "離席したままです"
    LONG = "long", "しばらく書かれていません"


class WrongMoment(HelplineError):
    """Raised when a contact lies in the future or too far back."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def contact_moment(day: date, clock: time, *, now: datetime) -> datetime:
    """Return the moment of a contact on Japan's clock; ``WrongMoment`` names the part that is wrong."""
    today = local_date(now)
    if day > today:
        raise WrongMoment("on", "これからの日付になっています。お話があった日を入れてください。")
    if today - day > FARTHEST_BACK:
        raise WrongMoment("on", "3年より前の日付になっています。年をご確認ください。")
    moment = at_japan(day, clock)
    if moment > now:
        raise WrongMoment("at", "これからの時刻になっています。お話がはじまった時刻を入れてください。")
    return moment


def left_behind(*, active: bool, here: bool, saved_at: datetime, now: datetime) -> LeftBehind | None:
    """Return why a draft was left behind, None while somebody can be expected to finish it.

    *active*: its counsellor's account is in use; *here*: they are on duty at this moment.
    """
    silent = now - saved_at
    if not active:
        return LeftBehind.ACCOUNT_ENDED
    if not here and silent >= SILENT_FOR:
        return LeftBehind.AWAY
    return LeftBehind.LONG if silent >= OLD_AFTER else None
