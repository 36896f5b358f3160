"""A database that is locked or gone costs a caller no more than two seconds, and never an error page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from callcenter.models.engines import sqlite_driver
from tests.calls.webhooks import INCOMING, form, post
from tests.desk import Desk


@pytest.fixture
def locked(sqlite_url: str) -> Iterator[Desk]:
    """A desk whose database file another process has locked for writing."""
    desk = Desk(sqlite_url, hurried=True)
    post(desk, INCOMING, form())
    holder = sqlite_driver().connect(make_url(sqlite_url).database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield desk
    holder.rollback()
    holder.close()
    time.sleep(5.2)  # the threads that still wait for the lock end by themselves
    desk.close()


def in_time(desk: Desk, path: str, **more: str) -> bytes:
    """Return the script that comes within two seconds."""
    began = time.monotonic()
    answer = post(desk, path, form("CA" + "4" * 32, **more))
    assert time.monotonic() - began <= 2.0
    assert answer.status_code == 200
    return bytes(answer.data)


def test_a_locked_database_lets_a_new_caller_wait_for_it(locked: Desk) -> None:
    assert b"<Enqueue" in in_time(locked, INCOMING)


def test_a_locked_database_lets_who_waits_hear_music_and_ask_again(locked: Desk) -> None:
    said = in_time(locked, "/ivr/voice/wait", QueueTime="40")
    assert b"<Play>" in said
    assert b"<Hangup" not in said


def test_news_that_could_not_be_stored_is_asked_for_again(locked: Desk) -> None:
    answer = post(locked, "/ivr/voice/status", form(CallStatus="completed"))
    assert answer.status_code == 503
    assert b"<Response" in answer.data
