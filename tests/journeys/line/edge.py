"""Twilio's edge as its Voice SDK meets it in a browser: the signalling socket, with the simulated line behind it.

The SDK itself is the real one. What goes over the socket was read in its source (pstream.js, device.js, call.js of
2.18.5): listen and register come up; connected, ready, invite, cancel and hangup go down; no voice is carried.
Playwright allows its own thread only, so what the line does meanwhile is passed on by ``pump``.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Request, Route, WebSocketRoute

from ivr.simulator.line.devices import read_token
from ivr.simulator.line.engine import Engine
from ivr.simulator.line.legs import Leg

SIGNALLING = re.compile(r"^wss://voice-js\.([a-z]+)\.twilio\.com/signal$")
INSIGHTS = re.compile(r"^https://eventgw\.(us1\.)?twilio\.com/")
ELSEWHERE = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1|localhost|voice-js\.|eventgw\.)")
BREATH = 5.0
"""Seconds between two signs of life; the SDK gives a silent socket up after fifteen."""

OFFER = """v=0
o=- 861644296901315179 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 0 126
c=IN IP4 0.0.0.0
a=ice-ufrag:Ikoj
a=ice-pwd:hQ7/ciWgLDr1MgfrRPwCDV63
a=fingerprint:sha-1 1C:5A:71:0F:4D:D2:D2:46:B2:79:AC:7B:F8:E6:70:1D:44:D7:61:0A
a=setup:actpass
a=mid:0
a=sendrecv
a=msid:- 14fec269-9b78-4642-9f50-7733776084fe
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtpmap:0 PCMU/8000
a=rtpmap:126 telephone-event/8000
""".replace("\n", "\r\n")


@dataclass(eq=False)
class Edge:
    """One edge; the newest socket over which a browser has shown a token counts."""

    line: Engine
    socket: WebSocketRoute | None = None
    identity: str = ""
    registered: bool = False
    tokens: list[str] = field(default_factory=list)
    """Every token that was shown, oldest first."""
    shut: frozenset[str] = frozenset()
    """Edges at which no socket opens."""
    invited: dict[str, str] = field(default_factory=dict)
    """Legs that ring or rang in the browser: ringing, answered or over."""
    strangers: list[str] = field(default_factory=list)
    """Addresses outside that the page asked for and that are no edge."""
    _breathed: float = 0.0

    def __post_init__(self) -> None:
        self.line.outbound.reachable = lambda identity: self.registered and identity == self.identity

    def serve(self, page: Page) -> None:
        """Stand where Twilio stands for *page*."""
        page.on("request", self._noticed)
        page.route(INSIGHTS, _thanks)
        page.route_web_socket(SIGNALLING, self._opened)

    def _noticed(self, request: Request) -> None:
        if ELSEWHERE.match(request.url):
            self.strangers.append(request.url)

    def _opened(self, socket: WebSocketRoute) -> None:
        address = SIGNALLING.match(socket.url)
        assert address is not None
        if address[1] in self.shut:
            socket.close(code=1013)
        socket.on_message(lambda message: self._heard(socket, message))
        socket.on_close(lambda _code, _reason: self._closed(socket))

    def _closed(self, socket: WebSocketRoute) -> None:
        if self.socket is socket:
            self.socket, self.registered = None, False

    def breaks(self) -> None:
        """Lose the connection; the SDK comes back by itself."""
        socket, self.socket, self.registered = self.socket, None, False
        assert socket is not None
        socket.close(code=1011)

    def tells(self, kind: str, **payload: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps({"type": kind, "version": "1.6", "payload": payload}))

    def _heard(self, socket: WebSocketRoute, message: str | bytes) -> None:
        if message == "\n":
            return
        told = json.loads(message)
        payload = told.get("payload", {})
        if told["type"] == "listen":
            if self.socket is not socket:  # a renewed token comes over the same one
                self.socket, self.registered = socket, False
            self.identity, expires = read_token(payload["token"], self.line.account)
            self.tokens.append(payload["token"])
            token = {"identity": self.identity, "ttl": int(expires - time.time())}
            self.tells("connected", edge="tokyo", region="jp1", home="us1", token=token)
        elif told["type"] == "register":
            self.registered = True
            self.tells("ready")
        elif told["type"] in {"answer", "reject", "hangup"}:
            self._acts(told["type"], payload["callsid"])

    def _acts(self, what: str, sid: str) -> None:
        if what == "answer":
            self.invited[sid] = "answered"
            self.line.answer(sid)
        elif not self.line.leg(sid).over:
            self.invited[sid] = "over"
            (self.line.decline if what == "reject" else self.line.hang_up)(sid)

    def pump(self) -> None:
        """Pass on what the line has done since the last look."""
        if self.socket is None:
            return
        if time.monotonic() - self._breathed > BREATH:
            self._breathed = time.monotonic()
            self.socket.send("\n")
        for leg in list(self.line.legs.values()):
            if leg.to == f"client:{self.identity}":
                self._pass_on(leg)

    def _pass_on(self, leg: Leg) -> None:
        seen = self.invited.get(leg.sid)
        if seen is None and leg.status == "ringing":
            self.invited[leg.sid] = "ringing"
            parameters = {"CallSid": leg.sid, "From": leg.from_, "To": leg.to, "AccountSid": self.line.account.sid}
            self.tells("invite", callsid=leg.sid, sdp=OFFER, parameters=parameters)
        elif seen in {"ringing", "answered"} and leg.over:
            self.invited[leg.sid] = "over"
            self.tells("cancel" if seen == "ringing" else "hangup", callsid=leg.sid)


def _thanks(route: Route) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    route.fulfill(status=200, body="{}", headers=headers)
