"""A canary is told to the system in every way it can be told; afterwards it is nowhere but under seal.

Looked at are the real parts: the database file with its WAL, a backup of it, what the processes log, and what Redis
holds in memory and on disk.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Date, DateTime, LargeBinary, event, inspect, make_url, select
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import Mapper, Session

from callcenter.adapters.doorbell import RedisBell
from callcenter.crypto import KeyRing
from callcenter.domain.staff.roles import Role
from callcenter.embedded import EmbeddedRedis
from callcenter.models.base import Base, new_id
from callcenter.models.cases.cases import Person
from callcenter.models.engines import connect, sqlite_driver
from callcenter.models.keys import DataKey, HoldsSealedText, Sealed, lend_ring, ring_of
from callcenter.services.records import consultations
from tests.desk import FIELD_KEYS, ORIGIN, PASSWORD
from tests.integration.consoles import Console, Seat
from tests.integration.people import NOW
from tests.pages import read_page

CANARY = "みずうみのそばで拾った緑の石"
NICKNAME = "すいれん"
NUMBER = "+819012345675"
MODELS: list[type[Any]] = [
    mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, HoldsSealedText)
]


def sealed_texts(model: type[Any]) -> list[str]:
    return [name for name in dir(model) if isinstance(model.__dict__.get(name), Sealed)]


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, as ``callcenter run`` starts it."""
    server = EmbeddedRedis(tmp_path / "redis")
    process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL)
    while not server.answers():
        assert process.poll() is None
        time.sleep(0.02)
    yield server
    process.send_signal(signal.SIGTERM)
    process.wait(10)


@pytest.fixture
def desk(sqlite_url: str, bell: EmbeddedRedis) -> Iterator[Console]:
    desk = Console(sqlite_url, REDIS_URL=bell.url)
    object.__setattr__(desk.app.extensions["callcenter"].ports, "doorbell", RedisBell(bell.url))
    yield desk
    desk.close()


def filled(session: Session, model: type[Any]) -> Any:
    """Make a row of any table with sealed texts; what it refers to need not be there."""
    mapper: Mapper[Any] = inspect(model)
    row = model(id=new_id(), data_key=DataKey.fresh(ring_of(session)))
    for column in mapper.columns:
        name = mapper.get_property_by_column(column).key
        wanted = not column.nullable and column.default is None and column.server_default is None
        if (wanted or name == "case_id") and name not in {"id", "data_key_id"}:
            setattr(row, name, some_value(column.type))
    return row


def some_value(kind: Any) -> Any:
    if isinstance(kind, SqlEnum):
        members: type[Enum] = kind.enum_class  # type: ignore[assignment]  # every one of ours has a class
        return next(iter(members))
    python = getattr(kind, "impl_instance", kind)
    if isinstance(python, DateTime):
        return NOW
    if isinstance(python, Date):
        return date(2026, 11, 20)
    if isinstance(python, LargeBinary):
        return new_id().encode()
    return {int: 1, bool: False, dict: {}, list: []}.get(python.python_type, new_id()[:8])


def tell_every_table(url: str) -> int:
    """Write the canary into every sealed text there is, and return how many there were."""
    count, engine = 0, connect(url)

    @event.listens_for(engine, "connect")
    def ask_for_no_others(raw: Any, _record: object) -> None:
        sqlite = engine.dialect.name == "sqlite"
        raw.execute("PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica")
        if not sqlite:
            raw.commit()

    with Session(engine) as session, session.begin():
        lend_ring(session, KeyRing.parse(FIELD_KEYS))
        for model in MODELS:
            row = filled(session, model)
            session.add(row)
            for name in sealed_texts(model):
                setattr(row, name, CANARY)
                assert getattr(row, name) == CANARY
                count += 1
        session.flush()
        written = b"".join(
            bytes(value)
            for model in MODELS
            for found in session.execute(select(inspect(model).local_table))
            for value in found
            if isinstance(value, bytes)
        )
        assert CANARY.encode() not in written
    engine.dispose()
    return count


