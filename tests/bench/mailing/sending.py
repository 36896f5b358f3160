"""How long it takes to send a consultation: the last press of a button, up to the commit on the disk."""

from __future__ import annotations

import itertools
import secrets
import time
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from callcenter.context import unit_of_work
from callcenter.models.engines import connect
from callcenter.services.members.accounts import sessions
from tests.bench import references
from tests.bench.mailing.members import enrol
from tests.bench.mailing.turns import EMPTY, EMPTY_PAGE, WARM_UP, Reader, Turns, value
from tests.pages import Site

SEND, ROW = "sending", "one row"
WRITING = 200
"""Members who write, in turn."""
NEW = "/mail/my/new"
COOKIE = "__Host-member"
TEXT = "眠れない日がつづいています。朝になると、少しだけ楽になります。\r\n" * 10


def measure(url: str, *, seconds: float, writing: int = WRITING) -> Turns:
    """Let members send consultations for *seconds*, each beside an empty page and a commit of one row."""
    references.prepare(url)
    site, engine, turns = Site(url), connect(url), Turns()
    try:
        readers = _signed_in(site, writing)
        for reader in readers[:WARM_UP]:
            _send(reader, engine, Turns())
        until = time.monotonic() + seconds
        for reader in itertools.cycle(readers):
            _send(reader, engine, turns)
            if time.monotonic() >= until and len(turns.taken[SEND]) > 1:
                break
    finally:
        engine.dispose()
        site.close()
    return turns


def _send(reader: Reader, engine: Engine, turns: Turns) -> None:
    """Open the form, read again what was written, and send it."""
    page = reader.get(NEW).text
    fields = {name: value(page, name) for name in ("csrf_token", "form_key", "seen")} | {"text": TEXT}
    page = reader.get(reader.post(NEW, fields).location).text
    fields |= {"seen": value(page, "seen"), "do": "send"}
    turns.ask(SEND, lambda: reader.post(NEW, fields), status=303)
    turns.ask(EMPTY, lambda: reader.get(EMPTY_PAGE))
    turns.time(ROW, lambda: _store(engine))


def _store(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(references.Taken(key=secrets.token_hex(32), answer="stored"))


def _signed_in(site: Site, count: int) -> list[Reader]:
    """Register so many members and return their browsers, in which they are signed in."""
    readers = [Reader(site, number) for number in range(count)]
    with site.app.app_context(), unit_of_work() as session:
        at = datetime.now(UTC)
        for reader, one in zip(readers, enrol(session, count, now=site.clock.now()), strict=True):
            token = sessions.begin(session, one, at=at)
            reader.client.set_cookie(COOKIE, token, domain="desk.test", secure=True)
    return readers
