"""The telephone line as tests meet it: callers who dial, telephones that ring, and time that passes when told to.

    line = Line(app, origin="https://desk.test", tick=work_off_the_outbox)
    phone = line.dial("anonymous")          # or "+266696687", "payphone", "+81312345678"
    line.advance(5); phone.heard; phone.presses("1"); phone.verbs(); phone.hangs_up()
    line.handsets["+819011112222"].answers(); line.handsets["client:c_1_ab"].answers()
    twilio.rest.Client(line.sid, line.token, http_client=line.http_client)   # any host reaches the line
    line.rest.get("http://line.test/2010-04-01/Accounts/…", auth=(line.sid, line.token))   # a requests.Session

Every document the application answers with is checked; a violation raises ``TwimlViolation`` in the test.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from twilio.http.http_client import TwilioHttpClient
from werkzeug.test import Client

from ivr.simulator.app import create_app
from ivr.simulator.clock import JST, Clock
from ivr.simulator.faults import Faults
from ivr.simulator.line.devices import Devices
from ivr.simulator.line.engine import Account, Engine, Number, Settings
from ivr.simulator.line.legs import Caption, Leg
from ivr.simulator.line.webhooks import Limits
from ivr.simulator.rest.door import TIMEOUT_MARK

A_WEDNESDAY_AFTERNOON = datetime(2026, 11, 25, 14, 0, tzinfo=JST)
ACCOUNT = Account(
    "AC" + "0" * 31 + "1", "token-of-the-test-line", "SK" + "0" * 31 + "1", "secret-of-the-test-line-and-long-enough"
)
Wsgi = Callable[..., Iterable[bytes]]


class Line:
    """A manual engine over a WSGI application; *tick* (its workers) runs after webhooks and every *pulse* seconds."""

    def __init__(
        self,
        app: Wsgi,
        *,
        origin: str = "https://desk.test",
        at: datetime = A_WEDNESDAY_AFTERNOON,
        number: str = "+81120529528",
        account: Account = ACCOUNT,
        voice: str = "/ivr/voice/incoming",
        status: str = "/ivr/voice/status",
        fallback: str = "",
        tick: Callable[[], object] | None = None,
        pulse: float = 1.0,
        strict: bool = True,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.sid, self.token, self.origin = account.sid, account.auth_token, origin
        self.tick, self.pulse = tick, pulse
        self.clock = clock or Clock(at, pace=0)
        self.engine = Engine(
            account,
            Number(number, origin + voice, origin + fallback if fallback else "", origin + status),
            wsgi_post(app, origin),
            clock=self.clock,
            strict=strict,
            settings=settings,
        )
        self.handsets = Handsets(self)
        self.unregistered: set[str] = set()  # identities of browsers that are not there
        self.app = _application(self.engine, origin)
        self.extensions = {"line": self.engine, "devices": Devices(self.engine)}
        self.app.extensions |= self.extensions
        self.engine.outbound.reachable = lambda identity: identity not in self.unregistered
        self.rest = requests.Session()
        for scheme in ("http://", "https://"):
            self.rest.mount(scheme, InProcess(self))
        self.http_client = TwilioHttpClient()
        self.http_client.session = self.rest

    @property
    def faults(self) -> Faults:
        """The switches for what goes wrong."""
        return self.engine.faults

    def dial(self, from_: str = "anonymous") -> Phone:
        """Let a caller dial; the first document has been played as far as no time passes."""
        phone = Phone(self, self.engine.dial(from_))
        self.settle()
        return phone

    def settle(self) -> None:
        """Let everything happen that takes no time."""
        self.engine.settle()
        if self.tick is not None:
            self.tick()
            self.engine.settle()

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass; *tick* runs after every moment with a webhook, and every *pulse* seconds."""
        engine, until = self.engine, self.engine.elapsed + seconds
        self.settle()
        ticked, carried = engine.elapsed, engine.journal.webhooks
        while engine.elapsed < until - 1e-6:
            due = engine.next_due()
            step = min(until, ticked + self.pulse, until if due is None else max(due, engine.elapsed))
            engine.advance(step - engine.elapsed)
            if carried != engine.journal.webhooks or engine.elapsed > ticked + self.pulse - 1e-6:
                self.settle()
                ticked, carried = engine.elapsed, engine.journal.webhooks

    def at(self, moment: datetime) -> None:
        """Put the clock to *moment*; whatever is under way keeps its remaining seconds."""
        self.clock.jump(moment)
        self.settle()

    def holds_news(self) -> None:
        """Keep status callbacks back from now on, to be sent with ``sends_news``."""
        self.engine.news_tray = []

    def sends_news(self, order: Iterable[int] | None = None) -> None:
        """Send the news kept back, in *order* of their places (repeat one to duplicate it), and keep none any more."""
        tray, self.engine.news_tray = self.engine.news_tray or [], None
        for place in range(len(tray)) if order is None else order:
            tray[place]()
            self.settle()

    def failures(self) -> list[str]:
        """Return what went wrong on the line so far (refused, unanswered or malformed webhooks), oldest first."""
        return [entry.as_text() for entry in reversed(self.engine.journal.entries) if not entry.ok]

    def paths(self) -> list[str]:
        """Return the paths called so far, oldest first."""
        return [entry.path for entry in reversed(self.engine.journal.entries)]


