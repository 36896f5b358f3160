"""A process that dies between any two of its steps, as if somebody had pulled the plug."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy.orm import Session

from callcenter import context

JOBS = "callcenter.jobs."


class Killed(BaseException):
    """Nothing of ours may catch it: whoever is killed runs no handler."""


class Mortal:
    """Counts a worker's steps and ends it at the one it was told to.

    A step lies before and after each transaction and each request to the telephone company, so that a death falls
    between commit and request, between request and commit, or into the middle of a round of errands.
    """

    def __init__(self) -> None:
        self.deaths = 0
        self._left: int | None = None
        self._haunted = list[ModuleType]()

    def dies_after(self, steps: int) -> None:
        """Let the worker die at its step number *steps* from now on."""
        self._left = steps

    def lives(self) -> None:
        self._left = None

    def step(self) -> None:
        """Count a step; raise ``Killed`` if it is the last."""
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            self.deaths += 1
            raise Killed

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """The worker's transaction, with a step before it, before its commit and after it."""
        self.step()
        with context.unit_of_work() as session:
            yield session
            self.step()
        self.step()

    def haunts_the_jobs(self) -> None:
        """Let every module of jobs use transactions in which its process can die."""
        for name, module in sys.modules.items():
            if name.startswith(JOBS) and getattr(module, "unit_of_work", None) is context.unit_of_work:
                self._haunted.append(module)
                module.unit_of_work = self.unit_of_work  # type: ignore[attr-defined]  # it was found there

    def leaves_the_jobs(self) -> None:
        while self._haunted:
            self._haunted.pop().unit_of_work = context.unit_of_work  # type: ignore[attr-defined]  # as above


class MortalLine:
    """The telephone company's port, with a step before and after each request."""

    def __init__(self, line: Any, mortal: Mortal) -> None:
        self._line, self._mortal = line, mortal

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._line, name)

        def ask(*args: Any, **kwargs: Any) -> Any:
            self._mortal.step()
            answer = asked(*args, **kwargs)
            self._mortal.step()
            return answer

        return ask
