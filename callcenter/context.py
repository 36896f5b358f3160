"""What a blueprint gets from the app: settings, ports, and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.outage import Outage, TroubleCounts
from callcenter.domain.ports import LineWords, Ports
from callcenter.models.base import db, info
from callcenter.models.engines import READING
from callcenter.models.keys import lend_ring
from callcenter.settings import Settings


@dataclass(frozen=True)
class Context:
    """What the factory gives every view through the app."""

    settings: Settings
    ports: Ports
    ring: KeyRing = field(repr=False)
    outage: Outage = field(default_factory=Outage)
    troubles: TroubleCounts = field(default_factory=TroubleCounts)
    """Both of this process alone."""


def equip(app: Flask, settings: Settings, ports: Ports) -> None:
    """Give *app* its settings, its ports and its database; the worker and the commands need no more of an app."""
    app.config.update(SECRET_KEY=settings.secret_key, SQLALCHEMY_DATABASE_URI=settings.database_url)
    db.init_app(app)
    app.extensions["callcenter"] = Context(settings, ports, KeyRing.parse(settings.field_keys))


def context() -> Context:
    return cast(Context, current_app.extensions["callcenter"])


def settings() -> Settings:
    return context().settings


def ports() -> Ports:
    return context().ports


def line_words() -> LineWords | None:
    """Return what the telephone says, None where no telephone is mounted."""
    return ports().line_words


def wake_substitute() -> None:
    """Let this process see to it that somebody rings counsellors and runs errands; costs no query."""
    if (substitute := ports().substitute) is not None:
        substitute.wake()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open one transaction: commit at the end, or roll everything back."""
    session = db.session()
    lend_ring(session, context().ring)
    info(session).rings_worker, info(session).wanted_jobs = False, []
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    if info(session).rings_worker:
        ports().doorbell.ring()
        wake_substitute()
    if (heavy := ports().heavy) is not None:
        for job_id in info(session).wanted_jobs:
            heavy.put(job_id, 0)


@contextmanager
def reading() -> Iterator[Session]:
    """Open a transaction that can only read; on SQLite it never waits for a writer."""
    session = db.session()
    lend_ring(session, context().ring)
    session.connection(execution_options=READING)
    try:
        yield session
    finally:
        session.rollback()


@contextmanager
def glancing() -> Iterator[Session]:
    """Read within the transaction at hand, if a page is drawn inside one; else open one that can only read."""
    session = db.session()
    if session.in_transaction():
        with session.no_autoflush:
            yield session
    else:
        with reading() as fresh:
            yield fresh
