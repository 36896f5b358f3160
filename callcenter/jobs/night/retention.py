"""Every night what is past its retention period is destroyed, batch by batch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.calendar.times import local_date
from callcenter.jobs.night.running import run_tonight
from callcenter.models.base import db
from callcenter.models.engines import forget_overwritten
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import LeasedNight
from callcenter.services.keeping import retention
from callcenter.services.keeping.retention import Due
from callcenter.services.trail.audit import SYSTEM

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Real seconds between two batches, so that a call's own writes always have room."""

Pause = Callable[[float], bool]
"""Waits so many seconds; True if the process shall stop."""


def destroy_due(pause: Pause) -> None:
    """Run tonight's destruction if nobody has; what is held is checked again the next night."""
    run_tonight(nightly.RETENTION, lambda leased: _work_off(leased, pause))


def _work_off(leased: LeasedNight, pause: Pause) -> str | None:
    """Destroy batch by batch; None if the process stops, the night is over or the lease was lost."""
    gone = 0
    while batch := _next_batch():
        with unit_of_work() as session:
            now, periods = context().ports.clock.now(), context().settings.policy.periods
            if not nightly.advance(session, leased, removed=0, kept=0, now=now):
                return None
            shredded = retention.purge(session, batch, periods=periods, by=SYSTEM, now=now)
            nightly.advance(session, leased, removed=len(shredded), kept=0, now=now)
        gone += len(shredded)
        if not shredded or nightly.night_of(now) != leased.night or pause(PAUSE):
            return None
    if gone:
        forget_overwritten(db.engine)
        log.info("%s cases and records were kept no longer and are destroyed", gone)
    return "done"


def _next_batch() -> list[Due]:
    """Return the next cases and records that are due and not held."""
    now, periods = context().ports.clock.now(), context().settings.policy.periods
    with reading() as session:
        found = (one for one in retention.due(session, on=local_date(now), periods=periods) if one.held is None)
        return list(islice(found, retention.AT_ONCE))
