"""``callcenter hours``: opening hours and special days."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import click

from callcenter.cli.kinds import CLOCK, DAY
from callcenter.cli.opened import opened
from callcenter.domain.calendar.hours import Reason, SpecialDay, SpecialKind, State
from callcenter.domain.calendar.times import clock_words, in_japan, long_date

REASONS = {
    Reason.OPEN: "通常の受付",
    Reason.BEFORE_OPENING: "受付開始前",
    Reason.AFTER_CLOSING: "受付終了後",
    Reason.WEEKEND: "土曜日・日曜日",
    Reason.HOLIDAY: "祝日",
    Reason.NEW_YEAR: "年末年始",
    Reason.SPECIAL: "臨時",
}


@click.group("hours")
def hours() -> None:
    """When the line is open."""


@hours.command("at")
@click.argument("moments", nargs=-1, required=True, metavar="ISO...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def hours_at(moments: tuple[str, ...], as_json: bool) -> None:
    """Tell for each moment (without a zone: Japan's) whether the line is open, and when next."""
    from callcenter.domain.calendar.hours import state_at
    from callcenter.domain.calendar.times import local_date, parse_moment
    from callcenter.services.calendar import opening_hours

    try:
        asked = [parse_moment(text) for text in moments]
    except ValueError:
        raise click.UsageError("日時は 2026-11-24T10:00 のように書いてください。") from None
    with opened() as (session, _now):
        years = {local_date(moment).year + ahead for moment in asked for ahead in (0, 1)}
        days = opening_hours.load(session, years=years)
    for moment in asked:
        state = state_at(days, moment)
        click.echo(json.dumps(_told(state), ensure_ascii=False) if as_json else _sentence(state))


def _told(state: State) -> dict[str, Any]:
    return {
        "open": state.open,
        "reason": state.reason.value,
        "holiday": None if state.holiday is None else state.holiday.name,
        "next_open": None if state.next_open is None else state.next_open.isoformat(),
    }


def _sentence(state: State) -> str:
    why = state.holiday.name if state.reason is Reason.HOLIDAY and state.holiday is not None else REASONS[state.reason]
    if state.open:
        return f"受付中({why})"
    if state.next_open is None:
        return f"受付時間外({why})。次の受付は決まっていません。"
    opening = in_japan(state.next_open)
    return f"受付時間外({why})。次は{long_date(opening.date())}{clock_words(opening.time())}からです。"


@hours.command("close")
@click.argument("day", metavar="DATE", type=DAY)
@click.option("--from", "from_time", metavar="HH:MM", type=CLOCK, help="Close from then on; without it the whole day.")
@click.option("--reason", required=True, help="What callers hear and read, such as 台風の影響.")
@click.option("--disaster", is_flag=True, help="Callers are told to look after themselves, and no day is promised.")
def hours_close(day: date, from_time: time | None, reason: str, disaster: bool) -> None:
    """Close the line on a day, or from a time on. Telephone and pages follow at once."""
    kind = SpecialKind.CLOSED if from_time is None else SpecialKind.PARTIAL
    _decide(day, SpecialDay(kind, close_at=from_time, reason=reason, disaster=disaster))
    click.echo(f"{day} を{'お休み' if from_time is None else f'{from_time:%H:%M}まで'}にしました。")


@hours.command("open")
@click.argument("day", metavar="DATE", type=DAY)
@click.option("--from", "from_time", metavar="HH:MM", type=CLOCK, required=True, help="Open from this time on,")
@click.option("--to", "to_time", metavar="HH:MM", type=CLOCK, required=True, help="and until then, beside the usual.")
@click.option("--reason", default="", help="What readers see, such as 年度末の特別開設.")
def hours_open(day: date, from_time: time, to_time: time, reason: str) -> None:
    """Open the line on a day off, or for longer than usual."""
    try:
        special = SpecialDay(SpecialKind.EXTRA_OPEN, from_time, to_time, reason)
    except ValueError:
        raise click.UsageError("終わりの時刻は、始まりより後にしてください。") from None
    _decide(day, special)
    click.echo(f"{day} の{from_time:%H:%M}から{to_time:%H:%M}までを、臨時の受付にしました。")


@hours.command("undo")
@click.argument("day", metavar="DATE", type=DAY)
def hours_undo(day: date) -> None:
    """Make a special day an ordinary one again."""
    from callcenter.services.calendar import special_days

    with opened() as (session, now):
        special_days.undo(session, day, now=now, by=None)
    click.echo(f"{day} の臨時の予定を取り消しました。")


def _decide(day: date, special: SpecialDay) -> None:
    from callcenter.services.calendar import special_days

    with opened() as (session, now):
        special_days.decide(session, day, special, now=now, by=None)
