"""Ports of this machine's loopback: which are free, and who answers."""

from __future__ import annotations

import http.client
import socket

HOST = "127.0.0.1"
TRIES = 100
"""How many ports after the wished one are looked at."""


class NoFreePort(Exception):
    """Raised when every port that may be used is taken."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    """Return whether nobody listens at *port*."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that have just ended do not count
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def next_free(port: int) -> int:
    """Return *port* or the first free one after it."""
    for one in range(port, min(port + TRIES, 65536)):
        if is_free(one):
            return one
    raise NoFreePort(f"ポート {port} から先に、空きがありません。\nNo free port from {port} on.")


def answers(port: int) -> bool:
    """Return whether ``/healthz`` at *port* answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
