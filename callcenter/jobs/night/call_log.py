"""Every night old calls are deleted at the telephone company, whose log holds callers' numbers.

The numbers themselves never come here: legs are listed and deleted by their SID. Whatever stops it, the next look
goes on from what the telephone company still lists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from callcenter.context import context, unit_of_work
from callcenter.domain.telephony import LineBusy, LineGone, LineInUse, LineRefused, LineShut, LineUnknown
from callcenter.jobs.night.running import run_tonight
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import LeasedNight

log = logging.getLogger(__name__)

AT_ONCE = 50
PAUSE = 0.25
"""Real seconds between two deletions, so that the line's own requests always have room at the telephone company."""

Pause = Callable[[float], bool]
"""Waits so many seconds; True if the process shall stop."""


def forget_old_calls(pause: Pause) -> None:
    """Run tonight's deletion if nobody has; what is not taken now is tried again later tonight."""
    run_tonight(nightly.CALL_LOG, lambda leased: _try(leased, pause))


def _try(leased: LeasedNight, pause: Pause) -> str | None:
    try:
        return _work_off(leased, pause)
    except (LineShut, LineRefused) as refused:
        log.warning("the telephone company does not let old calls be deleted: %s", refused)
        return "refused"
    except (LineBusy, LineUnknown) as not_now:
        log.info("deleting old calls rests: %s", not_now)
        return None


def _work_off(leased: LeasedNight, pause: Pause) -> str | None:
    """Delete page by page; None if the process stops, the night is over or the lease was lost."""
    telephony, days = context().ports.telephony, context().settings.policy.line_log_days
    before = leased.night - timedelta(days=max(1, days))
    tried: set[str] = set()
    while True:
        # What was tried may still be listed: it has not ended, or the telephone company takes a while to forget.
        listed = telephony.ended_legs(before, limit=AT_ONCE + len(tried))
        fresh = [sid for sid in listed if sid not in tried]
        if not fresh:
            return "done"
        for sid in fresh:
            tried.add(sid)
            removed = _forget(sid)
            with unit_of_work() as session:
                now = context().ports.clock.now()
                mine = nightly.advance(session, leased, removed=int(removed), kept=int(not removed), now=now)
            if not mine or nightly.night_of(now) != leased.night or pause(PAUSE):
                return None


def _forget(sid: str) -> bool:
    try:
        context().ports.telephony.forget_leg(sid)
    except LineGone:
        return True  # somebody was quicker; gone is gone
    except LineInUse:
        return False
    return True
