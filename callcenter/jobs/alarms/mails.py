"""Mails the alarms of the line: which, since when and where to look; nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callcenter.context import context, reading, settings, unit_of_work
from callcenter.domain.alarms import AlarmNews
from callcenter.domain.calendar.times import clock_digits, local_date, long_date
from callcenter.domain.ports import Mail
from callcenter.models.delivery.alarms import Alarm
from callcenter.services.delivery import alarms

TOLD = {AlarmNews.RAISED: "知らせ", AlarmNews.AGAIN: "まだ、続いています", AlarmNews.OVER: "解消しました"}

TEXT = """{title}。

いつから: {since}
{state}
詳しくは、「{page}」でご覧ください。
{link}

このメールには、相談の内容も、相談した方のことも入っていません。
"""


def send(facts: dict[str, Any]) -> str:
    """Mail what happened to an alarm, if it is still worth telling; its end only to those who heard of it."""
    here, mailer, news = settings(), context().ports.mailer, AlarmNews(facts["news"])
    if not here.alarm_to or mailer is None:
        return "nobody_to_tell"
    with reading() as session:
        alarm = session.get(Alarm, facts["alarm"])
        if alarm is None or not _is_news(alarm, news):
            return "not_wanted"
        kind, since, over_at, told_at = alarm.kind, alarm.raised_at, alarm.over_at, alarm.told_at
    text = TEXT.format(
        title=kind.sentence,
        since=f"{long_date(local_date(since))} {clock_digits(since)}",
        state="" if over_at is None else f"解消した時刻: {clock_digits(over_at)}\n",
        page="メール" if kind.by_mail else "いまの回線",
        link=f"{here.public_base_url}{'/console/mail/' if kind.by_mail else '/reports/board'}",
    )
    subject = f"[{here.service_name}] {TOLD[news]}: {kind.sentence}"
    mailer.send(Mail(here.alarm_to, subject, text, key=f"alarm {facts['alarm']} {news} {told_at.isoformat()}"))
    with unit_of_work() as session:
        alarms.note_mailed(session, facts["alarm"], now=context().ports.clock.now())
    return "done"


def _is_news(alarm: Alarm, news: AlarmNews) -> bool:
    if news is AlarmNews.OVER:
        return alarm.over_at is not None and alarm.mailed_at is not None
    return alarm.over_at is None


HANDLERS: dict[str, Callable[[dict[str, Any]], str]] = {alarms.MAIL: send}
