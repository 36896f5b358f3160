"""The migrations make what the models say, name themselves, and leave what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, inspect, select, table, text
from sqlalchemy.exc import DatabaseError

from callcenter.adapters import schema
from callcenter.models import tables
from callcenter.models.base import Base
from callcenter.models.engines import SQLiteTooOld, connect, sqlite_driver
from tests.desk import Desk


@pytest.fixture
def engine(database_url: str) -> Engine:
    return connect(database_url)


def test_a_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    assert tables.ALL  # every model is imported
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert list(compare_metadata(context, Base.metadata)) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    assert schema.is_current(engine)
    engine.dispose()


BEFORE_DOWNGRADES = "0023_ring_holders"
"""Migrations up to this one only go forward: no installation that stands is older."""


def test_each_migration_can_be_taken_back_and_made_again(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE_DOWNGRADES)
    assert schema.revision(engine) == BEFORE_DOWNGRADES
    assert not inspect(engine).has_table("browser_sessions")
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert list(compare_metadata(MigrationContext.configure(connection), Base.metadata)) == []
    engine.dispose()


IN_USE = """
INSERT INTO staff (id, login, name, role, password_hash, contact, session_token, active, demo, created_at)
VALUES ('s', 's', 's', 'counsellor', '!', 'browser', 's', true, false, '2026-01-01 00:00:00');
INSERT INTO presence (staff_id, work, contact, since, idle_since, registered, draining, misses)
VALUES ('s', 'on_call', 'browser', '2026-01-01 00:00:00', '2026-01-01 00:00:00', false, false, 0);
INSERT INTO calls (id, caller_sid, state, caller_kind, arrived_at, arrived_on, waiting_since, last_news_at,
    priority, round, waits, apologies, told)
VALUES ('c', 'c', 'talking', 'withheld', '2026-01-01 00:00:00', '2026-01-01', '2026-01-01 00:00:00',
    '2026-01-01 00:00:00', 0, 0, 0, 0, '[]');
INSERT INTO offers (id, call_id, staff_id, state, contact, round, rung_at, ending)
VALUES ('o', 'c', 's', 'joined', 'browser', 0, '2026-01-01 00:00:00', false);
INSERT INTO call_events (call_id, at, kind, facts) VALUES ('c', '2026-01-01 00:00:00', 'arrived', '{}')
"""
"""A line in mid-call as the first schema knew it."""


def test_a_database_in_use_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/in_use.db")
    schema.upgrade(engine, "0001_foundation")
    with engine.begin() as connection:
        for statement in IN_USE.split(";"):
            connection.exec_driver_sql(statement)
    schema.upgrade(engine)
    assert schema.is_current(engine)
    with engine.connect() as connection:
        for name in ("staff", "presence", "calls", "offers", "call_events"):
            assert connection.scalar(select(func.count()).select_from(table(name))) == 1
    engine.dispose()


def test_each_migration_is_numbered_and_its_file_bears_its_name() -> None:
    scripts = list(ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions())
    numbers = sorted(int(script.revision.split("_")[0]) for script in scripts)
    assert numbers == list(range(1, len(scripts) + 1))
    for script in scripts:
        assert Path(script.path).stem == script.revision
        assert script.doc


def test_an_empty_database_has_no_revision_yet(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    assert schema.revision(engine) is None
    assert not schema.is_current(engine)
    engine.dispose()


@pytest.mark.parametrize("act", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
def test_in_a_migrated_database_the_trail_can_only_grow(desk: Desk, act: str) -> None:
    desk.counsellor()
    with pytest.raises(DatabaseError), desk.work() as session:
        session.execute(text(act))


def test_a_savepoint_that_is_rolled_back_leaves_nothing_behind(engine: Engine) -> None:
    with engine.begin() as connection:
        inside = connection.begin_nested()
        connection.execute(text("INSERT INTO live_events (topic, at) VALUES ('x', '2026-01-01 00:00:00')"))
        inside.rollback()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM live_events")) == 0
    engine.dispose()


def test_a_sqlite_that_can_lose_writes_is_never_opened() -> None:
    assert sqlite_driver().sqlite_version_info >= (3, 51, 3)
    assert issubclass(SQLiteTooOld, RuntimeError)


def test_sqlite_writes_ahead_and_to_the_disk(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_an_error_of_the_database_names_no_value(engine: Engine) -> None:
    with pytest.raises(DatabaseError) as failed, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": "+819012345678"})
    assert "9012345678" not in str(failed.value)
    engine.dispose()
