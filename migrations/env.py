"""Runs migrations on the connection that ``callcenter.adapters.schema`` hands over."""

from __future__ import annotations

from alembic import context

from callcenter.models import tables
from callcenter.models.base import Base

assert tables.ALL  # every model is imported

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # A migration must not stand in front of the telephone: it waits briefly for its locks, then gives up.
    connection.exec_driver_sql("SET lock_timeout = '2s'")
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
