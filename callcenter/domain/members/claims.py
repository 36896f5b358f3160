"""A claim: of all who could answer a consultation by mail one does, until they send, let go, or fall silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import CLAIM
from callcenter.domain.staff.roles import NotYours


class NotYourClaim(NotYours):
    """Raised where somebody would open, or write in, a consultation that they do not hold."""

    message = "この相談は、いま担当している人だけが開けます。メールの一覧の「返事を書く」から、担当になってください。"


class TakenByAnother(HelplineError):
    """Raised when a colleague holds the claim at this moment."""

    message = "いま、ほかの相談員が返事を書いています。急ぐときは、統括に声をかけてください。"


class LostClaim(NotYours):
    """Raised when somebody writes on whose claim went to a colleague; what the colleague writes stays."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"この相談は、いま、{name}さんが担当しています。"
            f"書き足したいことは、書き写してから、{name}さんに声をかけてください。"
        )


class LetGo(NotYours):
    """Raised when somebody writes on in a consultation that they let go, or that is with a supervisor."""

    message = "この相談の担当から外れています。メールの一覧の「返事を書く」から担当になると、続きを書けます。"


class NotWaiting(HelplineError):
    """Raised when nobody waits for a reply: it was answered or withdrawn meanwhile."""

    message = "この相談は、返事を待っていません。もう返事が送られたか、取り下げられています。一覧をご覧ください。"


class NoSuchThread(HelplineError):
    """Raised when a consultation does not exist, or was withdrawn before anybody read it."""

    message = "この相談は見つかりません。取り下げられたか、消えています。一覧からもう一度お選びください。"


def until(now: datetime) -> datetime:
    """Return until when a claim lasts that was taken, saved in or opened *now*."""
    return now + CLAIM


def is_live(lasts_until: datetime | None, *, busy_since: datetime | None, now: datetime) -> bool:
    """Return whether a claim holds; a call that began before its end (*busy_since*) keeps it alive while it lasts."""
    if lasts_until is None:
        return False
    return lasts_until > now or (busy_since is not None and busy_since < lasts_until)


def time_left(lasts_until: datetime, now: datetime) -> timedelta:
    """Return how long the claim lasts if nothing more is written, never less than nothing."""
    return max(lasts_until - now, timedelta(0))
