"""Work that nobody waits for longer than they want, however slowly the other side drips."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begun(work: Callable[[], T]) -> Future[T]:
    """Return what *work* will return; it runs in a thread of its own, which holds up no end of the process."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # it is raised again where the work was asked for
            future.set_exception(error)

    Thread(target=run, name="outside", daemon=True).start()
    return future
