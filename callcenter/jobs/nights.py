"""A job of the night, done once: its turn is taken, worked off and ended."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import LeasedNight


def run_tonight(job: str, work_off: Callable[[LeasedNight], str | None]) -> None:
    """Do tonight's turn if nobody has; *work_off* returns how it ended, or None to be taken up again later."""
    with unit_of_work() as session:
        leased = nightly.take(session, job, now=context().ports.clock.now())
    result = None if leased is None else work_off(leased)
    if leased is not None and result is not None:
        with unit_of_work() as session:
            nightly.finish(session, leased, result, now=context().ports.clock.now())
