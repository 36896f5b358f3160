"""``callcenter names``: the index of nicknames, after a change of the spelling rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callcenter.cli.opened import at_hand
from callcenter.context import reading

if TYPE_CHECKING:
    from callcenter.services.names.nickname_reindex import Outdated


@click.group("names")
def names() -> None:
    """The index of the names people are found by."""


@names.command("reindex")
def names_reindex() -> None:
    """Rebuild the index of names where an older version of the spelling rules made it.

    It may be interrupted and repeated at any time, also while the line is running. ``callcenter migrate`` runs it.
    """
    with at_hand():
        done = reindex()
        click.echo(f"索引を{done}件、いまの規則で作り直しました。" if done else "索引は、すべていまの規則のものです。")


def reindex() -> int:
    """Index everything that is outdated, with a progress bar, and return how many rows were looked at."""
    from callcenter.jobs.reindex import batches

    length, done = _outdated().rows, 0
    if not length:
        return 0
    with click.progressbar(length=length, label="呼び名の索引を作り直しています") as bar:
        for rows in batches():
            done += rows
            bar.update(min(rows, length - bar.pos))
        bar.update(length - bar.pos)  # forms that nobody goes by any more were not looked at
    return done


def _outdated() -> Outdated:
    from callcenter.services.names import nickname_reindex

    with reading() as session:
        return nickname_reindex.outdated(session)
