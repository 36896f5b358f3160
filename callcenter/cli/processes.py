"""``callcenter run``, ``work`` and ``migrate``: starting processes and migrating the database."""

from __future__ import annotations

import sys
from typing import Any

import click

from callcenter.cli.names import reindex
from callcenter.cli.opened import bring_up_to_date


@click.command("run")
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="PORT", help="The web port; without it 8000 or the next free one."
)
@click.option("--no-simulator", is_flag=True, help="Do not start the line simulator.")
@click.option("--at", metavar="ISO", help="Start the clock of the whole system at this moment (simulated line only).")
@click.pass_obj
def run_all(obj: dict[str, Any], port: int | None, no_simulator: bool, at: str | None) -> None:
    """Run everything on this machine: web, worker, Redis and the line simulator; what `make run` starts.

    Redis comes along unless REDIS_URL is set, the simulator unless a Twilio account is named.
    """
    sys.exit(obj["run"](port=port, no_simulator=no_simulator, at=at))


@click.command("work", hidden=True)
@click.option("--heavy", is_flag=True, help="Only do heavy jobs, from the queue in Redis; any number of these may run.")
@click.pass_obj
def work(obj: dict[str, Any], heavy: bool) -> None:
    """Run the worker process, for a service unit."""
    redis_url = obj["settings"]().redis_url
    if heavy and redis_url is None:
        raise click.UsageError("--heavy には REDIS_URL が要ります。Redis がなければ、callcenter work だけで足ります。")
    if heavy:
        from callcenter.jobs import heavy_worker

        heavy_worker.work(obj["app"](), redis_url)
    else:
        from callcenter.jobs import worker

        worker.work(obj["app"](), redis_url=redis_url)


@click.command("migrate")
@click.pass_obj
def migrate(obj: dict[str, Any]) -> None:
    """Bring the database to the newest schema and to what is shipped: holidays, other lines.

    If a rule of spelling has changed, the index of names is then built anew. Files of ours that other users of this
    machine could open are closed to them.
    """
    from callcenter.adapters.private_files import close_to_others

    settings = obj["settings"]()
    close_to_others(settings.var, settings.database_url)
    with obj["app"]().app_context():
        bring_up_to_date()
        reindex()
    click.echo("データベースは最新です。")
