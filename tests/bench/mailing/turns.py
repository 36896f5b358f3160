"""Answers that are timed in turn, so that whatever else the machine does hits all alike."""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import ORIGIN, Site

Done = TypeVar("Done")

EMPTY, EMPTY_PAGE = "an empty page", "/mail/my/leave"
WARM_UP = 5
"""Rounds that are not counted."""


class Turns:
    """The milliseconds of each kind of answer, and how many were not the good one."""

    def __init__(self) -> None:
        self.taken, self.bad = defaultdict[str, list[float]](list), 0

    def time(self, what: str, act: Callable[[], Done]) -> Done:
        """Time one act and return what comes of it."""
        began = time.perf_counter()
        done = act()
        self.taken[what].append((time.perf_counter() - began) * 1000)
        return done

    def ask(self, what: str, ask: Callable[[], TestResponse], *, status: int = 200) -> TestResponse:
        """Time one answer, which should be of that *status*, and return it."""
        answer = self.time(what, ask)
        self.bad += answer.status_code != status
        return answer

    def median(self, what: str) -> float:
        return statistics.median(self.taken[what])

    def quantile(self, what: str, percent: int) -> float:
        return statistics.quantiles(self.taken[what], n=100, method="inclusive")[percent - 1]


class Reader:
    """One browser at an address of its own, so that nobody is kept out for having come so often."""

    def __init__(self, site: Site, number: int) -> None:
        self.client: FlaskClient = site.app.test_client()
        self.come_from(number)

    def come_from(self, number: int) -> None:
        """Have the address of that number from now on."""
        self._from = {"REMOTE_ADDR": f"10.{number // 62500 % 250}.{number // 250 % 250}.{number % 250}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=ORIGIN, environ_overrides=self._from)

    def post(self, path: str, fields: dict[str, str]) -> TestResponse:
        return self.client.post(path, data=fields, base_url=ORIGIN, environ_overrides=self._from)


def value(page: str, name: str) -> str:
    """Return the value of the hidden field called *name*."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"the page has no field {name}"
    return found[1]
