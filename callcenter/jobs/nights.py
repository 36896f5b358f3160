"""A job of the night, done once: its turn is taken, worked off and ended."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import Turn


def tonight(job: str, work_off: Callable[[Turn], str | None]) -> None:
    """Do tonight's turn if nobody has; *work_off* returns how it ended, or None to be taken up again later."""
    with unit_of_work() as session:
        turn = nightly.take(session, job, now=context().ports.clock.now())
    result = None if turn is None else work_off(turn)
    if turn is not None and result is not None:
        with unit_of_work() as session:
            nightly.finish(session, turn, result, now=context().ports.clock.now())
