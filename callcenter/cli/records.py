"""``callcenter cases search`` and ``seed-demo``."""

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
@click.option("--relation", default="", help="What the caller says they are, such as 母.")
@click.option("--age", default="", help="The caller's age band, such as 35–39.")
@click.option("--prefecture", default="", help="Where they live, such as 東京都.")
@click.option("--topic", default="", help="What was talked about last, such as 就労.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def cases_search(nickname: str, relation: str, age: str, prefecture: str, topic: str, as_json: bool) -> None:
    """List the people who go by a nickname like this one, best first, each with the reason.

    What the caller also says moves people up. The search is written into the audit trail, without the name.
    """
    from callcenter.domain.codes import from_label
    from callcenter.domain.moving.place_names import read_prefecture
    from callcenter.domain.names.nickname_cues import Cues
    from callcenter.domain.records.record_codes import AgeBand, Relation, Topic
    from callcenter.services.cases import cases as found_cases
    from callcenter.services.trail.audit import OPERATOR

    place = read_prefecture(prefecture)
    cues = Cues(from_label(Relation, relation), from_label(AgeBand, age), place, from_label(Topic, topic))
    with opened() as (session, now):
        found = found_cases.search_and_audit(session, nickname, cues, by=OPERATOR, now=now)
    rows = [candidate.as_json() for candidate in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if as_json else rows:
        click.echo(
            f"{row['score']:.2f}  {row['nickname']}  {row['relation']}  {row['last_contact'] or '-'}  {row['reason']}"
        )


@click.command("seed-demo")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def seed_demo(as_json: bool) -> None:
    """Fill an empty trial installation with invented people and records; refused in production."""
    from callcenter.services.moving import demo
    from callcenter.services.trail.audit import OPERATOR

    with opened() as (session, now):
        if context().settings.production:
            raise click.ClickException("本番の環境には、見本のデータを入れられません。")
        made = demo.seed(session, by=OPERATOR, now=now)
    rows = [sign_in.as_json() for sign_in in made]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in [] if as_json else rows:
        click.echo(f"{row['name']}  {row['login']}  {row['password']}")
