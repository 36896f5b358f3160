"""The operator's commands; ``wsgi`` hands over how settings, app and processes are made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.hours import Calendar, SpecialKind, State
from callcenter.domain.people import Role
from callcenter.domain.presence import Work
from callcenter.settings import Settings, SettingsWrong

MakeApp = Callable[[], Flask]
Run = Callable[..., int]

STARTING_PASSWORD_BYTES = 12


class Commands(click.Group):
    """Turns what a person can mend into one sentence and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (HelplineError, SettingsWrong) as wrong:
            raise click.ClickException(str(wrong)) from None
        except (ArgumentError, InterfaceError, OperationalError) as away:
            raise click.ClickException(
                f"データベースが使えません({type(away).__name__})。DATABASE_URL をご確認ください。"
            ) from None


def build(*, settings: Callable[[], Settings], app: MakeApp, run: Run) -> click.Group:
    """Return the ``callcenter`` command with everything it needs at hand."""

    @click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
    @click.pass_context
    def cli(ctx: click.Context) -> None:
        """The back office of a telephone helpline."""
        ctx.obj = {"settings": settings, "app": app, "run": run}

    for command in (run_all, work, migrate, hours, staff, cases, doctor, audit, seed_demo):
        cli.add_command(command)
    return cli


@contextmanager
def opened() -> Iterator[tuple[Session, datetime]]:
    """One transaction on a migrated database, and the present moment."""
    from callcenter.adapters import schema
    from callcenter.models.base import db

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        if schema.revision(db.engine) is None:
            if db.engine.dialect.name != "sqlite":
                raise click.ClickException("データベースが、まだ空です。callcenter migrate を実行してください。")
            _bring_up_to_date()
        with unit_of_work() as session:
            yield session, context().ports.clock.now()


def _bring_up_to_date() -> None:
    from callcenter.adapters import schema
    from callcenter.domain.holidays_jp import shipped_holidays
    from callcenter.models.base import db
    from callcenter.services import calendar

    schema.upgrade(db.engine)
    with unit_of_work() as session:
        calendar.ship(session, shipped_holidays())


@click.command("run")
@click.option("--port", type=click.IntRange(1, 65535), help="The web port; without it 8000 or the next free one.")
@click.option("--no-simulator", is_flag=True, help="Do not start the line simulator.")
@click.option("--at", metavar="ISO", help="Start the clock of the whole system at this moment (simulated line only).")
@click.pass_obj
def run_all(obj: dict[str, Any], port: int | None, no_simulator: bool, at: str | None) -> None:
    """Run everything on this machine: web, worker, Redis and, without a Twilio account, the line simulator."""
    sys.exit(obj["run"](port=port, no_simulator=no_simulator, at=at))


@click.command("work", hidden=True)
@click.pass_obj
def work(obj: dict[str, Any]) -> None:
    """Run the worker process."""
    from callcenter.jobs import worker

    worker.work(obj["app"](), redis_url=obj["settings"]().redis_url)


@click.command("migrate")
@click.pass_obj
def migrate(obj: dict[str, Any]) -> None:
    """Bring the database to the newest schema."""
    with obj["app"]().app_context():
        _bring_up_to_date()
    click.echo("データベースは最新です。")


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


@click.group("staff")
def staff() -> None:
    """The people who work here."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The business name that others see, such as 担当07.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--phone", help="The telephone that calls are offered at; without it the browser.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up.")
def staff_add(login: str, name: str, role: str, phone: str | None, password_stdin: bool) -> None:
    """Make an account."""
    import secrets

    from callcenter.services.audit import OPERATOR
    from callcenter.services.staff import NewStaff, add_staff

    made_up = None if password_stdin else secrets.token_urlsafe(STARTING_PASSWORD_BYTES)
    password = made_up or sys.stdin.readline().rstrip("\r\n")
    with opened() as (session, now):
        add_staff(session, NewStaff(login, name, Role(role), phone=phone), password, by=OPERATOR, now=now)
    click.echo(f"{login} を登録しました。" + (f" パスワード: {made_up}" if made_up else ""))


@staff.command("status")
@click.argument("login")
@click.argument("state", type=click.Choice([work.value for work in (Work.AVAILABLE, Work.AWAY, Work.OFFLINE)]))
def staff_status(login: str, state: str) -> None:
    """Set a counsellor's state without a browser; available also ends a wrap-up."""
    from callcenter.services import presence
    from callcenter.services import staff as accounts

    with opened() as (session, now):
        found = accounts.find(session, login)
        if found is None:
            raise click.ClickException(f"{login} というログイン名は登録されていません。")
        if state == Work.AVAILABLE:
            row = presence.come(session, found, now=now)
        else:
            row = presence.leave(session, found, Work(state), now=now)
    click.echo(f"{found.name}: {row.work}")


@click.group("cases")
def cases() -> None:
    """Cases, found by nickname."""


@cases.command("search")
@click.argument("nickname")
@click.option("--json", "as_json", is_flag=True)
def cases_search(nickname: str, as_json: bool) -> None:
    """List the people who go by a nickname like this one, best first."""
    from callcenter.services import cases as found_cases
    from callcenter.services.audit import OPERATOR

    with opened() as (session, now):
        found = found_cases.search_as(session, nickname, by=OPERATOR, now=now)
    rows = [candidate.as_json() for candidate in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if as_json else rows:
        click.echo(f"{row['score']:.2f}  {row['nickname']}  {row['relation']}  {row['last_contact'] or '-'}")


@click.command("doctor")
def doctor() -> None:
    """Check what this installation needs; exit status 1 if anything is wrong."""
    from callcenter.adapters import checkup
    from callcenter.domain.times import local_date
    from callcenter.models.base import db

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        here = context()
        today = local_date(here.ports.clock.now())
        findings = checkup.examine(db.engine, _calendar, redis_url=here.settings.redis_url, today=today)
        if findings[0].well:
            findings += [checkup.holidays(_calendar(), today), checkup.keys(db.engine, here.ring)]
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.subject}: {finding.sentence}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def _calendar() -> Calendar:
    from callcenter.services import calendar

    with reading() as session:
        return calendar.load(session)


@click.group("audit")
def audit() -> None:
    """The trail."""


@audit.command("verify")
def audit_verify() -> None:
    """Follow the chain of the trail and name the first entry that does not fit."""
    from callcenter.services import audit as trail

    with opened() as (session, _now):
        bad = trail.verify(session)
    if bad is not None:
        raise click.ClickException(f"監査記録 {bad} 番が、前の記録とつながりません。")
    click.echo("監査記録は、すべてつながっています。")


@click.command("seed-demo")
@click.option("--json", "as_json", is_flag=True)
def seed_demo(as_json: bool) -> None:
    """Fill an empty trial installation with invented people and records."""
    from callcenter.services import demo
    from callcenter.services.audit import OPERATOR

    with opened() as (session, now):
        if context().settings.production:
            raise click.ClickException("本番の環境には、見本のデータを入れられません。")
        made = demo.seed(session, by=OPERATOR, now=now)
    rows = [sign_in.as_json() for sign_in in made]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if as_json else rows:
        click.echo(f"{row['name']}  {row['login']}  {row['password']}")
