"""The declarative base, the database handle, what a session carries, and the engine's settings.

Importing this module opens nothing. ``connect`` is the only door to an engine, so that
every engine, in the web process, the worker, a command or a test, behaves alike.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from types import ModuleType
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, BindParameter, Insert, MetaData, Table, bindparam, create_engine, event, insert, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import (
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004  # SQLAlchemy's own, like its other errors
)
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipDirection, Session, SessionTransaction, relationship
from sqlalchemy.pool import ConnectionPoolEntry
from uuid_utils import uuid7

from callcenter.crypto import KeyRing
from callcenter.models.plain_updates import write_plainly

DatabaseFailed = SQLAlchemyError
"""Anything a query can raise."""
DatabaseAway = OperationalError
"""What a query raises when the database does not answer, or not in time."""

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


class Base(DeclarativeBase):
    """The base of every table; constraint names are fixed, so that databases and migrations agree."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Mapper, "after_configured")
def follow_foreign_keys() -> None:
    """Add to every foreign key without a relationship one that orders the rows of a flush.

    The mapper orders rows by relationships alone, and by the names of modules where there is none: such a foreign key
    would hold or break with the name of a file.
    """
    mappers = {str(mapper.local_table): mapper for mapper in Base.registry.mappers}
    for mapper in mappers.values():
        for column in mapper.local_table.columns:
            for key in column.foreign_keys:
                target = mappers.get(key.target_fullname.partition(".")[0])  # None while its module is not imported
                if target is not None and target is not mapper and not is_written_after(mapper, target):
                    name = f"{column.name}_written_before"
                    mapper.add_property(name, relationship(target, foreign_keys=[column], lazy="raise"))


def is_written_after(mapper: Mapper[Base], other: Mapper[Base]) -> bool:
    """Return whether a relationship makes the rows of *mapper* follow those of *other*."""
    return _refers(mapper, other) or _holds(other, mapper)


def _refers(mapper: Mapper[Base], other: Mapper[Base]) -> bool:
    ways = mapper.relationships
    return any(way.mapper is other and way.direction is RelationshipDirection.MANYTOONE for way in ways)


def _holds(other: Mapper[Base], mapper: Mapper[Base]) -> bool:
    ways = other.relationships
    return any(way.mapper is mapper and way.direction is RelationshipDirection.ONETOMANY for way in ways)


@dataclass(frozen=True)
class PendingEntry:
    """An audit entry that is chained at the commit."""

    row: dict[str, Any]
    within: tuple[SessionTransaction, ...]
    """The savepoints and the transaction it was recorded in."""


@dataclass
class SessionInfo:
    """What a session carries from its opening to its commit."""

    ring: KeyRing | None = field(default=None, repr=False)
    """Opens and seals texts; lent by ``models.keys.lend_ring``."""
    rings_worker: bool = False
    """Whether the worker is told after the commit that the outbox holds something."""
    wanted_jobs: list[str] = field(default_factory=list)
    """Heavy jobs that are put on the queue after the commit."""
    appended: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    """Rows that are written at the commit."""
    audited: list[PendingEntry] = field(default_factory=list)


def info(session: Session) -> SessionInfo:
    """Return what *session* carries."""
    found: SessionInfo | None = session.info.get(SessionInfo)
    if found is None:
        found = session.info[SessionInfo] = SessionInfo()
    return found


def unless_changed(session: Session, model: type[Base]) -> dict[str, Any]:
    """Return the options for a query that looks at rows of *model* alone: only a change to such a row is written first.

    So the changes of a transaction are written together as it commits.
    """
    return {"autoflush": any(isinstance(row, model) for row in (*session.dirty, *session.new))}


def append(session: Session, model: type[Base], **row: Any) -> None:
    """Insert a row at the flush that never changes and that nobody needs as an object.

    The rows of a transaction are written together as it commits; inside a savepoint, at once. *row* names every
    column that the database does not fill by itself.
    """
    if session.in_nested_transaction():
        session.connection().execute(_insert_into(model), row)
    else:
        if not session.in_transaction():
            session.connection()  # the transaction begins here, whatever else it does
        appended(session, model).append(row)


def appended(session: Session, model: type[Base]) -> list[dict[str, Any]]:
    """Return the rows of *model* that this transaction will append."""
    return info(session).appended.setdefault(model, [])


event.listen(Session, "before_flush", write_plainly)


@event.listens_for(Session, "before_commit")
def _write_appended(session: Session) -> None:
    if session.in_nested_transaction():
        return
    gathered, info(session).appended = info(session).appended, {}
    if not gathered:
        return
    session.flush()  # what the rows refer to
    connection = session.connection()
    single = {model: rows[0] for model, rows in gathered.items() if len(rows) == 1}
    if connection.dialect.name == "postgresql" and single:
        _insert_at_once(connection, single)
        gathered = {model: rows for model, rows in gathered.items() if model not in single}
    for model, rows in gathered.items():
        connection.execute(_insert_into(model), rows[0] if len(rows) == 1 else rows)


@event.listens_for(Session, "after_soft_rollback")
def _drop_appended(session: Session, undone: SessionTransaction) -> None:
    if not undone.nested:
        info(session).appended = {}


@cache
def _insert_into(model: type[Base]) -> Insert:
    return insert(cast(Table, model.__table__)).inline()  # nobody asks for the number of the row


def _insert_at_once(connection: Connection, rows: dict[type[Base], dict[str, Any]]) -> None:
    """Insert a row into each of several tables by one statement, which spares journeys to the server."""
    shape = tuple((model, tuple(row)) for model, row in rows.items())
    named = {f"{model.__tablename__}_{name}": value for model, row in rows.items() for name, value in row.items()}
    connection.execute(_insert_into_each(shape), named)


@cache
def _insert_into_each(shape: tuple[tuple[type[Base], tuple[str, ...]], ...]) -> Insert:
    """Return PostgreSQL's statement for a row of each model with those columns."""
    *others, last = (
        _insert_into(model).values({name: _parameter(cast(Table, model.__table__), name) for name in names})
        for model, names in shape
    )
    return last.add_cte(*(other.cte(f"into_{other.table.name}") for other in others))


def _parameter(table: Table, column: str) -> BindParameter[Any]:
    return bindparam(f"{table.name}_{column}", type_=table.c[column].type)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy's handle, with engines made by ``connect``."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return connect(options["url"])


db = Database(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})


def new_id() -> str:
    """Return a UUID version 7 as 32 hexadecimal digits.

    Within a process each is greater than the one before, so that rows sort as they were made and indexes stay compact.
    """
    return uuid7().hex


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
        if connection.get_execution_options().get("reading"):
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
