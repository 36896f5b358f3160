"""Calls to a line whose layers are down one after another, and whether each caller got words all the same.

    tally = calls_get_words("machine", 1000)
    assert tally.valid == tally.calls == 1000, tally.strays

Layer by layer, what is *down* is: the ``database`` (our own process answers with stand-ins), the ``application``
(the web server in front reads the exported file out), the ``machine`` (Twilio turns to the bin it keeps itself);
and, in place of an application that is down, one that answers with ``errors``, ``garbage``, a ``page`` or ``silence``.
Virtual time; nothing leaves this process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from callcenter.twilio_words import CONTROL_RETRIES, NEWS_RETRIES
from ivr.scripts import ending
from ivr.simulator.clock import JST, Clock
from ivr.simulator.line.engine import Engine, Number
from ivr.simulator.line.interpreter import STOCK_ERROR
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.webhooks import Limits
from tests.desk import ORIGIN, Desk
from tests.line import ACCOUNT, wsgi_post

SPOILT = frozenset({"garbage", "page"})
"""Where the application's own answers are meant to be unreadable."""
DOWN = ("database", "application", "machine", "errors", "garbage", "page", "silence")
NO_DATABASE = "sqlite:////nowhere/at/all/callcenter.db"
BIN = "https://handler.twilio.test/twiml/EH00000000000000000000000000000001"
OPEN, CLOSED = datetime(2026, 11, 26, 14, tzinfo=JST), datetime(2026, 11, 26, 20, tzinfo=JST)
XML = {"Content-Type": "text/xml; charset=utf-8"}
CALLERS = ("anonymous", "+81312345678", "payphone", "+266696687")
LONGEST = 300.0
"""Virtual seconds in which every call must have come to its end: two minutes of hope, and what is said."""


def fallback() -> str:
    """Return what the web server's file and the bin hold."""
    return ending.away(ending.Ending())


Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Tally:
    """How many calls there were, how many got words that help, and what became of the others."""

    calls: int = 0
    valid: int = 0
    strays: list[str] = field(default_factory=list)


def calls_get_words(down: str, calls: int, *, at: datetime = OPEN, together: int = 100) -> Tally:
    """Let *calls* people dial, *together* at a time, with one layer down; a bad script raises ``TwimlViolation``."""
    desk, tally = Desk(NO_DATABASE, at=at, hurried=True), Tally()
    try:
        for first in range(0, calls, together):
            line = _line(desk, down, at)
            legs = [line.dial(CALLERS[place % len(CALLERS)]) for place in range(min(together, calls - first))]
            line.advance(LONGEST)
            for leg in legs:
                _judge(leg, tally)
    finally:
        desk.close()
    return tally


def _line(desk: Desk, down: str, at: datetime) -> Engine:
    number = Number(
        "+81120529528", f"{ORIGIN}/ivr/voice/incoming{CONTROL_RETRIES}", BIN, f"{ORIGIN}/ivr/voice/status{NEWS_RETRIES}"
    )
    desk.line.clock = Clock(at, pace=0)  # the application goes by the time of the line that calls it
    return Engine(ACCOUNT, number, _post(desk, down), clock=desk.line.clock, strict=down not in SPOILT)


def _post(desk: Desk, down: str) -> Callable[[str, str, bytes, Mapping[str, str], Limits], Answer]:
    """Answer as everything that is still up does: Twilio's own bin always, the machine by what is *down*."""
    ours = wsgi_post(desk.app.wsgi_app, ORIGIN) if down == "database" else BROKEN[down]

    def post(method: str, url: str, body: bytes, headers: Mapping[str, str], limits: Limits) -> Answer:
        if url.startswith(BIN):
            return 200, XML, fallback().encode()
        return ours(method, url, body, headers, limits)

    return post


def _web_server(_method: str, url: str, *_rest: object) -> Answer:
    """What nginx answers by the README's rules while no process of ours listens."""
    path = urlsplit(url).path
    if path.startswith("/ivr/") and not path.endswith("/status") and not path.startswith("/ivr/conference/"):
        return 200, XML, fallback().encode()
    return 502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"


def _nobody(*_request: object) -> Answer:
    raise ConnectionError("nobody listens")


def _hangs(*_request: object) -> Answer:
    raise TimeoutError


BROKEN: dict[str, Callable[..., Answer]] = {
    "application": _web_server,
    "machine": _nobody,
    "errors": lambda *_: (503, XML, b"<Response/>"),
    "garbage": lambda *_: (200, XML, b"<Response><Say"),
    "page": lambda *_: (200, {"Content-Type": "text/html"}, b"<html>please sign in</html>"),
    "silence": _hangs,
}


def _judge(leg: Leg, tally: Tally) -> None:
    """A caller must have heard where to turn in danger and where else to talk, and the call must have ended."""
    heard = " ".join(leg.heard)
    tally.calls += 1
    if leg.over and "119番" in heard and "よりそいホットライン" in heard and STOCK_ERROR not in heard:
        tally.valid += 1
    else:
        tally.strays.append(f"{leg.status}: {heard[-60:]}")
