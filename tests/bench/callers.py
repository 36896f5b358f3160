"""Callers from another process: ``python -m tests.bench.callers --web PORT --rest PORT --rate N --seconds N``.

With ``--line PORT`` their webhooks go to that port, as a proxy sends them there that tells them from pages.

An open loop: a new caller dials whenever one is due, however slow the answers are, and a webhook's time runs from
the moment it was due. Our REST side takes the worker's wishes (ring, bring, hang up) and the legs follow them.
It is far simpler than the line simulator, so that the callers' own work does not drown what is measured.
"""

from __future__ import annotations

import argparse
import heapq
import http.client
import itertools
import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from callcenter.loopback import HOST
from tests.line import ACCOUNT

WEBHOOKS_OF_A_CALL = 22.0
"""As counted in a run; callers come so often that the desk gets the wished number of webhooks a second."""
HANDS = 48
"""Webhooks that may be under way at once."""
WARM_UP = 6.0
"""Seconds before the counting begins: the first calls are then being talked."""
TIMEOUT = 15.0
"""Seconds Twilio waits."""
NUMBER = "+81120529528"
OFFER = re.compile(r"/ivr/offer/([0-9a-f]{32})/")
ROOM = re.compile(rb"/ivr/conference/([0-9a-f]{32})")


@dataclass
class Leg:
    """One telephone: a caller's, or a counsellor's that rings for one."""

    sid: str
    facts: dict[str, str]
    offer: str = ""
    call_id: str = ""
    joined: bool = False


@dataclass(order=True)
class Due:
    """Something to do at a moment of the monotonic clock."""

    at: float
    number: int
    act: Callable[[http.client.HTTPConnection, float], None] = field(compare=False)


class Agenda:
    """What is due when; many hands take from it."""

    def __init__(self) -> None:
        self._waiting: list[Due] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count()

    def put(self, at: float, act: Callable[[http.client.HTTPConnection, float], None]) -> None:
        with self._changed:
            heapq.heappush(self._waiting, Due(at, next(self._numbers), act))
            self._changed.notify()

    def take(self) -> Due:
        """Return the next thing once it is due."""
        with self._changed:
            while True:
                pause = self._waiting[0].at - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._waiting)
                self._changed.wait(pause)


