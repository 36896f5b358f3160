"""A database full of invented people, written in bulk: one table after the other, in the order of its key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.names.nicknames import SPELLING, KeyKind, form_keys, strict_forms
from callcenter.models.cases.cases import Case, Nickname, NicknameForm, NicknameFormKey, NicknameKey, Person
from callcenter.models.engines import connect
from callcenter.models.keys import DataKey, lend_ring
from callcenter.services.names.nickname_index import recency
from tests.bench.made_up import Known, people
from tests.desk import FIELD_KEYS

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


def fill(url: str, count: int, seed: int) -> list[Known]:
    """Write *count* cases of one person each, and return the people; all their texts would be under one key."""
    engine, ring = connect(url), KeyRing.parse(FIELD_KEYS)
    with Session(engine) as session, session.begin():
        lend_ring(session, ring)
        key = DataKey.fresh(ring)
        session.add(key)
        key_id = key.id
    known = list(people(count, seed))
    with engine.begin() as connection:
        bulk(connection, Case, (case_row(one, key_id) for one in known))
        bulk(connection, Person, (person_row(one, key_id) for one in known))
        bulk(connection, Nickname, (nickname_row(one) for one in known))
        forms = [strict_forms(one.text, one.reading) for one in known]
        bulk(connection, NicknameKey, sorted(entries(known, forms), key=lambda row: tuple(row.values())[:4]))
        holders = Counter(form for of_one in forms for form in of_one)
        bulk(connection, NicknameForm, (form_row(form, holders[form]) for form in sorted(holders)))
        bulk(connection, NicknameFormKey, sorted(keys(holders), key=lambda row: tuple(row.values())))
    if engine.dialect.name == "postgresql":  # what autovacuum does within its minute
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()
    return known


def person_id(number: int) -> str:
    return f"{0xA << 124 | number:032x}"


def case_id(number: int) -> str:
    return f"{0xB << 124 | number:032x}"


def nickname_id(number: int) -> str:
    return f"{0xD << 124 | number:032x}"


def case_row(one: Known, key_id: str) -> dict[str, Any]:
    row = {"id": case_id(one.number), "data_key_id": key_id, "state": "open", "opened_on": one.last_contact}
    row |= {"last_contact_on": one.last_contact, "prefecture": one.cues.prefecture, "municipality": "unknown"}
    return row | {"created_at": MADE_AT, "demo": False}


def person_row(one: Known, key_id: str) -> dict[str, Any]:
    row: dict[str, Any] = {"id": person_id(one.number), "data_key_id": key_id, "case_id": case_id(one.number)}
    row |= {"relation": one.cues.relation, "is_subject": one.cues.relation == "self", "age_band": one.cues.age_band}
    return row | {"last_contact_on": one.last_contact, "created_at": MADE_AT}


def nickname_row(one: Known) -> dict[str, Any]:
    row = {"id": nickname_id(one.number), "person_id": person_id(one.number), "text": one.text}
    return row | {"reading": one.reading, "since": one.last_contact, "spelling": SPELLING}


def form_row(form: str, holders: int) -> dict[str, Any]:
    return {"form": form, "holders": holders, "spelling": SPELLING}


def entries(known: Iterable[Known], forms: Iterable[Iterable[str]]) -> Iterator[dict[str, Any]]:
    for one, of_one in zip(known, forms, strict=True):
        cues = {name: getattr(one.cues, name) for name in ("relation", "age_band", "prefecture", "topic", "counsellor")}
        for form in of_one:
            row = {"kind": KeyKind.EXACT.value, "value": form, "recency": recency(one.last_contact)}
            yield row | {"nickname_id": nickname_id(one.number)} | cues


def keys(holders: Counter[str]) -> Iterator[dict[str, Any]]:
    for form, many in holders.items():
        for key in form_keys(form):
            yield {"kind": key.kind.value, "value": key.value, "weight": many.bit_length(), "form": form}


def bulk(connection: Connection, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows that all have the same columns: by COPY on PostgreSQL, else prepared once."""
    table, ordered = cast(Table, model.__table__), iter(rows)
    first = next(ordered)
    names = list(first)
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.cursor()
        with raw.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in _with(first, ordered):
                copy.write_row(tuple(row.values()))
        return
    raw = connection.connection.cursor()
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608  # our own names
    raw.executemany(statement, (tuple(map(_plain, row.values())) for row in _with(first, ordered)))


def _with(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _plain(value: Any) -> Any:
    """Return what SQLAlchemy stores in SQLite for a value."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
