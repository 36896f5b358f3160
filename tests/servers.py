"""Real servers for the tests: PostgreSQL, Redis and a mailbox, each started on first use.

One PostgreSQL and one Redis serve a whole run, shared by its xdist workers; every test has a database of its own.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from typing import cast

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg import sql

import callcenter.models
from callcenter.loopback import free_port
from callcenter.models.base import Base
from callcenter.models.engines import connect
from tests.tools.postgres import quick_folder

ROOT = Path(__file__).resolve().parent.parent
RUN = "CALLCENTER_TEST_RUN"
LEAVE_WITHIN = 15.0
"""Seconds for the servers to stop at the end of a run."""

BuildSchema = Callable[[str], None]


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's directory in the first process; xdist's workers inherit its name."""
    if not hasattr(config, "workerinput"):
        # Our SQLite waits for the disk at every commit; in memory the suite takes a third of the time.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))
        directory = tempfile.mkdtemp(prefix="callcenter-tests-")
        Path(directory).chmod(0o711)  # PostgreSQL runs as another user when we are root
        os.environ[RUN] = directory


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind: wait for the keepers to stop their servers."""
    if hasattr(config, "workerinput"):
        return
    directory = Path(os.environ.pop(RUN))
    deadline = time.monotonic() + LEAVE_WITHIN
    while any(directory.glob("*.url")) and time.monotonic() < deadline:
        time.sleep(0.02)
    for users in directory.glob("*.users"):
        with users.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # its keeper has gone
    shutil.rmtree(directory)


@contextmanager
def shared(name: str) -> Iterator[str]:
    """Hold the run's server *name* (``postgres`` or ``redis``) and yield its URL; the last to let go stops it."""
    directory = Path(os.environ[RUN])
    with (directory / f"{name}.users").open("a") as users:
        with (directory / f"{name}.gate").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            known = directory / f"{name}.url"
            if not known.exists():
                _start(name, directory)
            url = known.read_text()
        yield url


def _start(name: str, directory: Path) -> None:
    command = [sys.executable, "-m", "tests.tools.serve", name, str(directory)]
    started = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if started.returncode:
        raise RuntimeError(f"the tests' {name} server did not start: {started.stdout}{started.stderr}")


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def build_schema() -> BuildSchema:
    """Return what fills an empty database with our tables, given its URL."""

    def build(url: str) -> None:
        for module in pkgutil.iter_modules(callcenter.models.__path__, "callcenter.models."):
            import_module(module.name)
        engine = connect(url)
        Base.metadata.create_all(engine)
        engine.dispose()

    return build


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, build_schema: BuildSchema) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    build_schema(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with our tables."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of the run's PostgreSQL, with the right to make databases."""
    with shared("postgres") as url:
        yield url


@contextmanager
def new_database(server: str, name: str, template: str) -> Iterator[str]:
    """A new database on *server*, copied from *template*, and gone afterwards."""
    with psycopg.connect(server, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield server.replace("postgresql://", "postgresql+psycopg://").rpartition("/")[0] + f"/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, build_schema: BuildSchema) -> Iterator[str]:
    """The name of this worker's database with our tables and nothing in them."""
    name = f"template_{_worker()}"
    with new_database(postgresql_server, name, "template0") as url:
        build_schema(url)
        yield name


_numbers = itertools.count(1)


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with our tables."""
    with new_database(postgresql_server, f"test_{_worker()}_{next(_numbers)}", postgresql_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with our tables, once of each kind we support."""
    return cast(str, request.getfixturevalue(f"{request.param}_url"))


# ---------------------------------------------------------------- Redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    with shared("redis") as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis; each worker has a database of its own on the run's server."""
    import redis

    number = int("".join(filter(str.isdigit, _worker())) or 0) % 16
    url = f"{redis_server.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


# ---------------------------------------------------------------- mail


@dataclass
class Mailbox:
    """A mail server that takes everything, unless *refuse* (after the text) or *refuse_recipient* holds an answer."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: str | None = None
    refuse_recipient: str | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        self.recipients.append(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.refuse:
            return self.refuse
        content = cast(bytes, envelope.original_content)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real mail server on the loopback; ``mailbox.url`` goes into SMTP_URL, what arrives is in ``letters``."""
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
