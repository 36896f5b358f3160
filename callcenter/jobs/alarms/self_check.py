"""The self-check ten minutes before each opening: what of ``doctor`` the line can ask by itself."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from callcenter.adapters import checkup
from callcenter.context import context, reading, unit_of_work
from callcenter.domain.alarms import Fault
from callcenter.domain.calendar.times import local_date
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineUnknown
from callcenter.models.base import db
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import chores, self_checks

log = logging.getLogger(__name__)

CHORE = "self_check"
EVERY = timedelta(minutes=1)
"""Of several workers one looks."""


def run() -> str:
    """Look, if an opening is near, and store what is wrong; return how it went, as a code."""
    now = context().ports.clock.now()
    with reading() as session:
        opens_at = self_checks.due(session, opening_hours.state(session, now).next_open, now=now)
    if opens_at is None:
        return "not_wanted"
    with unit_of_work() as session:
        leased = chores.take(session, CHORE, now=now, every=EVERY)
    if leased is None:
        return "not_wanted"
    found = _faults(now)
    if found:
        log.warning("before the opening something is wrong: %s; see callcenter doctor", ", ".join(found))
    with unit_of_work() as session:
        self_checks.store(session, opens_at, found, now=context().ports.clock.now())
        chores.finish(session, leased)
    return "wrong" if found else "done"


def _faults(now: datetime) -> list[Fault]:
    """Return what is wrong; no transaction is open while the world is asked."""
    here = context()
    with reading() as session:
        calendar = opening_hours.load(session)
    wrong = {
        Fault.DATABASE: not checkup.database(db.engine).well,
        Fault.CALENDAR: not checkup.days(calendar, local_date(now)).well,
        Fault.KEYS: not checkup.keys(db.engine, here.ring).well,
        Fault.REDIS: not checkup.redis(here.settings.redis_url).well,
    }
    return [fault for fault, is_so in wrong.items() if is_so] + _at_the_telephone_company()


def _at_the_telephone_company() -> list[Fault]:
    setup = context().ports.setup
    if setup is None:
        return []
    try:
        return [Fault.SET_UP] if any(one.wrong for one in setup.look()) else []
    except (LineBusy, LineUnknown, LineGone, LineRefused):
        return [Fault.NO_ANSWER]
