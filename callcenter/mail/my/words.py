"""How letters are told to their writer: their states, what to expect when, and the lines that are open meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from callcenter.domain.calendar.hours import Calendar, state_at
from callcenter.domain.calendar.times import clock_words, in_japan, local_date, next_open_words, past_date, short_date
from callcenter.domain.directory.helplines import Helpline, open_now, shipped_helplines, tonight
from callcenter.domain.members.threads import WAITING, ThreadState
from callcenter.models.members.threads import Thread
from callcenter.ui.state_labels import StateLabel

EVENING, MORNING = 18, 5
"""Hours from which a greeting is one of the evening, and until which."""
LINES_BESIDE = 3
LOOKS = {
    ThreadState.RECEIVED: StateLabel(ThreadState.RECEIVED.label, "quiet", "tray"),
    ThreadState.READING: StateLabel(ThreadState.READING.label, "calm", "opened"),
    ThreadState.ANSWERING: StateLabel(ThreadState.ANSWERING.label, "calm", "pen"),
    ThreadState.ANSWERED: StateLabel("返事を読みました", "quiet", "check"),
    ThreadState.WITHDRAWN: StateLabel(ThreadState.WITHDRAWN.label, "quiet", "close"),
}
UNREAD = StateLabel(ThreadState.ANSWERED.label, "accent", "dot", solid=True)
TAKES_TIME = "返信にはお時間をいただきます。"
LATE = "お待たせしています。返信まで、もう少しお時間をください。"


@dataclass(frozen=True)
class Letter:
    """A consultation as it lies in the list."""

    id: str
    title: str
    look: StateLabel
    day: str
    expect: str | None
    unread: bool


def letter(thread: Thread, *, unread: bool, now: datetime) -> Letter:
    """Return how a consultation is shown; *unread* if a reply was not opened yet."""
    look = UNREAD if unread else LOOKS[thread.state]
    last = thread.last_sent_at if thread.answered_at is None else max(thread.last_sent_at, thread.answered_at)
    return Letter(thread.id, title(thread, now), look, day_words(last, now), expect(thread, now), unread)


def title(thread: Thread, now: datetime) -> str:
    """Return the subject, or the day on which a consultation without one was begun."""
    return thread.subject or f"{past_date(local_date(thread.opened_at), local_date(now))}に書いたこと"


def day_words(moment: datetime, now: datetime) -> str:
    """Return 「今日」 or the day."""
    day, today = local_date(moment), local_date(now)
    return "今日" if day == today else past_date(day, today)


def expect(thread: Thread, now: datetime) -> str | None:
    """Return what somebody who waits may expect: the めやす if one is set, and past it never a day again."""
    if thread.state not in WAITING:
        return None
    return aim(thread.target_on, local_date(now))


def aim(target: date | None, today: date) -> str:
    """Return by about when a reply is meant to be there."""
    if target is None:
        return TAKES_TIME
    return f"返信のめやすは、{short_date(target)}ごろです。" if today <= target else LATE


def read_next(calendar: Calendar, now: datetime) -> str:
    """Return when letters are read next, by the hours of the line."""
    state = state_at(calendar, now)
    if state.open and state.closes_at is not None:
        return f"お読みするのは、平日の昼間です。今日は{clock_words(in_japan(state.closes_at).time())}までです。"
    if state.next_open is None:
        return "お読みするのは、次の受付が始まってからです。日にちは、決まりしだいお知らせします。"
    return f"お読みするのは、平日の昼間です。次は{next_open_words(state.next_open, now)}からです。"


def greeting(nickname: str, now: datetime) -> str:
    """Return the greeting of the hour."""
    hour = in_japan(now).hour
    words = "こんばんは" if hour >= EVENING or hour < MORNING else "こんにちは"
    return f"{nickname}さん、{words}。"


def lines_open(now: datetime, limit: int = LINES_BESIDE) -> list[Helpline]:
    """Return other lines that answer at this moment, for certain; our own is none of them."""
    return [line for line in tonight(shipped_helplines(), now, limit) if open_now(line, now)]
