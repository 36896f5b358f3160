"""Runs a piece of work with a deadline, in a helper thread.

What runs longer is left to end by itself, and its result to nobody. The helpers are daemon threads of our own because
a process waits for a ``ThreadPoolExecutor``'s threads before it ends: a web process whose work hangs on the database
would have to be killed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import BoundedSemaphore, Semaphore, Thread
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 64
"""Helpers of a process. When all of them hang on a database, the next webhook need not wait to find out."""

_jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
_places = BoundedSemaphore(MOST)
_idle = Semaphore(0)
"""One for each helper that waits for a job."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what *work* returns or raise what it raises; ``TimeoutError`` after *seconds*, or if no helper is free."""
    if not _places.acquire(blocking=False):
        raise TimeoutError
    if not _idle.acquire(blocking=False):
        Thread(target=_help, name="webhook", daemon=True).start()
    future: Future[T] = Future()
    _jobs.put((future, work))
    return future.result(seconds)


def _help() -> None:
    while True:
        future, work = _jobs.get()
        try:
            finish = partial(future.set_result, work())
        except BaseException as error:  # noqa: BLE001  # it is raised again where the work was asked for
            finish = partial(future.set_exception, error)
        _idle.release()
        _places.release()
        finish()  # last, so that the next job of whoever waits for it finds this helper free
        del future, work, finish  # nothing of a caller stays behind in a waiting thread
