"""How long the web process takes from its start to its first answer."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from callcenter.loopback import HOST, answers, free_port
from callcenter.process_keeper import spawn
from tests.bench.environment import environment
from tests.bench.places import python, stop

WITHIN = 60.0
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


def once(database_url: str, root: Path) -> float:
    """Return the seconds from starting one web server to its first answer."""
    port = free_port()
    command = python("-m", "gunicorn", "wsgi:web()", "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    command += ("--threads", "8", "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning")
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = spawn(command, env=environment(database_url), cwd=root, out=quiet, err=quiet)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > WITHIN:
                raise RuntimeError("the web server did not start")
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        stop(process)


def heavy(database_url: str, root: Path) -> list[str]:
    """Return which heavy libraries the web process has imported before its first request."""
    env = environment(database_url) | {"PATH": os.defpath}
    said = subprocess.run(python("-c", LOOK), env=env, cwd=root, capture_output=True, text=True, check=True).stdout
    return sorted(set(HEAVY) & set(said.split()))
