"""The real system with wires that can be cut: web and worker as processes, the telephone company in this one.

Webhooks go through one proxy, the worker's requests through another, and, where the database is a server, what web
and worker say to it through a third. Only processes that were started here are ever killed, each by its own id.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import make_url
from werkzeug.serving import WSGIRequestHandler, make_server

from callcenter.launcher import _command
from callcenter.loopback import HOST, answers, free_port
from ivr.simulator.app import create_app
from ivr.simulator.clock import Clock
from ivr.simulator.line.engine import Engine, Number, Settings
from ivr.simulator.line.runner import Runner, http_post
from tests.bench.places import environment, python
from tests.chaos.proxy import COMMIT, Proxy
from tests.line import A_WEDNESDAY_AFTERNOON, ACCOUNT

UP_WITHIN = 60.0
ROOT = Path(__file__).resolve().parent.parent.parent
SILENCE = 10.0
"""Seconds for which a request that was cut is left hanging: longer than our client waits."""


NOT_ALONE = python("-c", "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])")
"""Runs the command that follows, which the kernel kills once this process has gone (PR_SET_PDEATHSIG; Linux)."""


class Program:
    """One of our programs: started, killed and started again."""

    def __init__(self, name: str, command: tuple[str, ...], env: dict[str, str], log: IO[bytes]) -> None:
        self.name, self._command, self._env, self._log = name, command, env, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            (*NOT_ALONE, *self._command),
            env=self._env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """Pull the plug: this program and the processes it has started itself."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def halt(self) -> None:
        """Stop this program where it stands, as if it hung: it lives, holds what it holds, and does nothing."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a halted program go on; nothing if it was killed meanwhile."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGCONT)

    def kill_one_child(self, number: int) -> bool:
        """Kill one of the processes that it has started, and let it see to that by itself; False if it has none."""
        assert self._process is not None
        found = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        children = [int(pid) for pid in found.read_text().split()]
        if not children:
            return False
        os.kill(children[number % len(children)], signal.SIGKILL)
        return True

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.go_on()
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


class System:
    """Everything that runs: the line and its two programs, and the wires between them."""

    def __init__(self, database_url: str, folder: Path, pace: float) -> None:
        port, rest = free_port(), free_port()
        self.database_url = database_url
        """The way round the proxies, for whoever looks into the database from outside."""
        self.webhooks, self.requests = Proxy(port, sign=b"POST "), Proxy(rest, sign=b"POST ")
        address = make_url(database_url)
        self.database = Proxy(address.port, sign=COMMIT) if address.port else None
        if self.database is not None:
            address = address.set(host=HOST, port=self.database.port)
        self.web_port, self.origin = port, f"http://{HOST}:{self.webhooks.port}"
        clock = folder / "clock.json"
        self.engine = Engine(
            ACCOUNT,
            Number(NUMBER, self.origin + "/ivr/voice/incoming#rc=1&rp=ct", "", self.origin + STATUS),
            http_post,
            clock=Clock(A_WEDNESDAY_AFTERNOON, file=clock),
            settings=Settings(virtual_timeouts=False, silence_seconds=SILENCE),
        )
        self.engine.clock.set_pace(pace)
        self._runner = Runner(self.engine)
        self._rest = make_server(HOST, rest, create_app(self.engine), threaded=True, request_handler=_Quiet)
        env = environment(
            address.render_as_string(hide_password=False),
            PUBLIC_BASE_URL=self.origin,
            TWILIO_API_URL=f"http://{HOST}:{self.requests.port}",
            CLOCK_FILE=str(clock),
            PYTHONUNBUFFERED="1",
        )
        self._log = (folder / "programs.log").open("ab")
        self.web = Program("web", _web(port), env, self._log)
        self.worker = Program("worker", _command("work"), env, self._log)

    @property
    def programs(self) -> tuple[Program, Program]:
        return self.web, self.worker

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything; stop it afterwards, and leave nothing behind."""
        threading.Thread(target=self._rest.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        self._runner.start()
        try:
            for one in self.programs:
                one.start()
            self.wait_for_web()
            yield
        finally:
            for one in self.programs:
                one.stop()
            self._runner.stop()
            self._rest.shutdown()
            self._rest.server_close()
            for wire in self.wires:
                wire.close()
            self._log.close()

    @property
    def wires(self) -> list[Proxy]:
        return [wire for wire in (self.webhooks, self.requests, self.database) if wire is not None]

    def wait_for_web(self) -> float:
        """Return how many seconds it took until the web answers."""
        began = time.monotonic()
        while not answers(self.web_port):
            if time.monotonic() - began > UP_WITHIN:
                raise RuntimeError("the web process did not come up")
            time.sleep(0.05)
        return time.monotonic() - began


NUMBER, STATUS = "+81120529528", "/ivr/voice/status#rc=3&rp=ct,5xx&tt=15000"


def _web(port: int) -> tuple[str, ...]:
    """As the launcher starts it."""
    command = python("-m", "gunicorn", "wsgi:web()", "--bind", f"{HOST}:{port}", "--worker-class", "gthread")
    return (*command, "--workers", "2", "--threads", "16", "--graceful-timeout", "2", "--no-control-socket")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # werkzeug's name
        """Say nothing."""
