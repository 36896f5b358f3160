"""The rounds of the line: ring counsellors for who waits, pass due errands on, look after silent calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callcenter.context import context, reading, unit_of_work
from callcenter.domain.alarms import AlarmKind
from callcenter.jobs import relay
from callcenter.jobs.relay import DueErrand
from callcenter.services.calls import dispatching, escalation, long_waits, unattended
from callcenter.services.delivery import alarms, heartbeats, line_silence
from callcenter.services.delivery.outbox import Lane
from callcenter.services.talks import silent_calls, summons

RunErrands = Callable[[Sequence[DueErrand]], object]


def ring_and_run_errands(run: RunErrands = relay.run) -> None:
    """Choose whom to ring for waiting callers, and give what is due to *run*."""
    now, policy = context().ports.clock.now(), context().settings.policy
    with reading() as session:  # most looks find nothing, and then nobody shall wait for them
        more, errands = dispatching.is_dispatch_due(session, now=now, policy=policy), relay.due(session, now=now)
    if more:
        while more:
            with unit_of_work() as session:
                more = len(dispatching.dispatch(session, now=now, policy=policy)) >= dispatching.BATCH
        with reading() as session:
            errands = relay.due(session, now=now)
    if errands:
        run(errands)


def run_slow_errands(run: RunErrands) -> None:
    """Give the due errands that may wait for a mail server to *run*; the worker has a thread of their own for them."""
    with reading() as session:
        errands = relay.due(session, now=context().ports.clock.now(), lane=Lane.SLOW)
    if errands:
        run(errands)


def sweep() -> None:
    """Handle what has been silent for too long, and watch for what supervisors must come to know."""
    now, policy = context().ports.clock.now(), context().settings.policy
    with unit_of_work() as session:
        silent_calls.sweep(session, now=now, policy=policy)
    with unit_of_work() as session:
        unattended.watch(session, now=now, policy=policy)
        escalation.watch(session, now=now, policy=policy)
        long_waits.watch(session, now=now, policy=policy)
        line_silence.watch(session, now=now)
        if heartbeats.state(session, now=now).well:
            alarms.end(session, AlarmKind.WORKER, now=now)
        alarms.remind(session, now=now, policy=policy)
        summoned = summons.open_ones(session)
    for alarm_id in summoned:  # each by itself: it locks a call, and supervisors after it
        with unit_of_work() as session:
            summons.look_after(session, alarm_id, now=now, policy=policy)
