"""``callcenter retention``: what is due, destroying it, and holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice

import click
from flask import Flask

from callcenter.cli.kinds import DAY
from callcenter.cli.opened import opened
from callcenter.context import context, unit_of_work

HELD = {"hold": "保存を延長しています", "follow_up": "次に確認する日があります", None: ""}


@click.group("retention")
def retention() -> None:
    """What is kept until when."""


@retention.command("purge")
@click.option("--on", "asked", metavar="DATE", type=DAY, help="The day to look at; nothing goes before its day.")
@click.option("--dry-run", is_flag=True, help="Only list what is due.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def purge(asked: date | None, dry_run: bool, as_json: bool) -> None:
    """Destroy what is past its period and not held, as every night does.

    With --dry-run it only lists it, for any day, without a name.
    """
    from callcenter.domain.calendar.times import local_date
    from callcenter.services.keeping import retention as kept

    with opened() as (session, now):
        today = local_date(now)
        on = asked or today
        if on > today and not dry_run:
            raise click.ClickException("これからの日については、--dry-run をつけて、一覧だけを見られます。")
        rows = [one.as_json() for one in kept.due(session, on=on, periods=context().settings.policy.periods)]
    gone = 0 if dry_run else sum(_let_go())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        line = f"{row['due_on']}  {row['class']:<5}  {row['kind']}  {row['id']}  {row['last_contact_on']}"
        click.echo(f"{line}  {HELD[row['held']]}".rstrip())
    click.echo(f"{len(rows)}件あります。消していません。" if dry_run else f"{gone}件を消しました。元には戻せません。")


def _let_go() -> Iterator[int]:
    """Destroy batch by batch, each in a transaction of its own, and yield how many each destroyed."""
    from callcenter.domain.calendar.times import local_date
    from callcenter.models.base import db
    from callcenter.models.engines import forget_overwritten
    from callcenter.services.keeping import retention as kept
    from callcenter.services.trail.audit import OPERATOR

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        periods, now = context().settings.policy.periods, context().ports.clock.now()
        while True:
            with unit_of_work() as session:
                free = (one for one in kept.due(session, on=local_date(now), periods=periods) if one.held is None)
                batch = list(islice(free, kept.AT_ONCE))
                gone = kept.purge(session, batch, periods=periods, by=OPERATOR, now=now)
            if not gone:
                forget_overwritten(db.engine)
                return
            yield len(gone)


@retention.command("hold")
@click.argument("row_id", metavar="ID")
@click.option("--until", metavar="DATE", type=DAY, required=True, help="The last day on which it is kept.")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(["unanswered", "disclosure", "safety", "legal", "other"]),
    help="Why, as a code.",
)
@click.option("--note", required=True, help="Why, in words; sealed with the case's key.")
def hold(row_id: str, until: date, reason: str, note: str) -> None:
    """Keep a case, or a record that belongs to none, beyond its period."""
    from callcenter.domain.keeping.retention import HoldReason
    from callcenter.services.keeping import holds
    from callcenter.services.trail.audit import OPERATOR

    with opened() as (session, now):
        row = holds.place_hold(session, row_id, HoldReason(reason), note, until, by=OPERATOR, now=now)
        held = row.id
    click.echo(f"{until.isoformat()} まで残します。解くときは callcenter retention lift {held}")


@retention.command("lift")
@click.argument("hold_id", metavar="HOLD")
def lift(hold_id: str) -> None:
    """End a hold now."""
    from callcenter.services.keeping import holds
    from callcenter.services.trail.audit import OPERATOR

    with opened() as (session, now):
        holds.lift(session, hold_id, by=OPERATOR, now=now)
    click.echo("保存の延長を解きました。期間が過ぎていれば、今夜消えます。")
