"""Whether the line is open now and when next, in words for public pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from callcenter.domain.calendar.hours import Calendar, Reason, SpecialKind, State, is_open_day, state_at, windows
from callcenter.domain.calendar.times import clock_words, in_japan, local_date, next_open_words

DAYS_SHOWN = 7


@dataclass(frozen=True)
class Band:
    """The strip at the top of a public page; *kind* is one of open, soon, closed and special."""

    kind: str
    tone: str
    icon: str
    headline: str
    detail: str
    side: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the week ahead."""

    day: date
    name: str
    hours: str
    note: str
    is_open: bool
    is_today: bool


def band(calendar: Calendar, now: datetime, *, crowded: bool | None = None, unattended: bool = False) -> Band:
    """Return whether the line is open, in words; *crowded* is None where it is unknown.

    *unattended*: no counsellor can come to the telephone just now.
    """
    state = state_at(calendar, now)
    if state.open and state.closes_at is not None:
        return _open_band(state, state.closes_at, _getting_through(crowded, unattended))
    if state.special is not None and state.special.disaster and state.reason is Reason.SPECIAL:
        detail = "まず、ご自分の身を守ってください。受付の再開は、このページでお知らせします。"
        return Band("special", "warm", "flag", "ただいま、災害の影響で、電話の受付をお休みしています。", detail)
    if state.next_open is None:
        detail = "次の受付は、決まりしだいお知らせします。"
        return Band("closed", "quiet", "moon", _why_closed(calendar, state), detail)
    if local_date(state.next_open) == local_date(now):
        return _later_today(state, state.next_open)
    detail = f"次は{next_open_words(state.next_open, now)}からです。"
    if state.reason is Reason.SPECIAL:
        return Band("special", "warm", "flag", _why_closed(calendar, state), detail)
    icon = "moon" if state.reason is Reason.AFTER_CLOSING else "ring"
    return Band("closed", "quiet", icon, _why_closed(calendar, state), detail)


@dataclass(frozen=True)
class HoursLine:
    """The hours of today in one line, for staff."""

    tone: str
    icon: str
    words: str


def hours_line(state: State, now: datetime, *, waiting: bool = False) -> HoursLine:
    """Return until when the line is open, or when it opens next; *waiting* if callers wait after closing time."""
    if state.open and state.closes_at is not None:
        return _until(state, f"受付は{clock_words(in_japan(state.closes_at).time())}まで")
    if waiting:
        return HoursLine("calm", "wait", "受付は終わりました。お待ちの方をおつなぎしています。")
    if state.next_open is None:
        return HoursLine("quiet", "moon", "受付時間外です。次の受付は決まっていません。")
    return HoursLine("quiet", "moon", f"受付時間外です。次は{next_open_words(state.next_open, now)}からです。")


def _until(state: State, until: str) -> HoursLine:
    special = state.special
    differs = special is not None and (special.close_at is not None or state.reason is Reason.SPECIAL)
    if special is None or not differs:
        return HoursLine("quiet", "clock", until)
    kind = "臨時の" if state.reason is Reason.SPECIAL else "今日の"
    return HoursLine("warm", "flag", f"{kind}{until}" + (f"({special.reason})" if special.reason else ""))


def week_ahead(calendar: Calendar, now: datetime) -> list[Day]:
    """Return today and the six days after it, with their hours and why they differ from the usual."""
    today = local_date(now)
    return [_day(calendar, today + timedelta(days=ahead), today) for ahead in range(DAYS_SHOWN)]


def _getting_through(crowded: bool | None, unattended: bool) -> str:
    usual = {None: "", False: "すぐつながりそうです", True: "こみ合っています"}[crowded]
    if not unattended:
        return usual
    nobody = "いまは、相談員が電話に出られません"
    return f"{usual}。{nobody}" if crowded else nobody


def _open_band(state: State, closes_at: datetime, side: str) -> Band:
    until = f"今日は{clock_words(in_japan(closes_at).time())}までです。"
    special = state.special
    if special is not None and special.reason:
        until = f"{special.reason}のため、{until}" if special.kind is SpecialKind.PARTIAL else until
    if special is not None and special.kind is SpecialKind.EXTRA_OPEN and state.reason is Reason.SPECIAL:
        until = f"臨時に受け付けています。{until}"
    return Band("open", "accent", "dot", "ただいま電話を受け付けています。", until, side)


def _later_today(state: State, opening: datetime) -> Band:
    words = f"今日の受付は{clock_words(in_japan(opening).time())}からです。"
    special = state.special
    if state.reason is Reason.BEFORE_OPENING or special is None:
        return Band("soon", "calm", "clock", words, "お待ちしています。")
    because = f"{special.reason}のため、" if special.reason and special.kind is SpecialKind.PARTIAL else ""
    return Band("special", "warm", "clock", because + words, "お待ちしています。")


def _why_closed(calendar: Calendar, state: State) -> str:
    special = state.special
    if state.reason is Reason.SPECIAL and special is not None:
        because = f"{special.reason}のため、" if special.reason else ""
        if special.kind is SpecialKind.CLOSED:
            return f"{because}今日の電話の受付はお休みします。"
        shortened = special.kind is SpecialKind.PARTIAL and special.close_at is not None
        return f"{because if shortened else ''}今日の電話の受付は終わりました。"
    if state.reason is Reason.HOLIDAY:
        return f"今日は{_holiday(state)}のためお休みです。"
    if state.reason is Reason.NEW_YEAR and calendar.new_year is not None:
        (first, day), (last, until) = calendar.new_year.first, calendar.new_year.last
        return f"{first}月{day}日から{last}月{until}日までお休みです。"
    if state.reason is Reason.WEEKEND:
        return "土曜日と日曜日はお休みです。"
    return "今日の電話の受付は終わりました。"


def _holiday(state: State) -> str:
    return state.holiday.name if state.holiday else "祝日"


def _day(calendar: Calendar, day: date, today: date) -> Day:
    spans = windows(calendar, day)
    hours = "、".join(f"{_short(span.open_at)}から{_short(span.close_at)}" for span in spans)
    name = {today: "今日", today + timedelta(days=1): "あした"}.get(day, "")
    return Day(day, name, hours or "お休み", _note(calendar, day), is_open_day(calendar, day), day == today)


def _short(clock: time) -> str:
    """Return 「17時」 or 「15時30分」, for seven days side by side."""
    return f"{clock.hour}時{clock.minute}分" if clock.minute else f"{clock.hour}時"


def _note(calendar: Calendar, day: date) -> str:
    special, holiday = calendar.special_days.get(day), calendar.holidays.get(day)
    if special is not None and special.reason:
        return special.reason
    if holiday is not None:
        return holiday.name
    if calendar.new_year is not None and day in calendar.new_year:
        return "年末年始"
    return ""
