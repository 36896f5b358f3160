"""The rules of answering by mail: claims, the words of templates, and what came in over days off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calendar.hours import Calendar, SpecialDay, SpecialKind
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import claims, replies
from callcenter.domain.members.arrivals import days_off
from callcenter.domain.members.replies import CANNOT, ReplyTemplate, with_template, words_of

TOKYO = ZoneInfo("Asia/Tokyo")
CALENDAR = Calendar(holidays=shipped_holidays())
NOW = datetime(2026, 11, 20, 10, tzinfo=TOKYO)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=TOKYO)


# ------------------------------------------------------------------ claims


def test_a_claim_lasts_half_an_hour_from_the_last_word() -> None:
    lasts = claims.until(NOW)
    assert lasts == NOW + timedelta(minutes=30)
    assert claims.is_live(lasts, busy_since=None, now=lasts - timedelta(seconds=1))
    assert not claims.is_live(lasts, busy_since=None, now=lasts)
    assert not claims.is_live(None, busy_since=NOW, now=NOW)


def test_a_call_that_began_before_its_end_keeps_it_alive_and_a_later_one_does_not() -> None:
    lasts = claims.until(NOW)
    much_later = NOW + timedelta(hours=3)
    assert claims.is_live(lasts, busy_since=lasts - timedelta(seconds=1), now=much_later)
    assert not claims.is_live(lasts, busy_since=lasts, now=much_later)


def test_time_left_is_never_less_than_nothing() -> None:
    assert claims.time_left(NOW + timedelta(minutes=7), NOW) == timedelta(minutes=7)
    assert claims.time_left(NOW - timedelta(minutes=7), NOW) == timedelta(0)


def test_who_lost_a_claim_is_told_the_name_and_what_to_do() -> None:
    assert "小野さんが担当しています" in claims.LostClaim("小野").message
    assert "小野さんに声をかけてください" in claims.LostClaim("小野").message


# ------------------------------------------------------------------ templates


@pytest.mark.parametrize("template", ReplyTemplate)
def test_only_what_cannot_answer_names_other_lines(template: ReplyTemplate) -> None:
    words = words_of(template, [("よりそいホットライン", "0120-279-338", "24時間")])
    assert ("・よりそいホットライン 0120-279-338(24時間)" in words) is (template in CANNOT)
    assert not any(hurry in words for hurry in ("がんばって", "早く", "お客様"))
    assert words_of(template, []).strip() == words_of(template, [])


def test_words_of_a_template_go_below_what_was_written() -> None:
    assert with_template("", "例") == "例"
    assert with_template(" \n", "例") == "例"
    assert with_template("こんにちは。\n\n", "例") == "こんにちは。\n\n例"


def test_every_refusal_of_a_reply_says_what_to_do() -> None:
    kinds = [one for one in vars(replies).values() if isinstance(one, type) and issubclass(one, HelplineError)]
    kinds = [one for one in kinds if one not in (HelplineError, replies.ReplyProblem)]
    assert len(kinds) >= 10
    assert all(one.message.endswith("。") for one in kinds)


# ------------------------------------------------------------------ days off


@pytest.mark.parametrize(
    "now, span",
    [
        (at(11, 20, 12), None),
        (at(11, 21, 9), (at(11, 20, 17), at(11, 24, 10))),
        (at(11, 23, 12), (at(11, 20, 17), at(11, 24, 10))),
        (at(11, 24, 9, 59), (at(11, 20, 17), at(11, 24, 10))),
        (at(11, 24, 16), (at(11, 20, 17), at(11, 24, 10))),
        (at(11, 24, 23), (at(11, 20, 17), at(11, 24, 10))),
        (at(11, 25, 10), None),
        (at(12, 29, 8), (at(12, 28, 17), at(1, 4, 10, year=2027))),
        (at(1, 4, 11, year=2027), (at(12, 28, 17), at(1, 4, 10, year=2027))),
        (at(1, 5, 11, year=2027), None),
    ],
)
def test_days_off_count_until_the_end_of_the_first_day_after_them(
    now: datetime, span: tuple[datetime, datetime] | None
) -> None:
    assert days_off(CALENDAR, now) == span


def test_a_day_that_is_closed_specially_is_a_day_off() -> None:
    closed = Calendar(special_days={date(2026, 11, 18): SpecialDay(SpecialKind.CLOSED, reason="台風の影響")})
    assert days_off(closed, at(11, 19, 11)) == (at(11, 17, 17), at(11, 19, 10))
    assert days_off(closed, at(11, 17, 11)) is None


def test_a_line_that_never_opens_has_no_days_off() -> None:
    assert days_off(Calendar(weekdays={}), at(11, 19, 11)) is None


def test_alarms_about_mail_sound_once() -> None:
    by_mail = {kind for kind in AlarmKind if kind.by_mail}
    assert by_mail == {AlarmKind.MAIL_RISK, AlarmKind.MAIL_DUE}
    assert not any(kind.again for kind in by_mail)
