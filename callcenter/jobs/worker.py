"""The worker: runs its routines by the clock, and at once when the bell rings."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask

from callcenter.adapters import doorbell
from callcenter.context import context, unit_of_work
from callcenter.jobs import audit_heads, fallback, heavy, reconcile, reindex, relay
from callcenter.jobs.alarms import bulk_reading, self_check, waiting_mail
from callcenter.jobs.line.errand_pool import ErrandPool
from callcenter.jobs.line.pulse import Pulse
from callcenter.jobs.line.rounds import ring_and_run_errands, sweep
from callcenter.jobs.loop import Routine, keep_running
from callcenter.jobs.night import call_log, members, retention
from callcenter.models.base import db
from callcenter.models.engines import end_idle_transactions, forget_overwritten
from callcenter.services.delivery import alarms, heartbeats, self_checks
from callcenter.services.delivery.heartbeats import LINE
from callcenter.services.delivery.outbox import Lane
from callcenter.services.members import deleting
from callcenter.services.names import nickname_index
from callcenter.services.talks import silent_calls

log = logging.getLogger(__name__)

LOOK = 0.25
"""Real seconds between two looks at the outbox and the queue."""
SWEEP = 3.0
FORGET = 600.0
KEEP_FALLBACK = 60.0
MAIL_LOOK = 15.0
NIGHT_LOOK = 60.0
"""Real seconds between two looks whether it is night, or somebody reads in bulk."""
RECONCILE = 30.0
"""Real seconds between two looks whether it is time to compare with the telephone company's list."""
OPENING_LOOK = 20.0
"""Real seconds between two looks whether the opening is near."""
TRAIL_LOOK = 5.0
HEAVY_LOOK = 5.0
MAIL_LOOK = 2.0
BELL = "bell"
"""The one thread that waits for the bell."""
HEAVY = "heavy"
"""The thread in which heavy jobs are done where no process takes them from the queue."""
PULSE = "pulse"
LEAVE_WITHIN = {PULSE: 2.0, LINE: 6.0, HEAVY: 3.0}
"""Seconds for threads to come to an end when the worker stops: heartbeats taken back, the line's own work, and to give
a heavy job back."""
ERRANDS_END_WITHIN = 10.0
"""Seconds for the errands under way, which may wait for the telephone company."""


def forget() -> None:
    """Delete what is kept for a while only."""
    with unit_of_work() as session:
        nickname_index.complete(session)  # names that an older version added while it was being replaced
        silent_calls.forget(session, now=context().ports.clock.now(), policy=context().settings.policy)
        heartbeats.forget(session, now=context().ports.clock.now())
        alarms.forget(session, now=context().ports.clock.now())
        self_checks.forget(session, now=context().ports.clock.now())
        forgotten = deleting.forget_farewells(session, now=context().ports.clock.now())
    if forgotten:
        forget_overwritten(db.engine)


def lanes(stop: threading.Event, look: Callable[[], object] | None = None) -> Mapping[str, tuple[Routine, ...]]:
    """Return the worker's routines by thread, so that long work never delays a ring.

    Unless *look* has others run the errands, the thread that chooses whom to ring runs them itself.
    """
    look = look or ring_and_run_errands
    return {
        LINE: (
            Routine("looking who waits", look, LOOK),
            Routine("looking after silent calls", sweep, SWEEP),
            Routine("forgetting", forget, FORGET),
            Routine("keeping the fallback file", fallback.keep_fallback, KEEP_FALLBACK),
        ),
        BELL: (Routine("looking who waits, as the bell rang", look),),
        "reconciler": (Routine("comparing with the telephone company's list", reconcile.from_start(), RECONCILE),),
        "mail": (Routine("watching the mail that waits", waiting_mail.look, MAIL_LOOK),),
        "opening": (Routine("checking before the opening", self_check.run, OPENING_LOOK),),
        "night": (
            Routine("destroying what is kept no longer", partial(retention.destroy_due, stop.wait), NIGHT_LOOK),
            Routine("deleting members of long ago", partial(members.delete_due, stop.wait), NIGHT_LOOK),
            Routine("deleting old calls at Twilio", partial(call_log.forget_old_calls, stop.wait), NIGHT_LOOK),
        ),
        "trail": (
            Routine("noting the operator's settings", audit_heads.note_policy, TRAIL_LOOK, once=True),
            Routine("planning for the trail", audit_heads.plan, NIGHT_LOOK),
            Routine("watching for reading in bulk", bulk_reading.look, NIGHT_LOOK),
            Routine("carrying the slow errands", partial(relay.drain, Lane.SLOW), TRAIL_LOOK),
        ),
        "members": (Routine("handing out mails to members", partial(heavy.hand_out_mails, stop), MAIL_LOOK),),
        HEAVY: (
            Routine("looking for names indexed by older rules", reindex.plan, FORGET),
            Routine("handing out heavy jobs", partial(heavy.hand_out, stop), HEAVY_LOOK),
        ),
    }


def work(app: Flask, *, redis_url: str | None) -> None:
    """Run until a signal."""
    stop, bell = threading.Event(), threading.Event()

    def end(*_signal: object) -> None:
        stop.set()
        bell.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with app.app_context():
        end_idle_transactions(db.engine)
    errands = ErrandPool(app)
    pulse = Pulse(app, errands.moves)
    threads = {
        name: threading.Thread(target=keep_running, args=(app, routines, stop, rung, turned), name=name, daemon=True)
        for name, routines in lanes(stop, partial(ring_and_run_errands, errands.put)).items()
        for rung, turned in ((bell if name == BELL else None, pulse.of(name, routines)),)
    }
    threads[PULSE] = threading.Thread(target=pulse.beat_until, args=(stop,), name=PULSE, daemon=True)
    if redis_url is not None:
        listening = (redis_url, stop, bell.set)
        threads["listener"] = threading.Thread(target=doorbell.listen, args=listening, name="listener", daemon=True)
    for thread in threads.values():
        thread.start()
    stop.wait()
    for name, seconds in LEAVE_WITHIN.items():
        threads[name].join(timeout=seconds)
    errands.stop(ERRANDS_END_WITHIN)
