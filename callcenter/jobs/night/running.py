"""Running a nightly job once: lease it, run it, store how it ended."""

from __future__ import annotations

from collections.abc import Callable

from callcenter.context import context, unit_of_work
from callcenter.services.delivery import nightly
from callcenter.services.delivery.nightly import LeasedNight


def run_tonight(job: str, work_off: Callable[[LeasedNight], str | None]) -> None:
    """Run tonight's job if nobody has; *work_off* returns how it ended, or None to go on later."""
    with unit_of_work() as session:
        leased = nightly.take(session, job, now=context().ports.clock.now())
    result = None if leased is None else work_off(leased)
    if leased is not None and result is not None:
        with unit_of_work() as session:
            nightly.finish(session, leased, result, now=context().ports.clock.now())
