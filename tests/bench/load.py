"""The desk as it runs in earnest, with callers who come at a steady pace from another process."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.staff.roles import Contact, Role
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
from tests.bench import references
from tests.bench.callers import WARM_UP, WEBHOOKS_OF_A_CALL
from tests.bench.places import environment, python, stop
from tests.desk import FIELD_KEYS, PASSWORD

UP_WITHIN = 60.0
STAND_INS = re.compile(rb"stand-ins since this was last said: (\d+)")
AT = "2026-11-25T14:00"
"""A Wednesday afternoon."""


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


def run(database_url: str, root: Path, *, rate: float, seconds: float, busy: bool = False, flood: int = 0) -> Result:
    """Start the desk with its own launcher, let the callers come, and stop it again.

    Meanwhile it is *busy* with people at desks, or a *flood* of so many strangers tries passwords.
    """
    call_in(database_url, int(rate * (seconds + 15) / WEBHOOKS_OF_A_CALL))
    port, rest, log = free_port(), free_port(), root / "var" / "log" / "web.log"
    before = log.stat().st_size if log.exists() else 0
    env = environment(database_url, TWILIO_API_URL=f"http://{HOST}:{rest}", TRUSTED_PROXIES="1")
    command = python("-c", "from wsgi import cli; cli()", "run", "--no-simulator", "--at", AT, "--port", str(port))
    wish = ("--web", str(port), "--rest", str(rest), "--rate", str(rate), "--seconds", str(seconds))
    people = ("--seconds", str(seconds), "--flood", str(flood)) if busy or flood else None
    said, beside = _called(command, env, port, wish, root, people)
    with log.open("rb") as lines:
        lines.seek(before)
        stand_ins = sum(map(int, STAND_INS.findall(lines.read())))
    return Result(stand_ins=stand_ins, beside=beside, **json.loads(said))


def reference(database_url: str, root: Path, *, rate: float, seconds: float, busy: bool) -> Result:
    """Let as many webhooks a second come to R1, on as many processes and threads as the desk has, as *busy* as it."""
    references.prepare(database_url)
    port, rest = free_port(), free_port()
    env = environment(database_url, PUBLIC_BASE_URL=f"http://{HOST}:{port}")
    command = python("-m", "gunicorn", "tests.bench.references:web()", "--preload", "--bind", f"{HOST}:{port}")
    command += ("--worker-class", "gthread", "--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS))
    command += ("--graceful-timeout", "2", "--keep-alive", "5", "--no-control-socket", "--log-level", "warning")
    wish = ("--web", str(port), "--rest", str(rest), "--rate", str(rate), "--seconds", str(seconds), "--plain")
    people = ("--seconds", str(seconds)) if busy else None
    said, beside = _called(command, env, port, wish, root, people)
    return Result(stand_ins=0, beside=beside, **json.loads(said))


def _called(
    command: tuple[str, ...],
    env: Mapping[str, str],
    port: int,
    wish: tuple[str, ...],
    root: Path,
    people: tuple[str, ...] | None,
) -> tuple[str, Mapping[str, int]]:
    """Start an application, let the callers come as they *wish*, stop it, and return what all of them say.

    While the callers are counted, *people* come to the pages, as these words tell ``side_load``.
    """
    quiet = subprocess.DEVNULL
    started = spawn(command, env=env, cwd=root, out=quiet, err=quiet)
    try:
        until = time.monotonic() + UP_WITHIN
        while not answers(port):
            if started.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the application did not start; see var/log/web.log")
            time.sleep(0.1)
        time.sleep(3)  # the worker starts after it
        callers = _begun("tests.bench.callers", *wish, root=root)
        beside = dict[str, int]()
        if people is not None:
            time.sleep(WARM_UP)
            beside = json.loads(_said(_begun("tests.bench.side_load", "--web", str(port), *people, root=root)))
        return _said(callers), beside
    finally:
        stop(started)


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
    engine, now = connect(database_url), datetime.fromisoformat(f"{AT}:00+09:00").astimezone(UTC)
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
