"""Every test that asks for ``engine`` or ``session`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.models.keys import lend_ring
from tests.integration.databases import fresh_database, lay_tables, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The server of this test run, or of this xdist worker."""
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/callcenter.db"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    return fresh_database(request.getfixturevalue("postgres"), f"test_{worker}")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = lay_tables(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    return KeyRing.fresh("test")


@pytest.fixture
def session(engine: Engine, ring: KeyRing) -> Iterator[Session]:
    with new_session(engine, ring) as session:
        yield session


def new_session(engine: Engine, ring: KeyRing, **options: Any) -> Session:
    """Open a session as the application does, with the ring lent to it."""
    session = Session(engine, expire_on_commit=False, **options)
    lend_ring(session, ring)
    return session
