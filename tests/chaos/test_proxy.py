"""The wire that chaos cuts: what was sent arrives or does not, as it was told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from callcenter.loopback import HOST
from tests.chaos.proxy import COMMIT, Proxy, Wire


class Echo:
    """A server that answers each message with ``done`` and remembers it."""

    def __init__(self) -> None:
        self.heard = list[bytes]()
        self._server = socket.create_server((HOST, 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._server.accept()
            except OSError:
                return
            with one:
                while said := one.recv(1024):
                    self.heard.append(said)
                    one.sendall(b"done")

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def wire(echo: Echo) -> Iterator[Proxy]:
    proxy = Proxy(echo.port, sign=COMMIT)
    yield proxy
    proxy.close()


@contextmanager
def line_to(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, proxy.port), timeout=2) as line:
        yield line


def test_a_whole_wire_carries_both_ways(echo: Echo, wire: Proxy) -> None:
    with line_to(wire) as line:
        line.sendall(b"hello")
        assert line.recv(16) == b"done"
    assert echo.heard == [b"hello"]


def test_a_refused_wire_breaks_what_is_under_way_and_what_comes(echo: Echo, wire: Proxy) -> None:
    with line_to(wire) as line:
        line.sendall(b"hello")
        line.recv(16)
        wire.set(Wire.REFUSED)
        assert line.recv(16) == b""
    with line_to(wire) as line:
        assert line.recv(16) == b""
    assert echo.heard == [b"hello"]


def test_a_silent_wire_answers_nothing_until_it_is_whole_again(echo: Echo, wire: Proxy) -> None:
    wire.set(Wire.SILENT)
    with line_to(wire) as line:
        line.sendall(b"hello")
        line.settimeout(0.4)
        with pytest.raises(TimeoutError):
            line.recv(16)
        wire.set(Wire.WHOLE)
        line.settimeout(5)
        assert line.recv(16) == b"done"


def test_a_commit_is_carried_out_and_its_answer_lost_once(echo: Echo, wire: Proxy) -> None:
    wire.set(Wire.CUT_LATE, late=1)
    with line_to(wire) as line:
        line.sendall(b"BEGIN")
        assert line.recv(16) == b"done"
        line.sendall(COMMIT)
        assert line.recv(16) == b""
    assert echo.heard == [b"BEGIN", COMMIT]
    with line_to(wire) as line:
        line.sendall(COMMIT)
        assert line.recv(16) == b"done"
    assert wire.cuts == 1
