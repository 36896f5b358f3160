"""Looks every few seconds after mail that waits: its alarms, and the claims of those who are with a caller."""

from __future__ import annotations

from datetime import timedelta

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import chores
from callcenter.services.members.answering import claims, watching

CHORE = "waiting_mail"
EVERY = timedelta(seconds=10)
"""Of several workers one looks."""


def look() -> None:
    """Raise and end alarms about mail, and keep the claims of who is with a caller."""
    with unit_of_work() as session:
        now = context().ports.clock.now()
        leased = chores.take(session, CHORE, now=now, every=EVERY)
        if leased is not None:
            claims.keep_during_calls(session, now=now)
            watching.watch(session, now=now)
            chores.finish(session, leased)
