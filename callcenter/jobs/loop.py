"""The worker's loop: named routines, each run when due; the failure of one stops no other."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

REST = 1.0
"""Real seconds that a routine which failed rests at least."""


@dataclass(frozen=True)
class Routine:
    """A routine: run every so many real seconds, or when the bell rings."""

    name: str
    run: Callable[[], object] = field(repr=False)
    every: float | None = None
    """Real seconds from the end of one run to the beginning of the next; None if only the bell asks for it."""
    once: bool = False
    """Only until it succeeded once."""


Turned = Callable[[Routine, bool], object]
"""Called after each run of a routine, with whether it succeeded."""


def nobody_looks(_routine: Routine, _well: bool) -> None:
    """Do nothing, where nobody needs to hear that the lane goes on."""


def keep_running(
    app: Flask,
    routines: Sequence[Routine],
    stop: threading.Event,
    bell: threading.Event | None = None,
    turned: Turned = nobody_looks,
) -> None:
    """Run the *routines* as they fall due until *stop* is set; who sets it rings the *bell* too."""
    due = {routine.name: 0.0 for routine in routines if routine.every is not None}
    rung = False
    while not stop.is_set():
        for routine in _due_now(routines, due, rung):
            if stop.is_set():
                return
            well = attempt(app, routine)
            turned(routine, well)
            due.pop(routine.name, None)
            if routine.every is not None and not (well and routine.once):
                due[routine.name] = time.monotonic() + (routine.every if well else max(routine.every, REST))
        pause = max(0.0, min(due.values()) - time.monotonic()) if due else None
        rung = (bell or stop).wait(pause)
        if bell is not None:
            bell.clear()


def _due_now(routines: Sequence[Routine], due: dict[str, float], rung: bool) -> Iterator[Routine]:
    for routine in routines:
        if rung if routine.every is None else due.get(routine.name, float("inf")) <= time.monotonic():
            yield routine


def attempt(app: Flask, routine: Routine) -> bool:
    """Run a routine once; False if it failed, which is logged by its name and without content."""
    try:
        with app.app_context():
            routine.run()
    except SQLAlchemyError as away:
        log.warning("%s waits: the database does not answer (%s)", routine.name, type(away).__name__)
    except Exception as failed:  # noqa: BLE001  # nobody else does what comes after this one
        log.error("%s failed and is tried again: %s", routine.name, where(failed))  # noqa: TRY400  # see where()
    else:
        return True
    return False


def where(failed: BaseException) -> str:
    """Return an error's kind and its lines of code, without its message, which may hold content."""
    return f"{type(failed).__name__}\n{''.join(traceback.format_tb(failed.__traceback__))}".rstrip()
