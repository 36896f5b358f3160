"""Looking into the records: people by nickname, the trail, and invented ones for a trial."""

from __future__ import annotations

import json

import click

from callcenter.cli.opened import opened
from callcenter.context import context


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
