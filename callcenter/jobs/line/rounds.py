"""The rounds of the line: ring counsellors for who waits, pass due errands on, look after silent calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callcenter.context import context, reading, unit_of_work
from callcenter.jobs import relay
from callcenter.jobs.relay import DueErrand
from callcenter.services.calls import dispatching, escalation, unattended
from callcenter.services.talks import silent_calls

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


def sweep() -> None:
    """Handle what has been silent for too long, and watch whether anybody comes to those who wait."""
    now, policy = context().ports.clock.now(), context().settings.policy
    with unit_of_work() as session:
        silent_calls.sweep(session, now=now, policy=policy)
        unattended.watch(session, now=now, policy=policy)
        escalation.watch(session, now=now, policy=policy)