class Callers:
    """Everybody at the other end of the desk's webhooks."""

    def __init__(self, web: int, line: int) -> None:
        self.agenda, self.line = Agenda(), line
        self.origin = f"http://{HOST}:{web}"
        self.callers, self.rung, self.by_call = dict[str, Leg](), dict[str, Leg](), dict[str, Leg]()
        self.milliseconds, self.codes, self.talked = list[float](), Counter[str](), 0
        self.counting, self.lock, self.sids = False, threading.Lock(), itertools.count(1)
        self._validator = RequestValidator(ACCOUNT.auth_token)

    # ------------------------------------------------------------ sending

    def work(self) -> None:
        """Take what is due, for ever."""
        connection = http.client.HTTPConnection(HOST, self.line, timeout=TIMEOUT)
        while True:
            due = self.agenda.take()
            due.act(connection, due.at)

    def later(
        self, at: float, leg: Leg, path: str, then: Callable[[bytes, float], None] | None = None, **more: str
    ) -> None:
        """Let a webhook about *leg* be sent at a moment; *then* gets the answer."""

        def act(connection: http.client.HTTPConnection, due: float) -> None:
            body = self._post(connection, path, leg.facts | more, due)
            if then is not None:
                then(body, time.monotonic())

        self.agenda.put(at, act)

    def _post(self, connection: http.client.HTTPConnection, path: str, facts: dict[str, str], due: float) -> bytes:
        token = f"{next(self.sids):032x}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": token,
            "X-Twilio-Signature": self._validator.compute_signature(self.origin + path, facts),
        }
        body, code = b"", "connection"
        for _ in range(2):  # a connection that the server closed while it was idle is opened anew
            try:
                connection.request("POST", path, urlencode(facts), headers)
                answer = connection.getresponse()
                body, code = answer.read(), str(answer.status)
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                connection.close()
            except (OSError, http.client.HTTPException) as trouble:
                connection.close()
                code = type(trouble).__name__
                break
        with self.lock:
            if self.counting:
                self.milliseconds.append((time.monotonic() - due) * 1000)
                if not code.startswith("2"):
                    self.codes[code] += 1
        return body

    # ------------------------------------------------------------ a caller

    def ask_alone(self, at: float) -> None:
        """Send one webhook that nothing follows."""
        self.later(at, self._leg("CA", "+819011112222", NUMBER), "/ivr/voice/incoming", CallStatus="ringing")

    def dial(self, at: float) -> None:
        """Call, hear the greeting, press a key, and go on asking what comes next."""
        leg = self._leg("CA", "+819011112222", NUMBER)
        self.callers[leg.sid] = leg
        self.later(at, leg, "/ivr/voice/incoming", CallStatus="ringing")
        self.later(at + 0.4, leg, "/ivr/voice/wait", QueueSid="QU" + "1" * 32, QueueTime="0", QueuePosition="1")
        self.later(at + 1.4, leg, "/ivr/voice/key", Digits="2", QueueSid="QU" + "1" * 32, QueueTime="1")
        self.agenda.put(at + 3.4, lambda _connection, due: self._ask(leg, due))

    def _ask(self, leg: Leg, at: float) -> None:
        if not leg.joined:
            self.later(at, leg, "/ivr/voice/wait", QueueSid="QU" + "1" * 32, QueueTime="3", QueuePosition="1")
            self.agenda.put(at + 2.0, lambda _connection, due: self._ask(leg, due))

    def ring(self, to: str, url: str) -> Leg:
        """A counsellor's telephone rings, is picked up, and 1 is pressed."""
        leg, now = self._leg("CB", NUMBER, to), time.monotonic()
        leg.offer = OFFER.findall(url)[0]
        self.rung[leg.offer] = leg
        base = f"/ivr/offer/{leg.offer}"
        for pause, status in ((0.0, "initiated"), (0.2, "ringing"), (0.8, "in-progress")):
            self.later(now + pause, leg, f"{base}/status", CallStatus=status)
        self.later(now + 0.8, leg, f"{base}/answer", CallStatus="in-progress")
        self.later(now + 1.4, leg, f"{base}/screen", lambda body, at: self._claimed(leg, body, at), Digits="1")
        return leg

    def _claimed(self, leg: Leg, body: bytes, at: float) -> None:
        found = ROOM.findall(body)
        if found:
            leg.call_id = found[0].decode()
            self._room(at + 0.1, leg, "conference-start")
            self._room(at + 0.1, leg, "participant-join", label=f"c-{leg.offer}")
            self.later(at + 0.1, leg, "/ivr/voice/room")

    def bring(self, caller: str, url: str) -> None:
        """The caller is taken out of the queue into the room, talks a moment, and hangs up."""
        leg, path, now = self.callers[caller], urlsplit(url).path, time.monotonic()
        other = self.rung.get(path.rpartition("/")[2])
        if leg.joined or other is None:
            return
        leg.joined = True
        self.later(now, leg, "/ivr/voice/leave", QueueResult="redirected")
        self.later(now + 0.05, leg, path)
        self._room(now + 0.3, other, "participant-join", label="caller")
        end = now + 2.0
        self._room(end, other, "participant-leave", label="caller", ReasonParticipantLeft="participant_hung_up")
        self._room(end + 0.05, other, "participant-leave", label=f"c-{other.offer}")
        self._room(end + 0.1, other, "conference-end")
        self.later(end + 0.1, other, f"/ivr/leg/{other.offer}/end")
        self.later(end + 0.1, leg, "/ivr/voice/after", CallStatus="completed")
        self.later(end + 0.2, other, f"/ivr/offer/{other.offer}/status", CallStatus="completed")
        self.later(end + 0.2, leg, "/ivr/voice/status", self._over, CallStatus="completed")

    def _over(self, _body: bytes, _at: float) -> None:
        with self.lock:
            self.talked += self.counting

    def _room(self, at: float, leg: Leg, event: str, *, label: str = "", **more: str) -> None:
        facts = {"StatusCallbackEvent": event, "ParticipantLabel": label, "ConferenceSid": "CF" + leg.sid[2:]}
        if leg.call_id:
            self.later(at, leg, f"/ivr/conference/{leg.call_id}", None, **facts, **more)

    def _leg(self, kind: str, from_: str, to: str) -> Leg:
        sid = f"{kind}{next(self.sids):032x}"
        blank = {f"{side}{part}": "" for side in ("From", "To") for part in ("City", "State", "Zip")}
        facts = {
            "AccountSid": ACCOUNT.sid,
            "ApiVersion": "2010-04-01",
            "CallSid": sid,
            "CallStatus": "in-progress",
            "Direction": "inbound" if kind == "CA" else "outbound-api",
            "From": from_,
            "To": to,
            "Caller": from_,
            "Called": to,
        }
        return Leg(sid, facts | blank)


def rest(callers: Callers, port: int) -> ThreadingHTTPServer:
    """Serve the few of Twilio's REST addresses that the worker uses."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            given = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            parts = urlsplit(self.path).path.removesuffix(".json").split("/")
            sid = parts[-1]
            if parts[-1] == "Calls":
                sid = callers.ring(given["To"], given["Url"]).sid
            elif "Members" in parts or "Url" in given:
                callers.bring(sid, given["Url"])
            self._answer(201, {"sid": sid, "call_sid": sid, "status": "queued"})

        def do_GET(self) -> None:
            self._answer(200, {"sid": "", "status": "completed", "conferences": [], "participants": []})

        def _answer(self, status: int, content: dict[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_parts: object) -> None:
            """Say nothing; the figures are what is read."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind in (("web", int), ("rest", int), ("rate", float), ("seconds", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--line", type=int)
    parser.add_argument("--plain", action="store_true", help="each webhook by itself, whatever is answered")
    wish = parser.parse_args()
    callers = Callers(wish.web, wish.line or wish.web)
    server = rest(callers, wish.rest)
    for _ in range(HANDS):
        threading.Thread(target=callers.work, daemon=True).start()
    begin, pause = time.monotonic(), (1 if wish.plain else WEBHOOKS_OF_A_CALL) / wish.rate
    come = callers.ask_alone if wish.plain else callers.dial
    for number in range(int((WARM_UP + wish.seconds) / pause)):
        come(begin + number * pause)
    time.sleep(WARM_UP)
    callers.counting, began = True, time.monotonic()
    time.sleep(wish.seconds)
    callers.counting, seconds = False, time.monotonic() - began
    with callers.lock:
        found: dict[str, Any] = {"sent": len(callers.milliseconds), "seconds": seconds, "talked": callers.talked}
        found |= {"milliseconds": callers.milliseconds, "codes": callers.codes}
        print(json.dumps(found))  # noqa: T201  # the run reads it
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
