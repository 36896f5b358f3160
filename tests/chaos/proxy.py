"""A wire between two of our programs that can be cut: a small TCP proxy on the loopback."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from enum import StrEnum

from callcenter.loopback import HOST

CHUNK = 65536
COMMIT = b"COMMIT"
AFTER_COMMIT = 0.05
"""Seconds in which what was sent is surely carried out; then the wire is cut before its answer is back."""
NAP = 0.2


class Wire(StrEnum):
    """What becomes of what is sent."""

    WHOLE = "whole"
    REFUSED = "refused"
    """Nobody seems to be there; what was under way is broken off."""
    SILENT = "silent"
    """Connections are taken, and nothing ever comes back."""
    CUT_LATE = "cut after it was done"
    """A commit or a request is carried out, and its answer is lost; the next connections do well."""


class Proxy:
    """Passes connections on to *port*; ``wire`` may be changed at any moment."""

    def __init__(self, port: int, *, sign: bytes) -> None:
        """*sign* in what a client sends marks what ``CUT_LATE`` waits for, such as ``COMMIT``."""
        self._target, self._sign = port, sign
        self._wire, self._late = Wire.WHOLE, 0
        self._open = set[socket.socket]()
        self._lock = threading.Lock()
        self._server = socket.create_server((HOST, 0))
        self.port: int = self._server.getsockname()[1]
        self.cuts = 0
        self._stopping = False
        threading.Thread(target=self._serve, name=f"proxy {port}", daemon=True).start()

    def set(self, wire: Wire, *, late: int = 1) -> None:
        """Let the wire be so from now on; ``CUT_LATE`` mends itself after cutting *late* connections."""
        with self._lock:
            self._wire, self._late = wire, late
            broken = list(self._open) if wire is Wire.REFUSED else []
        for one in broken:
            self._close(one)

    def close(self) -> None:
        self._stopping = True
        self._close(self._server)
        self.set(Wire.REFUSED)

    def _serve(self) -> None:
        while not self._stopping:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        far: socket.socket | None = None
        self._keep(near)
        try:
            if self._wire is Wire.REFUSED:
                return
            far = socket.create_connection((HOST, self._target), timeout=5)
            far.settimeout(None)
            self._keep(far)
            while self._pass_on(near, far):
                pass
        except (OSError, ValueError):  # ValueError: closed while we were looking at it
            pass  # one of the two has gone, or we were told to cut: the other shall learn of it
        finally:
            for one in (near, far):
                if one is not None:
                    self._close(one)

    def _pass_on(self, near: socket.socket, far: socket.socket) -> bool:
        """Carry what has come; False once the connection is over."""
        ready, _, _ = select.select([near, far], [], [], NAP)
        if self._wire is Wire.SILENT:
            return not self._stopping  # what has come lies where it is, until the wire is whole again
        for one in ready:
            sent = one.recv(CHUNK)
            if not sent:
                return False
            if one is near and self._sign in sent and self._cuts_now():
                far.sendall(sent)
                select.select([far], [], [], AFTER_COMMIT if self._sign == COMMIT else 10)
                return False
            (far if one is near else near).sendall(sent)
        return True

    def _cuts_now(self) -> bool:
        with self._lock:
            if self._wire is not Wire.CUT_LATE:
                return False
            self._late -= 1
            self.cuts += 1
            if self._late <= 0:
                self._wire = Wire.WHOLE
            return True

    def _keep(self, one: socket.socket) -> None:
        with self._lock:
            self._open.add(one)

    def _close(self, one: socket.socket) -> None:
        with self._lock:
            self._open.discard(one)
        with contextlib.suppress(OSError):  # closed already by the other side
            one.shutdown(socket.SHUT_RDWR)
        one.close()
