"""The self-check ten minutes before each opening: what of ``doctor`` the line can ask by itself."""

from __future__ import annotations

import logging
from concurrent.futures import wait
from datetime import datetime, timedelta
from functools import partial

from callcenter.adapters import checkup, outside_checks
from callcenter.adapters.in_time import begun
from callcenter.context import context, reading, unit_of_work
from callcenter.domain.alarms import Fault
from callcenter.domain.calendar.times import local_date
from callcenter.domain.ports import Clock, Ports
from callcenter.domain.telephony import LineBusy, LineGone, LineRefused, LineSetup, LineUnknown
from callcenter.models.base import db
from callcenter.services.announcements import speakable
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import chores, self_checks
from callcenter.settings import Settings

log = logging.getLogger(__name__)

CHORE = "self_check"
EVERY = timedelta(minutes=1)
"""Of several workers one looks."""
PATIENCE = 45.0
"""Seconds for whoever is asked outside; one that takes longer gave no answer."""


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
        unsaid = [] if here.ports.line_words is None else speakable.faulty(session, here.ports.line_words)
    wrong = {
        Fault.DATABASE: not checkup.database(db.engine).well,
        Fault.CALENDAR: not checkup.days(calendar, local_date(now)).well,
        Fault.KEYS: not checkup.keys(db.engine, here.ring).well,
        Fault.REDIS: not checkup.redis(here.settings.redis_url).well,
        Fault.PHRASES: not checkup.phrases(unsaid).well,
    }
    return [fault for fault, is_so in wrong.items() if is_so] + _found_outside(here.ports, here.settings)


def _found_outside(ports: Ports, here: Settings) -> list[Fault]:
    """Ask everybody outside at once; whoever hangs keeps nobody else's fault from being told."""
    asked = [(begun(partial(_at_our_address, ports, here.public_base_url)), Fault.CERTIFICATE)]
    if ports.setup is not None:
        asked.append((begun(partial(_at_the_telephone_company, ports.setup, ports.clock)), Fault.NO_ANSWER))
    answered, _ = wait([look for look, _ in asked], PATIENCE)
    return [one for look, hung in asked for one in (look.result() if look in answered else [hung])]


def _at_our_address(ports: Ports, origin: str) -> list[Fault]:
    if ports.outside is None or outside_checks.certificate(ports.outside, origin, ports.clock.now()).well:
        return []
    return [Fault.CERTIFICATE]


def _at_the_telephone_company(setup: LineSetup, clock: Clock) -> list[Fault]:
    try:
        wrong = any(one.wrong for one in setup.look())
        before = clock.now()
        agreed = outside_checks.clock(setup.time(), before, clock.now()).well
    except (LineBusy, LineUnknown, LineGone, LineRefused):
        return [Fault.NO_ANSWER]
    return [Fault.SET_UP] * wrong + [Fault.CLOCK] * (not agreed)
