"""The desk as it runs in earnest, with callers who come at a steady pace from another process."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.staff.roles import Contact, Role
from callcenter.embedded import EmbeddedRedis
from callcenter.launcher import WEB_PROCESSES, WEB_THREADS
from callcenter.loopback import HOST, answers, free_port
from callcenter.models.base import new_id
from callcenter.models.engines import connect
from callcenter.models.keys import lend_ring
from callcenter.models.staff.accounts import Staff
from callcenter.process_keeper import spawn
from callcenter.services.duty import presence
from callcenter.services.staff.accounts import NewStaff, add_staff
from callcenter.services.staff.passwords import hashed
from callcenter.services.trail.audit import OPERATOR
from tests.bench import places, references
from tests.bench.callers import WARM_UP, WEBHOOKS_OF_A_CALL
from tests.bench.mailing import members
from tests.bench.places import environment, python, stop
from tests.desk import FIELD_KEYS, PASSWORD

UP_WITHIN = 60.0
STAND_INS = re.compile(rb"stand-ins since this was last said: (\d+)")
AT = "2026-11-25T14:00"
"""A Wednesday afternoon."""
LINE_PROCESSES = 2
"""Web processes for webhooks alone, beside those for pages."""
GIVE_WAY = "10"
"""The niceness of pages beside webhooks: a tenth of their share, as the units of OPERATING.md have it."""
REFERENCE = "tests.bench.references:web()"
SIDE_LOAD, WRITERS = "tests.bench.side_load", "tests.bench.mailing.writers"


@dataclass(frozen=True)
class Result:
    """What the callers met."""

    sent: int
    seconds: float
    milliseconds: list[float] = field(repr=False)
    """From the moment each webhook was due to its whole answer."""
    codes: Mapping[str, int]
    """Answers other than 2xx, by status or by the way the connection failed."""
    talked: int
    stand_ins: int
    beside: Mapping[str, int]
    """What the people at their desks met meanwhile."""

    @property
    def bad(self) -> int:
        return sum(self.codes.values())

    def quantile(self, percent: int) -> float:
        return statistics.quantiles(self.milliseconds, n=100)[percent - 1]


def run(
    database_url: str,
    root: Path,
    *,
    rate: float,
    seconds: float,
    busy: bool = False,
    flood: int = 0,
    writers: int = 0,
) -> Result:
    """Start the desk, let the callers come, and stop it again.

    As in OPERATING.md, webhooks have web processes of their own, and pages give way to them. Meanwhile the pages are
    *busy* with people at desks, a *flood* of so many strangers tries passwords, or so many members are *writers*.
    """
    call_in(database_url, int(rate * (seconds + 15) / WEBHOOKS_OF_A_CALL))
    port, line, rest = free_port(), free_port(), free_port()
    logs = [root / "var" / "log" / "web.log", root / "var" / "log" / "bench-line.log"]
    before = [log.stat().st_size if log.exists() else 0 for log in logs]
    wish = ("--web", str(port), "--rest", str(rest), "--rate", str(rate), "--seconds", str(seconds))
    people = (SIDE_LOAD, "--seconds", str(seconds), "--flood", str(flood)) if busy or flood else None
    desk = python("-c", "from wsgi import cli; cli()", "run", "--no-simulator", "--at", AT, "--port", str(port))
    with places.folder() as folder:
        if writers:
            tokens = folder / "writers.json"
            tokens.write_text(json.dumps(members.sign_in(database_url, writers, now=_moment())))
            people = (WRITERS, "--seconds", str(seconds), "--tokens", str(tokens))
        redis = EmbeddedRedis(folder)
        more = {"TWILIO_API_URL": f"http://{HOST}:{rest}", "TRUSTED_PROXIES": "1", "REDIS_URL": redis.url}
        more |= {"PUBLIC_BASE_URL": f"http://{HOST}:{port}", "CLOCK_FILE": str(folder / "clock.json")}
        env = environment(database_url, **more)
        with (
            _serving(redis.command(), env, root, redis.answers),
            _serving(("nice", "-n", GIVE_WAY, *desk), env, root, lambda: answers(port)),
            _serving(
                _gunicorn("wsgi:web()", line, processes=LINE_PROCESSES), env, root, lambda: answers(line), logs[1]
            ),
        ):
            said, beside = _called(port, (*wish, "--line", str(line)), root, people)
    stand_ins = 0
    for log, size in zip(logs, before, strict=True):
        with log.open("rb") as lines:
            lines.seek(size)
            stand_ins += sum(map(int, STAND_INS.findall(lines.read())))
    return Result(stand_ins=stand_ins, beside=beside, **json.loads(said))


def reference(database_url: str, root: Path, *, rate: float, seconds: float, busy: bool) -> Result:
    """Let as many webhooks a second come to R1, on as many processes and threads as the desk has, as *busy* as it."""
    references.prepare(database_url)
    port, rest = free_port(), free_port()
    env = environment(database_url, PUBLIC_BASE_URL=f"http://{HOST}:{port}")
    wish = ("--web", str(port), "--rest", str(rest), "--rate", str(rate), "--seconds", str(seconds), "--plain")
    people = (SIDE_LOAD, "--seconds", str(seconds)) if busy else None
    with _serving(
        _gunicorn(REFERENCE, port, processes=WEB_PROCESSES + LINE_PROCESSES), env, root, lambda: answers(port)
    ):
        said, beside = _called(port, wish, root, people)
    return Result(stand_ins=0, beside=beside, **json.loads(said))


def _gunicorn(app: str, port: int, *, processes: int) -> tuple[str, ...]:
    return (
        *python("-m", "gunicorn", app, "--preload", "--bind", f"{HOST}:{port}", "--worker-class", "gthread"),
        *("--workers", str(processes), "--threads", str(WEB_THREADS), "--graceful-timeout", "2", "--keep-alive", "5"),
        *("--no-control-socket", "--log-level", "warning"),
    )


@contextmanager
def _serving(
    command: tuple[str, ...], env: Mapping[str, str], root: Path, is_up: Callable[[], bool], log: Path | None = None
) -> Iterator[None]:
    """Start a server, wait until it *is_up*, and stop it in the end."""
    with (log or Path(os.devnull)).open("ab") as out:
        started = spawn(command, env=env, cwd=root, out=out.fileno(), err=out.fileno())
    try:
        until = time.monotonic() + UP_WITHIN
        while not is_up():
            if started.poll() is not None or time.monotonic() > until:
                raise RuntimeError("a server did not start; see var/log")
            time.sleep(0.1)
        yield
    finally:
        stop(started)


def _called(
    port: int, wish: tuple[str, ...], root: Path, people: tuple[str, ...] | None
) -> tuple[str, Mapping[str, int]]:
    """Let the callers come as they *wish*, and return what all of them say.

    While they are counted, *people* come to the pages at *port*: the name of their module and what it is told.
    """
    time.sleep(3)  # the worker starts after the pages
    callers = _begun("tests.bench.callers", *wish, root=root)
    beside = dict[str, int]()
    if people is not None:
        time.sleep(WARM_UP)
        module, *told = people
        beside = json.loads(_said(_begun(module, "--web", str(port), *told, root=root)))
    return _said(callers), beside


def _begun(module: str, *arguments: str, root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(python("-m", module, *arguments), cwd=root, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    """Return what *process* has said once it has ended well."""
    said, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError("callers or people at their desks failed")
    return said


def call_in(database_url: str, counsellors: int) -> None:
    """Let so many counsellors come to their telephones; each takes one call. All share one hashed password."""
    engine, now = connect(database_url), _moment()
    with Session(engine) as session, session.begin():
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        first = add_staff(session, NewStaff("tokatsu", "統括", Role.SUPERVISOR), hashed(PASSWORD), by=OPERATOR, now=now)
        for number in range(counsellors):
            staff = Staff(id=new_id(), login=f"tanto{number}", name=f"担当{number}", role=Role.COUNSELLOR)
            session.add(staff)
            staff.password_hash, staff.session_token, staff.created_at = first.password_hash, new_id(), now
            staff.contact, staff.phone = Contact.PHONE, f"+8190{number:08d}"
            session.flush()  # presence refers to it
            presence.become_available(session, staff, now=now)
    engine.dispose()


def _moment() -> datetime:
    """Return when the desk begins."""
    return datetime.fromisoformat(f"{AT}:00+09:00").astimezone(UTC)
