"""REST: tokens of the Network Traversal Service, by which a browser reaches a TURN relay."""

from __future__ import annotations

import hashlib
from datetime import UTC
from email.utils import format_datetime

from flask import Blueprint, Response

from ivr.simulator.rest.door import PREFIX, answer, engine, guard, note, whole_param

bp = Blueprint("rest_tokens", __name__)
guard(bp)

LONGEST = 86_400
"""Seconds, and Twilio's default."""


@bp.post(f"{PREFIX}/Tokens.json")
def token() -> tuple[Response, int]:
    """Make a token; the relay that it names takes its username with ``relay_secret``."""
    line = engine()
    ttl = whole_param("Ttl", 1, LONGEST) or LONGEST
    with line.lock:
        at, host = format_datetime(line.now().astimezone(UTC)), line.console.relay
    username = hashlib.sha256(f"{line.account.sid} {at}".encode()).hexdigest()
    secret = relay_secret(username)
    note(None, f"Ttl={ttl}")
    access = {"username": username, "credential": secret}
    ways = (f"turn:{host}?transport=udp", f"turn:{host}?transport=tcp")
    servers = [{"url": url, "urls": url} | access for url in ways]
    stun = f"stun:{host}"
    shown = {
        "account_sid": line.account.sid,
        "username": username,
        "password": secret,
        "ttl": str(ttl),
        "ice_servers": [{"url": stun, "urls": stun}, *servers],
        "date_created": at,
        "date_updated": at,
    }
    return answer(shown, 201)


def relay_secret(username: str) -> str:
    """Return the secret that belongs to a token's username."""
    return hashlib.sha256(f"relay {username}".encode()).hexdigest()[:44]
