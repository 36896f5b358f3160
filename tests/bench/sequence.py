"""One call from dialling to its last callback, and what each of its webhooks costs.

The line plays the call with its own signatures, parameters and order. The same bytes of every webhook go to the
desk and to the reference applications in turn, so that whatever else the machine does hits all of them alike.
The worker and the line itself run between the webhooks and are not counted.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.base import db
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from tests.bench import references
from tests.desk import ORIGIN, Counsellor, Desk
from tests.line import ACCOUNT

Wsgi = Callable[..., Iterable[bytes]]
DESK, BARE, STORING = "desk", "R0", "R1"


@dataclass(frozen=True)
class Webhook:
    """One webhook: how the desk answered it, in how many statements, and the seconds that each application took.

    *work* are the processor's seconds alone, which other processes and the disk disturb less.
    """

    place: str
    status: int
    statements: int
    seconds: Mapping[str, float]
    work: Mapping[str, float]


@dataclass
class Trial:
    """Stands before the desk and hands every webhook to the *others* as well."""

    others: Mapping[str, Wsgi]
    taken: list[Webhook] = field(default_factory=list)
    statements: int = 0

    def before(self, desk: Wsgi) -> Wsgi:
        """Return *desk* with the trial before it."""
        apps = {DESK: desk, **self.others}

        def answer(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] != "POST":
                return desk(environ, start)
            body = environ["wsgi.input"].read()
            names = list(apps)
            first = len(self.taken) % len(names)
            seconds, work, answers = dict[str, float](), dict[str, float](), dict[str, Answer]()
            self.statements = 0
            for name in names[first:] + names[:first]:
                answers[name] = one = Answer(apps[name], environ, body)
                seconds[name], work[name] = one.seconds, one.work
            for name in self.others:
                if answers[name].code != 200:
                    raise RuntimeError(f"{name} answered {answers[name].status}")
            kept = answers[DESK]
            self.taken.append(Webhook(place(environ["PATH_INFO"]), kept.code, self.statements, seconds, work))
            start(kept.status, kept.headers)
            return kept.chunks

        return answer

    def count(self, *_statement: object) -> None:
        """Count one statement of the desk."""
        self.statements += 1


class Answer:
    """What an application answers to one webhook, and the seconds until its last byte."""

    def __init__(self, app: Wsgi, environ: Mapping[str, Any], body: bytes) -> None:
        self.status, self.headers = "", list[tuple[str, str]]()
        given = dict(environ) | {"wsgi.input": io.BytesIO(body)}
        began, worked = time.perf_counter(), time.process_time()
        answered = app(given, self._start)
        self.chunks = list(answered)
        close = getattr(answered, "close", None)
        if close is not None:
            close()
        self.seconds, self.work = time.perf_counter() - began, time.process_time() - worked

    @property
    def code(self) -> int:
        return int(self.status.partition(" ")[0])

    def _start(self, status: str, headers: list[tuple[str, str]], _trouble: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return io.BytesIO().write


class TriedDesk(Desk):
    """The desk on *database_url* with the reference applications beside it, and one counsellor at a telephone."""

    def __init__(self, database_url: str) -> None:
        references.prepare(database_url)
        known = (ORIGIN, ACCOUNT.auth_token)
        self.storing = references.storing(database_url, *known)
        self.trial = Trial({BARE: references.bare(*known).wsgi_app, STORING: self.storing.wsgi_app})
        super().__init__(database_url, reused=False)
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self.trial.count)
        self.one: Counsellor = self.counsellor()

    def _build(self) -> Flask:
        app = super()._build()
        app.wsgi_app = self.trial.before(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to stand before it
        return app

    def close(self) -> None:
        super().close()
        with self.storing.app_context():
            db.engine.dispose()

    def play(self) -> list[Webhook]:
        """Play one call: greeting, a key, a while of waiting, a talk, the caller's end; return its webhooks."""
        self.trial.taken.clear()
        self._let_nobody_be_free()
        phone = self.line.dial("+819011112222")
        self.line.advance(2)
        phone.presses("2")
        self.line.advance(18)
        self.one.is_ready_again()
        self.line.advance(3)
        self.one.takes_the_call()
        self.line.advance(20)
        phone.hangs_up()
        self.line.advance(6)
        return list(self.trial.taken)

    def _let_nobody_be_free(self) -> None:
        with self.work() as session:
            staff = session.get_one(Staff, self.one.staff_id)
            presence.become_unavailable(session, staff, Work.AWAY, reason=AwayReason.BREAK, now=self.clock.now())


def place(path: str) -> str:
    """Name a webhook without the ids in its path."""
    return "/".join("…" if len(part) == 32 else part for part in path.removeprefix("/ivr/").split("/"))
