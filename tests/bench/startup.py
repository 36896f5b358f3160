"""What the processes cost: the seconds from the start to the first answer, and the memory they take together."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

from callcenter.loopback import HOST, answers, free_port
from callcenter.process_keeper import spawn
from tests.bench.places import environment, python, stop

WITHIN, SETTLED = 60.0, 3.0
ASKED = ("/", "/staff/login", "/readyz", "/ivr/voice/incoming")
HEAVY = (
    "twilio.rest",
    "phonenumbers",
    "redis",
    "rq",
    "requests",
    "alembic",
    "webauthn",
    "cryptography.x509",
    "OpenSSL",
    "pyasn1",
    "argon2",
    "segno",
    "tinytag",
    "email.policy",
)
"""What costs time or memory to import and is not needed to answer the first request."""
PAGES = (
    "callcenter.admin",
    "callcenter.casefile",
    "callcenter.console",
    "callcenter.factory",
    "callcenter.reports",
    "callcenter.ui",
    "callcenter.web",
    "flask_limiter",
    "flask_login",
    "flask_wtf",
    "ivr.routes",
    "webauthn",
    "wtforms",
)
"""What the worker has no use for: pages, and the libraries of pages."""
INSTANCES = {"one server with two processes": (2,), "two servers as in OPERATING.md": (1, 1)}
"""The web processes of each server."""

WEB = "import wsgi; wsgi.web()"
WORKER = "import wsgi; wsgi.desk(); import callcenter.jobs.worker"
LOOK = "import sys; print(*sys.modules, sep='\\n')"


class Start(NamedTuple):
    """What one start took."""

    seconds: float
    work: float
    """Seconds of processor time, from the start to the end: the same on a busy machine."""


def once(database_url: str, root: Path, app: str = "wsgi:web()") -> Start:
    """Start one web server of *app*, end it after its first answer, and return what that took."""
    port = free_port()
    command = python("-m", "gunicorn", app, "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    command += ("--threads", "8", "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning")
    before, began = _work(), time.perf_counter()
    quiet = subprocess.DEVNULL
    process = spawn(
        command, env=environment(database_url, PUBLIC_BASE_URL=f"http://{HOST}:{port}"), cwd=root, out=quiet, err=quiet
    )
    try:
        _wait_for(port, process)
        seconds = time.perf_counter() - began
    finally:
        stop(process)
    return Start(seconds, _work() - before)


def _work() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def imported(names: Sequence[str], by: str, database_url: str, root: Path) -> list[str]:
    """Return which of *names* a process has imported once it has run the program *by*."""
    program = python("-c", f"{by}; {LOOK}")
    said = subprocess.run(
        program, env=environment(database_url), cwd=root, capture_output=True, text=True, check=True
    ).stdout
    return sorted(set(names) & set(said.split()))


def memory(database_url: str, root: Path, instances: Sequence[int] = (2,)) -> float:
    """Return the megabytes of a worker and of web servers of so many processes each, after a few requests."""
    env, quiet = environment(database_url), subprocess.DEVNULL
    ports = [free_port() for _ in instances]
    commands = [_server(port, processes) for port, processes in zip(ports, instances, strict=True)]
    commands.append(python("-c", "from wsgi import cli; cli()", "work"))
    started = [spawn(command, env=env, cwd=root, out=quiet, err=quiet) for command in commands]
    try:
        for port, web in zip(ports, started, strict=False):
            _wait_for(port, web)
            for path in ASKED * 4:
                with suppress(HTTPError):
                    urlopen(f"http://{HOST}:{port}{path}").read()
        time.sleep(SETTLED)
        return sum(proportional(pid) for one in started for pid in (one.pid, *children(one.pid)))
    finally:
        for one in started:
            stop(one)


def _server(port: int, processes: int) -> tuple[str, ...]:
    web = python("-m", "gunicorn", "wsgi:web()", "--preload", "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    return (*web, "--workers", str(processes), "--threads", "32", "--graceful-timeout", "2", "--no-control-socket")


def children(pid: int) -> list[int]:
    """Return the processes that *pid* started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def proportional(pid: int) -> float:
    """Return a process's share of the memory it uses (PSS), in megabytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WITHIN
    while not answers(port):
        if web.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the web server did not start")
        time.sleep(0.005)