class Phone:
    """A telephone with a call on it, as its holder sees it."""

    def __init__(self, line: Line, leg: Leg) -> None:
        self.line, self.leg = line, leg

    @property
    def sid(self) -> str:
        """The call's SID."""
        return self.leg.sid

    @property
    def state(self) -> str:
        """Twilio's word for the call's state."""
        return self.leg.status

    @property
    def heard(self) -> list[str]:
        """What the line and the others said, so far."""
        return self.leg.heard

    @property
    def captions(self) -> list[Caption]:
        """Everything heard, said and pressed, with times."""
        return self.leg.captions

    @property
    def spoken_seconds(self) -> float:
        """Seconds of speech heard from the line so far (music does not count)."""
        said = (c for c in self.leg.captions if c.who == "line" and not c.text.startswith("♪"))
        return sum(caption.seconds for caption in said)

    def verbs(self) -> list[str]:
        """Return the verbs of the newest document."""
        return self.leg.verbs

    def presses(self, digits: str) -> None:
        """Press keys."""
        self.line.engine.press(self.sid, digits)
        self.line.settle()

    def says(self, text: str) -> None:
        """Say something."""
        self.line.engine.say(self.sid, text)
        self.line.settle()

    def hangs_up(self) -> None:
        """Put the receiver down."""
        self.line.engine.hang_up(self.sid)
        self.line.settle()


class Handset(Phone):
    """A counsellor's telephone or browser; its call is the newest to its address."""

    def __init__(self, line: Line, address: str) -> None:
        self.line, self.address = line, address

    @property
    def calls(self) -> list[Leg]:
        """Every call to it so far."""
        return [leg for leg in self.line.engine.legs.values() if leg.to == self.address]

    @property
    def leg(self) -> Leg:  # type: ignore[override] # the newest call takes the fixed one's place
        """The newest call."""
        assert self.calls, f"nobody has rung {self.address}"
        return self.calls[-1]

    @property
    def rings(self) -> bool:
        """Whether it rings now."""
        return bool(self.calls) and self.leg.status == "ringing"

    def answers(self) -> None:
        """Pick up."""
        self.line.engine.answer(self.sid)
        self.line.settle()

    def declines(self) -> None:
        """Refuse the call."""
        self.line.engine.decline(self.sid)
        self.line.settle()


class Handsets(dict[str, Handset]):
    """Telephones by number, browsers by ``client:…``."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def __missing__(self, address: str) -> Handset:
        self[address] = Handset(self._line, address)
        return self[address]


def wsgi_post(app: Wsgi, origin: str) -> Callable[..., tuple[int, Mapping[str, str], bytes]]:
    """Return a transport that carries webhooks for *origin* into *app*, with the raw target kept as servers keep it."""
    client = Client(app)

    def post(
        method: str, url: str, body: bytes, headers: Mapping[str, str], limits: Limits
    ) -> tuple[int, Mapping[str, str], bytes]:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != origin:
            raise ConnectionError(f"nobody listens at {parts.netloc}")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        raw = {"REQUEST_URI": target, "RAW_URI": target}
        answer = client.open(
            target,
            method=method,
            base_url=origin,
            data=body,
            headers=dict(headers),
            environ_overrides=raw,
            buffered=True,
        )
        return answer.status_code, dict(answer.headers), answer.get_data()

    return post


_applications: dict[str, Flask] = {}


def _application(engine: Engine, origin: str) -> Flask:
    """The simulator's application, built once in a process: each line tells it at every request which engine it has."""
    if origin not in _applications:
        _applications[origin] = create_app(engine, allowed_origins=[origin])
        _applications[origin].testing = True  # a mistake of the simulator fails the test instead of becoming a 500
    return _applications[origin]


class InProcess(BaseAdapter):
    """Carries requests into the line's application, whatever host they name."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line, self._client = line, Client(line.app)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Answer one request; a simulated time-out raises ``requests.Timeout`` after it has been acted on."""
        assert request.method and request.url
        self._line.app.extensions |= self._line.extensions
        got = self._client.open(
            request.path_url, method=request.method, data=request.body, headers=dict(request.headers)
        )
        if got.headers.get(TIMEOUT_MARK):
            raise requests.Timeout("the line did not answer in time")
        response = requests.Response()
        response.status_code, response.url, response.request = got.status_code, request.url, request
        response.headers.update(dict(got.headers))
        response.raw, response.encoding = io.BytesIO(got.get_data()), "utf-8"
        return response

    def close(self) -> None:
        """Nothing is kept open."""
