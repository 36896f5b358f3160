"""Every test that asks for ``session`` or ``engine`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.models.base import connect
from callcenter.models.keys import lend_ring


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    return KeyRing.fresh("test")


@pytest.fixture
def session(engine: Engine, ring: KeyRing) -> Iterator[Session]:
    with new_session(engine, ring) as session:
        yield session


def new_session(engine: Engine, ring: KeyRing) -> Session:
    """Open a session as the application does, with the ring lent to it."""
    session = Session(engine, expire_on_commit=False)
    lend_ring(session, ring)
    return session
