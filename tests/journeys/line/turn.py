"""A TURN relay on loopback as far as a browser's candidates need it: it allocates, and relays nothing (RFC 8656)."""

from __future__ import annotations

import hashlib
import hmac
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"
COOKIE = 0x2112A442
HEADER = struct.Struct("!HHI12s")
ATTRIBUTE = struct.Struct("!HH")
ALLOCATE, REFRESH, SUCCESS, ERROR = 0x003, 0x004, 0x100, 0x110
USERNAME, INTEGRITY, ERROR_CODE, LIFETIME, REALM, NONCE = 0x0006, 0x0008, 0x0009, 0x000D, 0x0014, 0x0015
XOR_RELAYED, XOR_MAPPED = 0x0016, 0x0020
REALM_NAME, NONCE_VALUE = b"relay.test", b"once"
UNAUTHENTICATED = struct.pack("!HBB", 0, 4, 1) + b"Unauthorized"

Attributes = list[tuple[int, bytes]]


class Relay:
    """Answers whoever shows a username and its secret, over UDP and TCP at one port."""

    def __init__(self, secret_of: Callable[[str], str]) -> None:
        """Take one free port for both."""
        self.secret_of = secret_of
        self.granted = set[str]()
        """The transports over which somebody was given a relayed address."""
        self.tcp = _Tcp((HOST, 0), _OverTcp)
        self.port = int(self.tcp.server_address[1])
        self.udp = _Udp((HOST, self.port), _OverUdp)
        self.tcp.relay = self.udp.relay = self

    def answer(self, message: bytes, client: tuple[str, int], transport: str) -> bytes | None:
        """Return the answer to one message; None where none is due."""
        kind, _, cookie, transaction = HEADER.unpack_from(message)
        if cookie != COOKIE or kind not in {ALLOCATE, REFRESH}:
            return None
        key = self._key_of(message)
        if key is None:
            refusal: Attributes = [(ERROR_CODE, UNAUTHENTICATED), (REALM, REALM_NAME), (NONCE, NONCE_VALUE)]
            return _packed(kind | ERROR, transaction, refusal)
        granted: Attributes = [(LIFETIME, struct.pack("!I", 600))]
        if kind == ALLOCATE:
            self.granted.add(transport)
            granted += [(XOR_RELAYED, _hidden(HOST, 49152)), (XOR_MAPPED, _hidden(*client))]
        return _packed(kind | SUCCESS, transaction, granted, key)

    def _key_of(self, message: bytes) -> bytes | None:
        """Return the key by which the message is signed, if it is the right one."""
        found = {kind: (value, at) for kind, value, at in _attributes(message)}
        if USERNAME not in found or INTEGRITY not in found:
            return None
        (username, _), (shown, at) = found[USERNAME], found[INTEGRITY]
        login = b":".join((username, REALM_NAME, self.secret_of(username.decode()).encode()))
        key = hashlib.md5(login, usedforsecurity=False).digest()
        head = message[:2] + struct.pack("!H", at + 4) + message[4:at]  # its own length counts, nothing behind it does
        return key if hmac.compare_digest(shown, hmac.digest(key, head, "sha1")) else None

    @contextmanager
    def running(self, *, udp: bool = True, tcp: bool = True) -> Iterator[Relay]:
        """Run for a while, over the transports that a network lets through."""
        servers: list[tuple[socketserver.BaseServer, bool]] = [(self.udp, udp), (self.tcp, tcp)]
        for server, on in servers:
            if on:
                threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            else:
                server.server_close()
        yield self
        for server, on in servers:
            if on:
                server.shutdown()
                server.server_close()


def _attributes(message: bytes) -> Iterator[tuple[int, bytes, int]]:
    at = HEADER.size
    while at + ATTRIBUTE.size <= len(message):
        kind, length = ATTRIBUTE.unpack_from(message, at)
        yield kind, message[at + 4 : at + 4 + length], at
        at += 4 + -(-length // 4) * 4


def _packed(kind: int, transaction: bytes, attributes: Attributes, key: bytes | None = None) -> bytes:
    body = b"".join(ATTRIBUTE.pack(name, len(value)) + value + bytes(-len(value) % 4) for name, value in attributes)
    if key is None:
        return HEADER.pack(kind, len(body), COOKIE, transaction) + body
    signed = HEADER.pack(kind, len(body) + 24, COOKIE, transaction) + body
    return signed + ATTRIBUTE.pack(INTEGRITY, 20) + hmac.digest(key, signed, "sha1")


def _hidden(host: str, port: int) -> bytes:
    """Return an address as it is written XORed, so that no box on the way rewrites it."""
    (number,) = struct.unpack("!I", socket.inet_aton(host))
    return struct.pack("!BBHI", 0, 1, port ^ (COOKIE >> 16), number ^ COOKIE)


class _Udp(socketserver.ThreadingUDPServer):
    relay: Relay
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    relay: Relay
    daemon_threads = True


class _OverUdp(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        message, here = self.request
        answer = self.server.relay.answer(message, self.client_address, "udp")
        if answer:
            here.sendto(answer, self.client_address)


class _OverTcp(socketserver.StreamRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        with suppress(ConnectionError):
            while head := self.rfile.read(HEADER.size):
                message = head + self.rfile.read(HEADER.unpack(head)[1])
                answer = self.server.relay.answer(message, self.client_address, "tcp")
                if answer:
                    self.wfile.write(answer)
