"""Every night members go who sent no consultation for two years; those whose turn comes in a month are told."""

from __future__ import annotations

import logging
from itertools import islice

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.calendar.times import local_date
from callcenter.jobs.night.retention import PAUSE, Pause
from callcenter.jobs.night.running import run_tonight
from callcenter.models.base import db
from callcenter.models.engines import forget_overwritten
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import LeasedNight
from callcenter.services.keeping import inactivity
from callcenter.services.keeping.inactivity import Due
from callcenter.services.trail.audit import SYSTEM

log = logging.getLogger(__name__)


def delete_due(pause: Pause) -> None:
    """Run tonight's deletion if nobody has; who is held is looked at again the next night."""
    run_tonight(nightly.MEMBERS, lambda leased: _work_off(leased, pause))


def _work_off(leased: LeasedNight, pause: Pause) -> str | None:
    """Delete, then tell, batch by batch; None if the process stops, the night is over or the lease was lost."""
    gone = 0
    while batch := _next_due():
        with unit_of_work() as session:
            now = context().ports.clock.now()
            if not nightly.advance(session, leased, removed=0, kept=0, now=now):
                return None
            deleted = inactivity.purge(session, batch, by=SYSTEM, now=now)
            nightly.advance(session, leased, removed=len(deleted), kept=0, now=now)
        gone += len(deleted)
        if not deleted or nightly.night_of(now) != leased.night or pause(PAUSE):
            return None
    if gone:
        forget_overwritten(db.engine)
        log.info("%s members wrote nothing for two years and are deleted", gone)
    return "done" if _tell(leased, pause) else None


def _tell(leased: LeasedNight, pause: Pause) -> bool:
    """Tell those who will be due, where the operator wants that; False to go on later."""
    while batch := _next_unwarned() if context().settings.policy.warn_members else []:
        with unit_of_work() as session:
            now = context().ports.clock.now()
            if not nightly.advance(session, leased, removed=0, kept=0, now=now):
                return False
            told = inactivity.warn(session, batch, by=SYSTEM, now=now)
        if not told or nightly.night_of(now) != leased.night or pause(PAUSE):
            return False
    return True


def _next_due() -> list[Due]:
    with reading() as session:
        found = inactivity.due(session, on=local_date(context().ports.clock.now()))
        return list(islice((one for one in found if one.held is None), inactivity.AT_ONCE))


def _next_unwarned() -> list[Due]:
    with reading() as session:
        found = inactivity.unwarned(session, today=local_date(context().ports.clock.now()))
        return list(islice(found, inactivity.AT_ONCE))
