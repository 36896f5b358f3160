"""Asks a desk odd things, and tells which answers should not have been."""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from werkzeug.test import TestResponse

from callcenter.domain.outage import TroubleCounts
from tests.desk import ORIGIN
from tests.fuzz.asking import Asked, Asker, listen
from tests.fuzz.stage import NOBODY, Stage, routes

BOUND = 3.0
"""Seconds of a processor that an answer may take, however odd the request."""
LOOK_AROUND = 100
"""Requests after which the latest rows are looked up again."""
NEXT_CALL = 400
"""Requests after which somebody calls again."""
PAGES_READ = 3
"""Of each route, to learn fields and addresses from."""
NOT_READY = "health.readyz"
"""Without a worker the desk is not ready, and says so with 503."""
A_FILE = "application/pdf"
ENDLESS = "casefile.events"


@dataclass(frozen=True)
class Fault:
    """An answer that should not have been, and why."""

    what: str
    asked: Asked
    trace: str = ""

    def __str__(self) -> str:
        asked = self.asked
        sent = f"{asked.kind or 'no body'} {asked.body[:600]!r} {dict(asked.headers)}"
        return f"{self.what}: {asked.method} {asked.target[:300]} by {asked.who}, {sent}\n{self.trace}"


@dataclass
class Outcome:
    """What a run came to."""

    classes: Counter[str] = field(default_factory=Counter)
    """Answers by the class of their status."""
    reached: Counter[str] = field(default_factory=Counter)
    """Views by how often they answered with 2xx or 3xx."""
    routes: int = 0
    slowest: tuple[float, str] = (0.0, "")
    """Seconds of a processor, and where."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.classes.total()

    def add(self, other: Outcome) -> None:
        """Take another outcome in."""
        self.classes += other.classes
        self.reached += other.reached
        self.routes = other.routes
        self.slowest = max(self.slowest, other.slowest)
        self.faults += other.faults


class Mistakes(logging.Handler):
    """Keeps what the desk logs as an error: a webhook that failed is answered all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._met: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self._met.append(f"{record.getMessage()}\n{trace}")

    def taken(self) -> str:
        """Return what was logged since this was last asked."""
        met, self._met = self._met, []
        return "\n".join(met)

    @contextmanager
    def listening(self) -> Iterator[None]:
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)


class Loud(TroubleCounts):
    """Trouble that is told every time."""

    def met(self, kind: str, now: datetime) -> int:
        super().met(kind, now)
        return 1


class Run:
    """One desk, asked odd things."""

    def __init__(self, url: str, seed: str) -> None:
        self.stage, self.mistakes, self.found = Stage(url), Mistakes(), Outcome()
        object.__setattr__(self.stage.app.extensions["callcenter"], "troubles", Loud())
        self.asker = Asker(self.stage, listen(self.stage.app), seed)
        self._read = Counter[str]()

    def go(self, requests: int) -> Outcome:
        """Ask as often as told, every route in turn."""
        every = list(routes(self.stage.app))
        self.found.routes = len(every)
        with self.mistakes.listening():
            while self.found.requests < requests:
                self.asker.rng.shuffle(every)
                for rule, method in every[: requests - self.found.requests]:
                    if self.found.requests % LOOK_AROUND == 0:
                        self.stage.look_around()
                    if self.found.requests % NEXT_CALL == NEXT_CALL - 1:
                        self.stage.next_call()
                    self._send(rule.endpoint, self.asker.ask(rule, method))
        self.stage.close()
        return self.found

    def _send(self, endpoint: str, asked: Asked) -> None:
        if asked.who == NOBODY and endpoint.startswith("staff."):
            self.stage.guard(NOBODY, anew=self.asker.rng.random() < 0.1)
        began = time.process_time()
        try:
            answer = self.send(asked)
            unread = endpoint == ENDLESS or answer.mimetype == A_FILE
            page = "" if unread else answer.get_data(as_text=True)
            answer.close()
        except Exception:  # noqa: BLE001  # whatever it is, it left the app
            self.found.classes["none"] += 1
            self.found.faults.append(Fault("no answer", asked, traceback.format_exc()))
            return
        self._look_at(answer, endpoint, asked, time.process_time() - began)
        if answer.status_code == 200 and answer.mimetype == "text/html" and self._read[endpoint] < PAGES_READ:
            self._read[endpoint] += 1
            self.stage.known.read(page, self.stage.app)

    def send(self, asked: Asked) -> TestResponse:
        """Send a request, from a place of its own."""
        where = ".".join(str(self.asker.rng.randrange(1, 255)) for _ in range(3))
        return self.stage.clients[asked.who].open(
            asked.path,
            method=asked.method,
            query_string=asked.query,
            data=asked.body,
            content_type=asked.kind or None,
            headers=list(asked.headers),
            base_url=ORIGIN,
            buffered=False,
            environ_overrides={"RAW_URI": asked.target, "REQUEST_URI": asked.target, "REMOTE_ADDR": f"10.{where}"},
        )

    def _look_at(self, answer: TestResponse, endpoint: str, asked: Asked, seconds: float) -> None:
        found, status, logged = self.found, answer.status_code, self.mistakes.taken()
        found.classes[f"{status // 100}xx"] += 1
        found.slowest = max(found.slowest, (seconds, f"{asked.method} {endpoint}"))
        if seconds > BOUND:
            found.faults.append(Fault(f"{seconds:.1f} s of a processor", asked))
        if (status >= 500 and endpoint != NOT_READY) or logged:
            found.faults.append(Fault(str(status), asked, logged))
        if status < 400:
            found.reached[endpoint] += 1
        self._who_stays(answer, endpoint, asked)

    def _who_stays(self, answer: TestResponse, endpoint: str, asked: Asked) -> None:
        status, where = answer.status_code, answer.headers.get("Location", "")
        if status not in {401, 403} and "/staff/login" not in where:
            self.asker.welcome[endpoint][asked.who] = None
        sent_away = status == 401 or where.startswith(("/staff/login", "/staff/first-password", "/staff/safety"))
        if asked.who != NOBODY and (sent_away or (status == 400 and self.asker.rng.random() < 0.2)):
            self.stage.brings_back(asked.who)
