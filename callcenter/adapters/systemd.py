"""Telling systemd how a service is (sd_notify); without systemd nobody is told."""

from __future__ import annotations

import os
import socket

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
ADDRESS = "NOTIFY_SOCKET"


def notify(state: str) -> None:
    """Send *state* to systemd; nothing where the process is no service of its, or systemd does not listen."""
    address = os.environ.get(ADDRESS)
    if not address:
        return
    there = "\0" + address[1:] if address.startswith("@") else address  # an abstract socket, as Linux names it
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.sendto(state.encode(), there)
    except OSError:
        return
