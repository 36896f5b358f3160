"""``callcenter members``: who is registered for consultation by mail, and who is deleted under the two-year rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice

import click

from callcenter.cli.kinds import DAY
from callcenter.cli.opened import at_hand, opened
from callcenter.context import context, unit_of_work


@click.group("members")
def members() -> None:
    """Members of the mail consultation, by id alone."""


@members.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def members_list(as_json: bool) -> None:
    """List the members: since when, when they last sent a consultation, and how things stand. No number, no address."""
    from callcenter.domain.calendar.times import local_date
    from callcenter.services.keeping import inactivity

    with opened() as (session, now):
        found = list(inactivity.members(session, today=local_date(now)))
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.member_id}  {one.registered_on}  {_day(one.last_sent_on)}  {one.state.label}")
    click.echo(f"{len(found)}人が登録しています。")


@members.command("purge")
@click.option("--on", "asked", metavar="DATE", type=DAY, help="The day to look at; nobody goes before their day.")
@click.option("--dry-run", is_flag=True, help="Only list who is due; for a day to come as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def purge(asked: date | None, dry_run: bool, as_json: bool) -> None:
    """Delete who sent no consultation for two years and is not held, as every night does.

    With --dry-run it only lists them, for any day.
    """
    from callcenter.domain.calendar.times import local_date
    from callcenter.services.keeping import inactivity

    with opened() as (session, now):
        on = asked or local_date(now)
        if on > local_date(now) and not dry_run:
            raise click.ClickException("これからの日については、--dry-run をつけて、一覧だけを見られます。")
        found = list(inactivity.due(session, on=on))
    gone = 0 if dry_run else sum(_let_go(on))
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False))
        return
    for one in found:
        why = one.held.label if one.held else ""
        click.echo(f"{one.due_on}  {one.member_id}  {_day(one.last_sent_on)}  {why}".rstrip())
    click.echo(f"{len(found)}人います。消していません。" if dry_run else f"{gone}人を消しました。元には戻せません。")


def _let_go(on: date) -> Iterator[int]:
    """Delete batch by batch, each in a transaction of its own, and yield how many each deleted."""
    from callcenter.models.base import db
    from callcenter.models.engines import forget_overwritten
    from callcenter.services.keeping import inactivity
    from callcenter.services.trail.audit import OPERATOR

    with at_hand():
        now = context().ports.clock.now()
        while True:
            with unit_of_work() as session:
                free = (one for one in inactivity.due(session, on=on) if one.held is None)
                batch = list(islice(free, inactivity.AT_ONCE))
                gone = inactivity.purge(session, batch, by=OPERATOR, now=now)
            if not gone:
                forget_overwritten(db.engine)
                return
            yield len(gone)


def _day(day: date | None) -> str:
    return f"{day.isoformat() if day else '-':<10}"
