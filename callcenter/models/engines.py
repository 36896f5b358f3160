"""Engines: the only door to a database, and how each kind of it is set.

Importing this module opens nothing. Every engine, in the web process, the worker, a command or a test, comes from
``connect`` and behaves alike.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from threading import Lock
from types import ModuleType
from typing import Any

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import TimeoutError  # noqa: A004  # SQLAlchemy's own, like its other errors
from sqlalchemy.pool import ConnectionPoolEntry

OLDEST_SQLITE = (3, 51, 3)
"""Older versions can lose committed writes in WAL mode with two connections (sqlite.org/changes.html, 3.51.3)."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON")
"""What every connection is told; the last lets no deleted name or key linger in the file."""

IDLE = 20.0
"""Seconds for which a transaction of the worker may ask nothing; it never waits for anybody outside meanwhile."""

READING = {"reading": True, "postgresql_readonly": True}
"""The options of a connection whose transaction only reads; PostgreSQL then refuses to write."""

LOCK_LOOK = 0.001
"""Seconds between two looks whether a locked SQLite file is free."""


class SQLiteTooOld(RuntimeError):
    """Raised when the SQLite library at hand can lose committed writes."""


def sqlite_driver() -> ModuleType:
    """Return the newest SQLite driver at hand; ``SQLiteTooOld`` if none is new enough."""
    candidates: list[Any] = [sqlite3]
    try:
        from pysqlite3 import dbapi2  # the wheel exists on Linux only
    except ImportError:
        pass
    else:
        candidates.append(dbapi2)
    best = max(candidates, key=lambda module: module.sqlite_version_info)
    if best.sqlite_version_info < OLDEST_SQLITE:
        raise SQLiteTooOld(f"SQLite {best.sqlite_version} is older than 3.51.3; install the pysqlite3 package")
    return best  # type: ignore[no-any-return]  # a module chosen at run time


def forget_overwritten(engine: Engine) -> None:
    """Truncate a SQLite file's log, so that nothing overwritten stays in it; a reader only delays that."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def connect(url: str | URL, *, wait: float = 5.0) -> Engine:
    """Return an engine for *url*; *wait* is how many seconds a lock, pool slot or connection is waited for."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(url, wait)
    milliseconds = int(wait * 1000)
    engine = create_engine(
        url,
        hide_parameters=True,  # an error message must not name a caller
        pool_size=10,
        max_overflow=20,
        pool_timeout=wait,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection used last has the statements prepared
        connect_args={
            "connect_timeout": max(2, int(wait)),
            "tcp_user_timeout": milliseconds,
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
    )

    @event.listens_for(engine, "rollback")
    def end_reading(connection: Connection) -> None:
        # Nothing can have been written, and at a ROLLBACK psycopg forgets every statement that the server has prepared.
        if connection.get_execution_options().get("reading") and not connection.invalidated:
            with suppress(engine.dialect.loaded_dbapi.Error):  # the rollback that follows meets it, too
                connection.connection.commit()

    return engine


def end_idle_transactions(engine: Engine, after: float = IDLE) -> None:
    """Let PostgreSQL end transactions of this process in which nothing is asked for *after* seconds.

    A worker that is halted in the middle of one would otherwise keep the rows of its callers for good.
    """
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "do_connect")
        def limit(_dialect: object, _record: object, _args: object, named: dict[str, Any]) -> None:
            named["options"] += f" -c idle_in_transaction_session_timeout={int(after * 1000)}"


def _connect_sqlite(url: str | URL, wait: float) -> Engine:
    turn = _Turn()
    driver = sqlite_driver()
    engine = create_engine(
        url, module=driver, hide_parameters=True, connect_args={"timeout": LOCK_LOOK, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: object) -> None:
        # The driver's own transaction control is off: it would let a savepoint outlive its rollback.
        raw.isolation_level = None
        for pragma in PRAGMAS:
            if not _patiently(raw, f"PRAGMA {pragma}", driver, wait):
                raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN DEFERRED")
            return
        turn.take(connection.connection.record_info, wait)
        # A writer takes the lock before it reads, so no transaction fails for having read too early.
        if not _patiently(connection.connection.dbapi_connection, "BEGIN IMMEDIATE", driver, wait):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises as SQLAlchemy does

    @event.listens_for(engine, "checkin")
    def give_back(_raw: object, record: ConnectionPoolEntry) -> None:
        turn.give_back(record.record_info)

    return engine


def _patiently(raw: Any, statement: str, driver: ModuleType, wait: float) -> bool:
    """Run *statement* once the file is unlocked; False if it stayed locked for *wait* seconds.

    SQLite's own patience looks ever more rarely, up to ten times a second; newcomers then pass by.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            raw.execute(statement)
        except driver.OperationalError as busy:
            if "locked" not in str(busy):
                raise
        else:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(LOCK_LOOK)


class _Turn:
    """A lock that lets the writers of one process go one by one."""

    def __init__(self) -> None:
        self._lock = Lock()

    def take(self, holder: Any, wait: float) -> None:
        """Wait until it is the turn of the connection whose info is *holder*; kept until ``give_back``."""
        if not holder.get("turn"):
            if not self._lock.acquire(timeout=wait):
                raise TimeoutError("the database was busy with other writers of this process")
            holder["turn"] = True

    def give_back(self, holder: Any) -> None:
        """Let the next writer go; nothing if *holder* does not hold the turn."""
        if holder.pop("turn", False):
            self._lock.release()
