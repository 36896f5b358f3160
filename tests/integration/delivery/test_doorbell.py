"""The bell: rung after something was written and kept, heard through a real Redis, and missed by nobody for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import redis
from sqlalchemy import select

from callcenter.adapters import doorbell
from callcenter.adapters.doorbell import RedisBell, SilentBell
from callcenter.jobs import worker
from callcenter.jobs.loop import keep_running
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import outbox
from tests.desk import Desk
from tests.integration.consoles import opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def until(told: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not told() and time.monotonic() < deadline:
        time.sleep(0.05)
    return told()


def test_the_bell_hurries_the_worker_through_a_real_redis(sqlite_url: str, redis_url: str) -> None:
    desk = Desk(sqlite_url)
    stop, rung = threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=doorbell.listen, args=(redis_url, stop, rung.set)),
        threading.Thread(target=keep_running, args=(desk.app, worker.lanes(stop)[worker.BELL], stop, rung)),
    ]
    for thread in threads:
        thread.start()
    with desk.work() as session:
        outbox.put(session, "ring", now=desk.clock.now() - timedelta(seconds=1), offer="nobody")
    bell = RedisBell(redis_url)

    def done() -> bool:
        bell.ring()
        with desk.work() as session:
            return session.scalars(select(OutboxMessage.done_at)).one() is not None

    assert until(done)
    stop.set()
    rung.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    desk.close()


def test_a_bell_that_nobody_could_hear_for_a_while_is_answered_when_redis_is_back(redis_url: str) -> None:
    stop, rung = threading.Event(), threading.Event()
    listener = threading.Thread(target=doorbell.listen, args=(redis_url, stop, rung.set))
    listener.start()
    assert rung.wait(10)  # the line is new
    rung.clear()
    with redis.Redis.from_url(redis_url) as server:
        server.client_kill_filter(_type="pubsub")
    assert rung.wait(10)
    stop.set()
    listener.join(10)
    assert not listener.is_alive()


def test_a_ring_carries_nothing(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server, server.pubsub() as line:
        line.psubscribe("*")
        assert line.get_message(timeout=10) is not None  # that we listen
        RedisBell(redis_url).ring()
        heard = line.get_message(timeout=10)
        assert heard is not None
        assert heard["data"] == b""
        assert server.dbsize() == 0


def test_a_bell_without_redis_costs_a_moment_once_and_nothing_after(caplog: pytest.LogCaptureFixture) -> None:
    bell = RedisBell("redis://127.0.0.1:1/0")
    began = time.monotonic()
    for _ in range(50):
        bell.ring()
    SilentBell().ring()
    assert time.monotonic() - began < 2
    assert caplog.text.count("the doorbell is silent") == 1


def test_the_bell_rings_only_after_something_was_written_and_kept(desk: Desk) -> None:
    with desk.work() as session:
        session.execute(select(OutboxMessage))
    assert desk.bell.rung == 0
    _writes_and_fails(desk)
    assert desk.bell.rung == 0
    with desk.work() as session:
        outbox.put(session, "ring", now=desk.clock.now(), offer="nobody")
    assert desk.bell.rung == 1


def _writes_and_fails(desk: Desk) -> None:
    with suppress(ZeroDivisionError), desk.work() as session:
        outbox.put(session, "ring", now=desk.clock.now(), offer="nobody")
        raise ZeroDivisionError
