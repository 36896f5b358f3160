"""The declarative base, the database handle, and what a session carries from its opening to its commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BindParameter, Insert, MetaData, Table, bindparam, event, insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedInVain
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipDirection, Session, SessionTransaction, relationship
from uuid_utils import uuid7

from callcenter.crypto import KeyRing
from callcenter.models.engines import connect
from callcenter.models.plain_updates import write_plainly

DatabaseFailed = SQLAlchemyError
"""Anything a query can raise."""
DatabaseAway = OperationalError
"""What a query raises when the database does not answer, or not in time."""
DatabaseBusy = WaitedInVain
"""What is raised when others of this process kept the database, or its connections, for too long."""


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
