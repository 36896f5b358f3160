"""Migrating a database to the newest schema, and checking whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run every migration that the database has not seen, up to *to*."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def revision(engine: Engine) -> str | None:
    """Return the newest migration the database has seen, None for an empty one."""
    with engine.connect().execution_options(reading=True) as connection:  # a writer need not be waited for
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Return whether the database has the schema that this code expects."""
    return revision(engine) == head()


def head() -> str | None:
    """Return the newest migration's name."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
