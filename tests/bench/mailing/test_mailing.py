"""The bench of the mail consultation measures what it says, and gets good answers only."""

from __future__ import annotations

import threading
import time
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from callcenter.domain.staff.sign_in_delays import FREE_MISSES
from callcenter.loopback import HOST
from callcenter.models.engines import connect
from callcenter.models.members.accounts import Member, UserNumber
from callcenter.models.staff.signin import SignInMisses
from tests.bench.mailing import members, sending, signing_in
from tests.bench.mailing.turns import EMPTY
from tests.bench.mailing.writers import Writer
from tests.pages import Site


def count(url: str, *models: type) -> list[int]:
    engine = connect(url)
    with Session(engine) as session:
        found = [session.scalars(select(func.count()).select_from(model)).one() for model in models]
    engine.dispose()
    return found


def test_members_sign_in_among_those_who_stay_away_each_beside_an_empty_page(database_url: str) -> None:
    members.fill(database_url, 30)
    turns = signing_in.measure(database_url, seconds=0.0, coming=3)
    assert turns.bad == 0
    assert {what: len(taken) for what, taken in turns.taken.items()} == {signing_in.SIGN_IN: 2, EMPTY: 2}
    assert count(database_url, Member, UserNumber) == [33, 33]


def test_each_sending_is_stored_beside_an_empty_page_and_one_row(database_url: str) -> None:
    turns = sending.measure(database_url, seconds=0.0, writing=3)
    assert turns.bad == 0
    assert {what: len(taken) for what, taken in turns.taken.items()} == {sending.SEND: 2, EMPTY: 2, sending.ROW: 2}
    assert members.messages(database_url) == 3 + 2


def test_every_refusal_is_what_it_is_called_and_none_locks_a_number(database_url: str) -> None:
    met = signing_in.refuse(database_url, tries=9)
    assert met.bad == 0
    assert {what: len(taken) for what, taken in met.taken.items()} == dict.fromkeys(signing_in.REFUSALS, 9)
    assert met.sizes.keys() == set(signing_in.REFUSALS)
    engine = connect(database_url)
    with Session(engine) as session:
        misses = session.scalars(select(SignInMisses.misses).order_by(SignInMisses.misses)).all()
    engine.dispose()
    assert misses == [3] * 6 + [FREE_MISSES] * 3


def test_a_writer_keeps_a_draft_twice_and_sends_once(database_url: str) -> None:
    site = Site(database_url, env="development", PUBLIC_BASE_URL=f"http://{HOST}")
    token = members.sign_in(database_url, 1, now=site.clock.now())[0]
    server = make_server(HOST, 0, site.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    writer = Writer(server.server_port, 0, token)
    writer.write(time.monotonic(), 0.0)
    server.shutdown()
    server.server_close()
    site.close()
    assert writer.met == Counter({"form": 1, "draft": 2, "reading again": 1, "page": 1, "sent": 1})
    assert writer.sending is not None
    assert members.messages(database_url) == 1
