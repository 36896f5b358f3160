"""Where a run keeps its databases, on a real disk with a server that waits for it, and how its processes are set."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from callcenter.adapters import schema
from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.models.engines import connect
from callcenter.process_keeper import spawn
from callcenter.services.calendar import opening_hours
from tests.desk import FIELD_KEYS
from tests.line import ACCOUNT
from tests.tools.postgres import Postgres, lowered, quick_folder

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
"""What the tests' server leaves out; here every commit waits for the disk, as in production."""


@contextmanager
def folder(*, quick: bool = False) -> Iterator[Path]:
    """A new folder, gone afterwards. Only a *quick* one is in memory: the disk is part of what is measured."""
    made = Path(tempfile.mkdtemp(prefix="callcenter-bench-", dir=quick_folder() if quick else None))
    made.chmod(0o711)  # PostgreSQL runs as another user when we are root
    try:
        yield made
    finally:
        shutil.rmtree(made)


@contextmanager
def sqlite(within: Path) -> Iterator[str]:
    """A new SQLite database with our tables."""
    url = f"sqlite:///{within / 'bench.db'}"
    migrated(url)
    yield url


@contextmanager
def postgresql(within: Path, *, durable: bool = True) -> Iterator[str]:
    """A new PostgreSQL database with our tables, on a server of its own."""
    server = Postgres(within / "cluster", within)
    command = server.command(server.prepare())
    command += [part for name in DURABLE for part in ("-c", f"{name}=on") if durable]
    with (within / "postgres.log").open("ab") as log:
        process = spawn(
            command,
            env={"PATH": os.defpath},
            cwd=server.directory,
            out=log.fileno(),
            err=log.fileno(),
            user=lowered(),
        )
        try:
            server.wait(process)
            url = server.url.replace("postgresql://", "postgresql+psycopg://")
            migrated(url)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def migrated(url: str) -> None:
    """Make our tables in an empty database."""
    engine = connect(url)
    schema.upgrade(engine)
    with Session(engine) as session, session.begin():
        opening_hours.store_shipped(session, shipped_holidays())
    engine.dispose()


def environment(database_url: str, **more: str) -> dict[str, str]:
    """Return the environment for web and worker on *database_url*."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "secret of the bench",
        "FIELD_KEYS": FIELD_KEYS,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_API_KEY": ACCOUNT.api_key,
        "TWILIO_API_SECRET": ACCOUNT.api_secret,
        "CALLER_ID_NUMBER": "+815000000000",
    } | more


def python(*arguments: str) -> tuple[str, ...]:
    """Return the command that runs our own Python with *arguments*."""
    return (sys.executable, *arguments)


def stop(process: subprocess.Popen[bytes], within: float = 20.0) -> None:
    """Ask *process*, the first of its own session, to end; end all of them if it will not."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
