"""The Redis that comes along: private to its owner, and keeping what it was told."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from callcenter.adapters.redis_ping import ping
from callcenter.embedded import EmbeddedRedis


@contextmanager
def served(server: EmbeddedRedis) -> Iterator[redis.Redis]:
    process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL)
    try:
        while not server.answers():
            assert process.poll() is None
            time.sleep(0.02)
        with redis.Redis.from_url(server.url) as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def test_what_it_was_told_outlives_a_restart(tmp_path: Path) -> None:
    first = EmbeddedRedis(tmp_path)
    with served(first) as client:
        client.set("bell", "rung")
    with served(EmbeddedRedis(tmp_path)) as client:
        assert client.get("bell") == b"rung"


def test_without_the_password_it_tells_nothing(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    stranger = replace(server, password="guessed")
    with served(server), redis.Redis.from_url(stranger.url) as client:
        assert not stranger.answers()
        with pytest.raises(redis.AuthenticationError):
            client.ping()


def test_the_password_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    _program, config = server.command()
    assert Path(config).stat().st_mode & 0o077 == 0
    assert server.password not in " ".join(server.command())
    assert server.password not in repr(server)


def test_a_server_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert not EmbeddedRedis(tmp_path).answers()


def test_a_server_that_says_nothing_is_given_up_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert ping(f"redis://127.0.0.1:{silent.getsockname()[1]}/0") is not None
        assert time.monotonic() - began < 2.5


def test_a_server_that_still_reads_its_data_does_not_answer_yet() -> None:
    with socket.create_server(("127.0.0.1", 0)) as loading:
        reader = threading.Thread(target=_say, args=(loading, b"-LOADING Redis is loading the dataset in memory\r\n"))
        reader.start()
        assert isinstance(ping(f"redis://127.0.0.1:{loading.getsockname()[1]}/0"), redis.BusyLoadingError)
        reader.join()


def _say(server: socket.socket, sentence: bytes) -> None:
    """Answer every command of the first client with *sentence*."""
    line, _ = server.accept()
    with line, suppress(ConnectionError):
        while line.recv(1024):
            line.sendall(sentence)
