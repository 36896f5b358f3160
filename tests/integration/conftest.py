"""What tests of the services and of the pages share.

Every test that asks for ``session`` or ``engine`` runs on SQLite and on PostgreSQL; a page is tried on one of them,
unless its module says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.models.engines import connect
from callcenter.models.keys import lend_ring
from callcenter.web import top
from tests.integration.consoles import Console, Seat, opened
from tests.line import Phone
from tests.pages import THURSDAY, OpenSite, Site


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


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Console]:
    """A running desk with nobody in it yet, on a Wednesday at 14:00."""
    yield from opened(sqlite_url)


@pytest.fixture
def seat(desk: Console) -> Seat:
    """A counsellor who has signed in."""
    return desk.seat()


@pytest.fixture
def caller(desk: Console, seat: Seat) -> Phone:
    """Somebody who talks with the counsellor at *seat*."""
    seat.takes_the_line()
    phone = desk.line.dial()
    seat.is_rung_by(phone)
    seat.answers()
    desk.line.advance(2)
    return phone


@pytest.fixture
def in_call(desk: Console, seat: Seat) -> str:
    """The record of the call this counsellor is in."""
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial())
    return seat.answers()


@pytest.fixture(autouse=True)
def every_reader_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every public page ask for the line's state; what is kept for a second has tests of its own."""
    monkeypatch.setattr(top, "KEPT", 0.0)


@pytest.fixture
def open_site(sqlite_url: str, tmp_path: Path) -> Iterator[OpenSite]:
    """Return ``open_site(at)``: the site at a moment, with the shipped holidays."""
    sites = list[Site]()

    def open_one(at: str = THURSDAY, **options: str) -> Site:
        sites.append(Site(sqlite_url, at=at, var=tmp_path, **options))
        return sites[-1]

    yield open_one
    for site in sites:
        site.close()
