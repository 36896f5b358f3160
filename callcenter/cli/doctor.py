"""What this installation needs, and whether it has it."""

from __future__ import annotations

import sys

import click
from flask import Flask

from callcenter.context import context, reading
from callcenter.domain.hours import Calendar


@click.command("doctor")
def doctor() -> None:
    """Check what this installation needs; exit status 1 if anything is wrong."""
    from callcenter.adapters import checkup
    from callcenter.domain.times import local_date
    from callcenter.models.base import db
    from callcenter.services import flags, nightly

    app: Flask = click.get_current_context().obj["app"]()
    with app.app_context():
        here = context()
        today = local_date(here.ports.clock.now())
        findings = checkup.examine(db.engine, _calendar, redis_url=here.settings.redis_url, today=today)
        if findings[0].well:
            findings += [checkup.holidays(_calendar(), today), checkup.keys(db.engine, here.ring)]
            with reading() as session:
                now = here.ports.clock.now()
                findings.append(checkup.flags(flags.lost(session, now=now)))
                findings.append(checkup.call_log(nightly.latest(session, nightly.CALL_LOG), today))
    for finding in findings:
        click.echo(f"{'✓' if finding.well else '✗'} {finding.subject}: {finding.sentence}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def _calendar() -> Calendar:
    from callcenter.services import calendar

    with reading() as session:
        return calendar.load(session)
