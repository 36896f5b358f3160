"""Compares our rows with the telephone company's lists, at the worker's start and every few minutes.

Webhooks get lost and databases go away; what is true is what the telephone company says afterwards. Lists may be
behind or empty, so that they only say where to look: a running call is touched by what its own leg says. Each is
touched in a transaction of its own, so nobody on the line waits for this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.calls.webhook_urls import WebhookUrls
from callcenter.domain.telephony import LegState, LineBusy, LineGone, LineRefused, LineUnknown, RungLeg
from callcenter.jobs.errands import has_ended
from callcenter.services.delivery import chores, line_silence
from callcenter.services.delivery.chores import LeasedChore
from callcenter.services.talks import reconciliation

log = logging.getLogger(__name__)

AT_START = timedelta(seconds=20)
"""A worker that starts compares at once, unless another one has just begun to."""
EVERY = timedelta(minutes=2)
OVERLAP = timedelta(hours=2)
"""Longer than any call can last that we never took in."""
FIRST = timedelta(days=1)
FURTHEST = timedelta(days=7)
LEGS_LAST = timedelta(hours=4)
"""Longer than the telephone company lets a counsellor's leg live."""


def from_start() -> Callable[[], str]:
    """Return a routine that reconciles at once when the worker has started, and then at the usual pace."""
    every = AT_START

    def compare() -> str:
        nonlocal every
        result = reconcile(every=every)
        every = EVERY
        return result

    return compare


def reconcile(*, every: timedelta = EVERY) -> str:
    """Reconcile if it is due; return how it went, as a code. Database errors are left to the caller."""
    now = context().ports.clock.now()
    with unit_of_work() as session:
        leased = chores.take(session, line_silence.COMPARISON, now=now, every=every)
    if leased is None:
        return "not_wanted"
    with unit_of_work() as session:
        reconciliation.free_stuck_counsellors(session, now=now)
    try:
        _callers(leased, now)
        _counsellors(now)
        _rooms(now)
    except (LineBusy, LineUnknown, LineRefused, LineGone) as away:
        log.warning("rows cannot be compared with the telephone company's list: %s", type(away).__name__)
        with unit_of_work() as session:
            chores.put_back(session, leased)
        return type(away).__name__
    with unit_of_work() as session:
        chores.finish(session, leased)
    return "done"


def _callers(leased: LeasedChore, now: datetime) -> None:
    since = now - FIRST if leased.whole_at is None else max(leased.whole_at - OVERLAP, now - FURTHEST)
    here = context()
    legs = [
        leg
        for number in sorted(here.settings.answered_numbers)
        for leg in here.ports.telephony.callers_of(number, since=since)
    ]
    with reading() as session:
        strangers = reconciliation.unmatched_caller_legs(session, legs, now=now)
    for leg, runs in strangers:
        if runs and not has_ended(leg.sid):
            continue
        try:
            with unit_of_work() as session:
                reconciliation.record_caller_leg_end(session, leg, now=now, policy=here.settings.policy)
        except IntegrityError:
            log.info("call %s was written down by somebody else meanwhile", leg.sid)
    if strangers:
        log.info("calls that ended without our knowing: %d", len(strangers))


def _counsellors(now: datetime) -> None:
    legs = context().ports.telephony.rung_legs(since=now - LEGS_LAST)
    with reading() as session:
        doubtful = reconciliation.unmatched_offer_legs(session, legs, now=now)
    for leg, offer_id in doubtful:
        if offer_id is None:
            _hang_up_unknown(leg)
            continue
        if leg.state.over and not has_ended(leg.sid):
            continue
        with unit_of_work() as session:
            if leg.state.over:
                reconciliation.record_counsellor_leg_end(session, offer_id, at=leg.ended_at or now, now=now)
            else:
                reconciliation.end_unwanted_leg(session, offer_id, now=now)


def _hang_up_unknown(leg: RungLeg) -> None:
    """End a leg that was rung for us and that no offer knows, as a worker died over it."""
    if leg.state.over:
        return
    with reading() as session:
        ours = reconciliation.is_staff_telephone(session, leg)
    if ours:
        log.warning("leg %s lives and no offer knows it; it is hung up", leg.sid)
        _unless_gone(lambda: context().ports.telephony.hang_up(leg.sid, answered=leg.state is LegState.ANSWERED))


def _rooms(now: datetime) -> None:
    """Lead callers back to the queue who wait here but sit in a room there."""
    here = context()
    with reading() as session:
        silent = [call.caller_sid for call in reconciliation.silent_waiting_calls(session, now=now)]
    running = here.ports.telephony.rooms() if silent else []
    for caller_sid in silent:
        if any(here.ports.telephony.in_room(room_sid, caller_sid) for room_sid in running):
            _lead_back(caller_sid)


def _lead_back(caller_sid: str) -> None:
    """Make the caller's leg come in anew, unless the call has been heard of since."""
    here = context()
    with reading() as session:
        silent = reconciliation.silent_waiting_calls(session, now=here.ports.clock.now())
        still = caller_sid in {call.caller_sid for call in silent}
    if still:
        back = WebhookUrls(here.settings.public_base_url).voice("incoming")
        _unless_gone(lambda: here.ports.telephony.redirect(caller_sid, back))


def _unless_gone(act: Callable[[], None]) -> None:
    try:
        act()
    except LineGone:
        log.info("the leg had ended by itself")
