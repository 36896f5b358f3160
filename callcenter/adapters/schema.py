"""Migrating a database to the newest schema, and checking whether it is there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, Select, String, column, inspect, select, table

from callcenter.models.engines import READING

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


SEEN: Select[str] = select(column("version_num", String)).select_from(table("alembic_version"))
"""Where Alembic keeps the newest migration that the database has seen."""


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run every migration that the database has not seen, up to *to*."""
    from alembic import command  # heavy: only who migrates pays for it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def revision(engine: Engine) -> str | None:
    """Return the newest migration the database has seen, None for an empty one."""
    with engine.connect().execution_options(**READING) as connection:  # a writer need not be waited for
        return connection.scalar(SEEN) if inspect(connection).has_table("alembic_version") else None


def is_current(engine: Engine) -> bool:
    """Return whether the database has the schema that this code expects."""
    return revision(engine) == head()


def head() -> str:
    """Return the newest migration's name, which its file bears."""
    return max(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
