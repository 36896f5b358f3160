"""Looks every minute whether somebody reads or searches in bulk."""

from __future__ import annotations

from datetime import timedelta

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import chores
from callcenter.services.trail import bulk_reading

CHORE = "bulk_reading"
EVERY = timedelta(seconds=50)
"""Of several workers one looks."""


def look() -> None:
    """Count what was opened and searched lately, and raise or end the alarms."""
    here = context()
    with unit_of_work() as session:
        now = here.ports.clock.now()
        leased = chores.take(session, CHORE, now=now, every=EVERY)
        if leased is not None:
            bulk_reading.watch(session, now=now, policy=here.settings.policy)
            chores.finish(session, leased)
