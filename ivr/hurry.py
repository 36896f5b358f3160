"""Runs a piece of work with a deadline, in a helper thread that stays for the next one.

What runs longer is left to end by itself, and its result to nobody. The standard executor would do
the same, but wakes threads through condition variables: half a millisecond of each webhook.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

MOST = 64
"""Helpers of a process. When all of them hang on a database, the next webhook need not wait to find out."""


class Task:
    """One piece of work, and what came of it."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def run(self) -> None:
        try:
            self.result = self.work()
        except BaseException as error:  # noqa: BLE001  # it is raised again where the work was asked for
            self.error = error


class Helper(threading.Thread):
    """A thread that waits for its next task."""

    def __init__(self) -> None:
        super().__init__(name="webhook", daemon=True)
        self.task: Task | None = None
        self.wake = threading.Lock()
        self.wake.acquire()

    def run(self) -> None:
        while True:
            self.wake.acquire()
            task = self.task
            assert task is not None  # whoever wakes a helper has given it a task
            task.run()
            _idle.append(self)  # before the asker goes on, so that its next task finds this helper
            task.done.release()


_idle: deque[Helper] = deque()
_made = threading.Semaphore(MOST)


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Return what *work* returns or raise what it raises; ``TimeoutError`` after *seconds*."""
    task = Task(work)
    helper = _free_helper()
    helper.task = task
    helper.wake.release()
    if not task.done.acquire(timeout=seconds):
        raise TimeoutError
    if task.error is not None:
        raise task.error
    return task.result


def _free_helper() -> Helper:
    try:
        return _idle.popleft()
    except IndexError:
        if not _made.acquire(blocking=False):
            raise TimeoutError from None
        helper = Helper()
        helper.start()
        return helper
