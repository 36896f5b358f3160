"""Characters of the simulator's own tests: a desk that follows a script, a line over it, a REST client."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from tests.line import Handset, Line, Phone
from tests.simulator.desk import ORIGIN, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def line(desk: Desk) -> Line:
    return Line(desk, origin=ORIGIN, voice="/incoming", status="/status")


@pytest.fixture
def rest(line: Line) -> Client:
    return Client(line.sid, line.token, http_client=line.http_client)


class Office:
    """Rings counsellors over REST."""

    def __init__(self, line: Line, rest: Client) -> None:
        self.line, self.rest = line, rest

    def rings(self, to: str = "+819011112222", *, answer: str = "/answer", timeout: int = 15) -> Handset:
        self.rest.calls.create(
            to=to,
            from_="+815000001111",
            url=ORIGIN + answer,
            status_callback=f"{ORIGIN}/offer",
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            timeout=timeout,
        )
        self.line.advance(1)
        return self.line.handsets[to]

    def fetches(self, phone: Phone, url: str = "/join") -> None:
        """Take the caller out of the queue."""
        queue = self.rest.queues.list()[0]
        self.rest.queues(queue.sid).members(phone.sid).update(url=ORIGIN + url, method="POST")
        self.line.settle()

    def connects(self) -> tuple[Phone, Handset]:
        """Put a caller and a counsellor into one room."""
        phone, handset = self.line.dial(), self.rings()
        handset.answers()
        self.fetches(phone)
        return phone, handset

    @property
    def room(self) -> str:
        """The SID of the newest room."""
        return str(self.rest.conferences.list()[0].sid)


@pytest.fixture
def office(line: Line, rest: Client) -> Office:
    return Office(line, rest)
