"""What the processes cost: the seconds from the start to the first answer, and the memory they take together."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from callcenter.loopback import HOST, answers, free_port
from callcenter.process_keeper import spawn
from tests.bench.places import environment, python, stop

WITHIN, SETTLED = 60.0, 3.0
ASKED = ("/", "/staff/login", "/readyz", "/ivr/voice/incoming")
HEAVY = (
    "twilio.rest",
    "phonenumbers.data",
    "holidays",
    "redis",
    "rq",
    "requests",
    "alembic",
    "weasyprint",
)
"""What costs time or memory to import and is not needed to answer the first request."""

LOOK = "import sys, wsgi; wsgi.web(); print(*sorted(set(sys.modules)), sep='\\n')"


def once(database_url: str, root: Path, app: str = "wsgi:web()") -> float:
    """Return the seconds from starting one web server of *app* to its first answer."""
    port = free_port()
    command = python("-m", "gunicorn", app, "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    command += ("--threads", "8", "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning")
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = spawn(
        command, env=environment(database_url, PUBLIC_BASE_URL=f"http://{HOST}:{port}"), cwd=root, out=quiet, err=quiet
    )
    try:
        _wait_for(port, process)
        return time.perf_counter() - began
    finally:
        stop(process)


def heavy(database_url: str, root: Path) -> list[str]:
    """Return which heavy libraries the web process has imported before its first request."""
    env = environment(database_url) | {"PATH": os.defpath}
    said = subprocess.run(python("-c", LOOK), env=env, cwd=root, capture_output=True, text=True, check=True).stdout
    return sorted(set(HEAVY) & set(said.split()))


def memory(database_url: str, root: Path) -> float:
    """Return the megabytes of two web processes, as ``run`` starts them, and a worker, after a few requests."""
    port, env, quiet = free_port(), environment(database_url), subprocess.DEVNULL
    web = python("-m", "gunicorn", "wsgi:web()", "--preload", "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    web += ("--workers", "2", "--threads", "32", "--graceful-timeout", "2", "--no-control-socket")
    work = python("-c", "from wsgi import cli; cli()", "work")
    started = [spawn(command, env=env, cwd=root, out=quiet, err=quiet) for command in (web, work)]
    try:
        _wait_for(port, started[0])
        for path in ASKED * 4:
            with suppress(HTTPError):
                urlopen(f"http://{HOST}:{port}{path}").read()
        time.sleep(SETTLED)
        return sum(proportional(pid) for one in started for pid in (one.pid, *children(one.pid)))
    finally:
        for one in started:
            stop(one)


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
