"""The way from a desk to its database, which a test can cut and mend while a call goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from callcenter.models.base import db
from tests.desk import Desk


@contextmanager
def without_database(desk: Desk) -> Iterator[None]:
    """Let no connection of *desk* be made as long as the block lasts; its worker cannot work either."""
    desk.working = False
    try:
        with no_connections(desk.app):
            yield
    finally:
        desk.working = True


@contextmanager
def no_connections(app: Flask) -> Iterator[None]:
    """Let *app* make no connection as long as the block lasts."""
    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "do_connect", _refuse)
    try:
        yield
    finally:
        event.remove(engine, "do_connect", _refuse)


def _refuse(*_args: object) -> None:
    raise OperationalError("connect", None, ConnectionRefusedError())
