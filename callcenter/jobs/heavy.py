"""Handing heavy jobs and mails to the queue of heavy workers, or doing them here where there is no queue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from callcenter.context import context, reading, unit_of_work
from callcenter.jobs import audit_heads, reindex, relay
from callcenter.jobs.loop import where
from callcenter.jobs.running import LeaseLost, Running, Stopped, nothing
from callcenter.services.delivery import heavy_jobs, outbox
from callcenter.services.delivery.heavy_jobs import LeasedJob, Ticket
from callcenter.services.delivery.outbox import Lane
from callcenter.services.names import nickname_reindex
from callcenter.services.trail import audit_watch

log = logging.getLogger(__name__)

TAKEN_WITHIN = timedelta(seconds=30)
"""A mail that nobody has taken from the queue by then is carried here: they may all be busy with long jobs."""

KINDS: dict[str, Callable[[Running], str]] = {
    audit_watch.CHECK: audit_heads.walk,
    nickname_reindex.KIND: reindex.rebuild,
}
"""Kind → what works it off and returns how it went as a code. A second run must find nothing to do, or do no harm."""


def hand_out(stop: threading.Event) -> None:
    """Put every due job on the queue; without a queue run them here."""
    waiting = _waiting()
    queue = context().ports.heavy if waiting else None
    served = queue is not None and queue.is_served()
    for ticket in waiting:
        if queue is not None and served:
            queue.put(ticket.job_id, ticket.attempts)
        elif not stop.is_set():
            run(ticket.job_id, stop)


def hand_out_mails(stop: threading.Event) -> None:
    """Put every mail to a member that is due on the queue; carry it here where nobody takes it from there."""
    clock = context().ports.clock
    with reading() as session:
        waiting = outbox.due(session, now=clock.now(), lane=Lane.MEMBERS)
    queue = context().ports.heavy if waiting else None
    served = queue is not None and queue.is_served()
    for errand in waiting:
        if queue is not None and served and clock.now() - errand.due_at < TAKEN_WITHIN:
            queue.put_errand(errand.message_id, errand.attempts)
        elif not stop.is_set():
            relay.deliver(errand.message_id)


def run(job_id: str, stop: threading.Event, alive: Callable[[], object] = nothing) -> bool:
    """Run a job; False if it is done, leased, or of an unknown kind."""
    with unit_of_work() as session:
        held = heavy_jobs.take(session, job_id, KINDS, now=context().ports.clock.now())
    if held is None:
        return False
    try:
        result = KINDS[held.kind](Running(held, stop, alive))
    except Stopped:
        with unit_of_work() as session:
            heavy_jobs.put_back(session, held)
    except LeaseLost:
        log.warning("heavy job %s (%s) went to another process, as nothing was heard of it", job_id, held.kind)
    except Exception as failed:  # noqa: BLE001  # whatever it is, the job is tried again or told as failed
        log.error("heavy job %s (%s) failed: %s", job_id, held.kind, where(failed))  # noqa: TRY400  # see where()
        _fail(held)
    else:
        with unit_of_work() as session:
            heavy_jobs.finish(session, held, result, now=context().ports.clock.now())
    return True


def _waiting() -> list[Ticket]:
    now = context().ports.clock.now()
    with reading() as session:  # most looks find nothing
        waiting, lost = heavy_jobs.due(session, now=now), heavy_jobs.is_any_lost(session, now=now)
    if lost:
        with unit_of_work() as session:
            kinds = heavy_jobs.give_up_lost(session, now=now)
        for kind in kinds:
            _tell_failed(kind)
    return waiting


def _fail(held: LeasedJob) -> None:
    with unit_of_work() as session:
        last = heavy_jobs.fail(session, held, now=context().ports.clock.now())
    if last:
        _tell_failed(held.kind)


def _tell_failed(kind: str) -> None:
    log.error("a heavy job (%s) failed %s times and is not tried again; see callcenter doctor", kind, heavy_jobs.TRIES)