def tell_every_page(desk: Console, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """Let a counsellor write, search and stumble with the canary in hand, and a supervisor break glass and reveal."""
    chief, seat, other = desk.seat("tokatsu", role=Role.SUPERVISOR), desk.seat(), desk.seat("tanto08")
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial(NUMBER))
    record = seat.answers()
    texts = ("story", "background", "response", "next_step")
    assert seat.saves(record, 1, **dict.fromkeys(texts, CANARY)).status_code == 200
    assert seat.sends(f"/console/records/{record}/search", nickname_heard=NICKNAME).status_code == 200
    assert seat.sends(f"/console/records/{record}/new-case", nickname_heard=NICKNAME).status_code == 200
    seat.sends(f"/console/records/{record}/incident", misuse_kind="abuse", misuse_words=CANARY, misuse_flag="on")
    assert seat.saves_raw(record, {"fields": {"story": [CANARY]}, "seen": CANARY}).status_code >= 400
    assert seat.get(f"/console/{CANARY}?q={CANARY}").status_code == 404
    assert other.sends(f"/console/break-glass/record/{record}", reason=CANARY).status_code == 303
    assert other.get(f"/console/records/{record}/read").status_code == 200
    assert chief.sends(f"/reports/records/{record}/number", reason=CANARY, script=False).status_code == 200
    stranger = desk.app.test_client()
    token = read_page("/staff/login", stranger.get("/staff/login", base_url=ORIGIN)).value("csrf_token")
    tried = {"login": CANARY, "password": PASSWORD, "csrf_token": token}
    assert stranger.post("/staff/login", data=tried, base_url=ORIGIN).status_code == 422  # which is counted in Redis

    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(consultations, "_apply", stumble)
        version = desk.record(record)["version"]
        assert seat.saves(record, version, story=f"{CANARY}!").status_code == 500
    return seat


def backup_of(database: Path, to: Path) -> Path:
    """Write a whole copy the way the operators' paper says."""
    connection = sqlite_driver().connect(str(database))
    connection.execute(f"VACUUM INTO '{to}'")
    connection.close()
    return to


def held_by_postgresql(url: str) -> dict[str, bytes]:
    """Return what PostgreSQL's files hold of this database, its write-ahead log, and what a dump would write."""
    engine = connect(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar()))
        number = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
        cursor: Any = connection.connection.cursor()
        dump = bytearray()
        for table in Base.metadata.sorted_tables:
            with cursor.copy(f'COPY "{table.name}" TO STDOUT') as rows:
                dump += b"".join(bytes(row) for row in rows)
    engine.dispose()
    files = {place: folder / place for place in (f"base/{number}", "pg_wal")}
    found = {
        place: b"".join(file.read_bytes() for file in path.rglob("*") if file.is_file())
        for place, path in files.items()
    }
    return found | {"dump": bytes(dump)}


def held_by(bell: EmbeddedRedis) -> bytes:
    """Return everything Redis holds: each key with its value as it is dumped, and its files."""
    with redis.Redis.from_url(bell.url) as client:
        in_memory = b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())
        assert in_memory, "nothing was counted or rung"
        client.save()
    files = [path.read_bytes() for path in bell.directory.rglob("*") if path.is_file()]
    assert len(files) > 1
    return in_memory + b"".join(files)


def test_the_canary_is_found_nowhere_but_under_seal(
    desk: Console,
    bell: EmbeddedRedis,
    sqlite_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert tell_every_table(sqlite_url) >= 15
    seat = tell_every_page(desk, monkeypatch)
    desk.line.advance(5)
    assert seat.get("/console/").status_code == 200

    database = Path(make_url(sqlite_url).database or "")
    wal = database.with_name(f"{database.name}-wal")
    assert wal.stat().st_size > 100_000
    backup = backup_of(database, tmp_path / "backup.db")
    places = {path.name: path.read_bytes() for path in (database, wal, backup)}
    places |= {"redis": held_by(bell), "logs": caplog.text.encode(), "addresses": " ".join(desk.line.paths()).encode()}
    for place, held in places.items():
        assert held.count(CANARY.encode()) == 0, place
        assert held.count(CANARY.encode("unicode_escape")) == 0, place
        assert held.count(NUMBER[3:].encode()) == 0, place
    assert "a fault of ours" in caplog.text
    for place in ("redis", "logs", "addresses"):  # a nickname is what people are found by; it stays in the database
        assert places[place].count(NICKNAME.encode()) == 0, place
    assert NICKNAME.encode() in places[backup.name]


def test_the_canary_is_not_in_the_files_of_postgresql_nor_in_a_dump(postgresql_url: str) -> None:
    count = tell_every_table(postgresql_url)
    engine = connect(postgresql_url)
    with Session(engine) as session:
        plain = session.scalars(select(Person.id)).one().encode()
    engine.dispose()
    places = held_by_postgresql(postgresql_url)
    assert all(
        plain in held for held in places.values()
    )  # what is not sealed is found, so that looking means something
    assert places["dump"].count(b"\\\\x") >= count  # each sealed text is there, as bytes
    for place, held in places.items():
        assert held.count(CANARY.encode()) == 0, place
