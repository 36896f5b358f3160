"""``callcenter cases import``: cases from a table, all of them or none."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callcenter.cli.opened import opened
from callcenter.context import context

if TYPE_CHECKING:
    from callcenter.services.moving.case_import import Read


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only check the file.")
@click.option("--again", is_flag=True, help="Take a file that was imported before once more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def cases_import(file: Path, dry_run: bool, again: bool, as_json: bool) -> None:
    """Open a case for each row of a CSV file (UTF-8 or Shift_JIS): all of them or none.

    Columns: nickname, reading, relation, age_band, prefecture, municipality, opened_on, last_contact_on, summary. Every
    mistake is told by its row. The summary stands beside that person's first talk as 前の記録から, theirs alone.
    """
    from callcenter.domain.calendar.times import local_date
    from callcenter.domain.keeping.retention import newest_due
    from callcenter.services.moving import case_import
    from callcenter.services.trail.audit import OPERATOR

    with opened() as (session, now):
        found = case_import.read(file.read_bytes(), today=local_date(now))
        if not found.mistakes and not dry_run:
            steps = click.progressbar(length=len(found.cases), file=sys.stderr, hidden=not sys.stderr.isatty())
            with steps as shown:
                case_import.write(session, found, by=OPERATOR, now=now, again=again, done=shown.update)
        due = newest_due(local_date(now), context().settings.policy.periods)
        old = case_import.beyond(found.cases, due)
    # Said when it is committed, not before.
    if as_json:
        click.echo(json.dumps(_told(found, written=not found.mistakes and not dry_run), ensure_ascii=False))
    elif not found.mistakes:
        click.echo(
            f"{len(found.cases)}件を{'取りこめます。まだ、何も書いていません。' if dry_run else '取りこみました。'}"
        )
        if old:
            click.echo(f"そのうち{old}件は、保存の期間を過ぎています。30日後から消えるので、先にご確認ください。")
    if found.mistakes:
        _complain(found, as_json=as_json)
        sys.exit(1)


def _told(found: Read, *, written: bool) -> dict[str, object]:
    errors = [{"row": one.row or None, "column": one.column, "message": one.message} for one in found.mistakes]
    return {"cases": len(found.cases), "written": written, "errors": errors}


def _complain(found: Read, *, as_json: bool) -> None:
    if as_json:
        return
    for mistake in found.mistakes:
        click.echo(str(mistake), err=True)
    click.echo(f"{len(found.mistakes)}か所を直してから、もう一度お試しください。何も書いていません。", err=True)
