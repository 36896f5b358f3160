"""When the line is open."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import click

from callcenter.cli.opened import opened
from callcenter.domain.hours import SpecialKind, State


@click.group("hours")
def hours() -> None:
    """When the line is open."""


@hours.command("at")
@click.argument("moments", nargs=-1, required=True, metavar="ISO...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def hours_at(moments: tuple[str, ...], as_json: bool) -> None:
    """Tell for each moment (without a zone: Japan's) whether the line is open, and when next."""
    from callcenter.domain.hours import state_at
    from callcenter.domain.times import local_date, parse_moment
    from callcenter.services import calendar

    try:
        asked = [parse_moment(text) for text in moments]
    except ValueError:
        raise click.UsageError("日時は 2026-11-24T10:00 のように書いてください。") from None
    with opened() as (session, _now):
        years = {local_date(moment).year + ahead for moment in asked for ahead in (0, 1)}
        days = calendar.load(session, years=years)
    for moment in asked:
        told = _told(state_at(days, moment))
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else _sentence(told))


def _told(state: State) -> dict[str, Any]:
    return {
        "open": state.open,
        "reason": state.reason.value,
        "holiday": None if state.holiday is None else state.holiday.name,
        "next_open": None if state.next_open is None else state.next_open.isoformat(),
    }


def _sentence(told: dict[str, Any]) -> str:
    if told["open"]:
        return f"受付中 ({told['reason']})"
    return f"受付時間外 ({told['holiday'] or told['reason']}) 次は {told['next_open'] or '未定'}"


@hours.command("close")
@click.argument("day", metavar="DATE")
@click.option("--from", "from_time", metavar="HH:MM", help="Close from this time on; without it the whole day.")
@click.option("--reason", required=True, help="What callers hear and read, such as 台風の影響.")
def hours_close(day: str, from_time: str | None, reason: str) -> None:
    """Close the line on a day, or from a time on."""
    from callcenter.services import calendar

    try:
        on, until = date.fromisoformat(day), time.fromisoformat(from_time) if from_time else None
    except ValueError:
        raise click.UsageError("日付は 2026-11-24、時刻は 15:00 のように書いてください。") from None
    kind = SpecialKind.CLOSED if until is None else SpecialKind.PARTIAL
    with opened() as (session, now):
        calendar.set_special_day(session, on, kind, reason, now=now, by=None, close_at=until)
    click.echo(f"{on} を{'お休み' if until is None else f'{from_time}まで'}にしました。")
