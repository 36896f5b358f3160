"""Browser devices, without a browser: the registry's streams are read directly."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from werkzeug.test import Client as Browser

from ivr.simulator.line.devices import Devices, Event, Session
from tests.line import ACCOUNT, Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN

KEY = "c_1_ab"


@pytest.fixture
def devices(line: Line) -> Devices:
    """The registry, which decides here who is there, as it does in the process."""
    found = line.app.extensions["devices"]
    assert isinstance(found, Devices)
    line.engine.outbound.reachable = found.reachable
    return found


@pytest.fixture
def browser(line: Line) -> Browser:
    return Browser(line.app)


def token(*, identity: str = KEY, secret: str = ACCOUNT.api_secret, incoming: bool = True, ttl: int = 600) -> str:
    made = AccessToken(ACCOUNT.sid, ACCOUNT.api_key, secret, identity=identity, ttl=ttl)
    made.add_grant(VoiceGrant(incoming_allow=incoming))
    return str(made.to_jwt())


class Page:
    """An open console page: it reads its events when asked."""

    def __init__(self, devices: Devices, identity: str = KEY, ttl: int = 600) -> None:
        self.devices = devices
        self.session: Session = devices.register(token(identity=identity, ttl=ttl))
        self.stream: Iterator[Event | None] = devices.stream(self.session, threading.Event())
        self.first = next(self.stream)

    def events(self) -> list[Event]:
        """Return what has arrived since the last look."""
        return [event for _ in range(self.session.streams[0].qsize()) if (event := next(self.stream))]

    def names(self) -> list[str]:
        return [name for name, _ in self.events()]


def test_a_page_is_registered_while_it_listens(devices: Devices) -> None:
    page = Page(devices)
    assert page.first == ("registered", {"identity": KEY}) and devices.reachable(KEY)
    page.stream.close()  # type: ignore[attr-defined] # it is a generator
    assert not devices.reachable(KEY)


def test_a_call_comes_to_the_page(devices: Devices, office: Office) -> None:
    page = Page(devices)
    handset = office.rings(f"client:{KEY}")
    assert page.events() == [("incoming", {"call_sid": handset.sid, "from": "+815000001111"})]
    devices.accept(page.session, handset.sid)
    office.line.settle()
    assert page.events()[0] == ("connected", {"call_sid": handset.sid})


def test_an_unregistered_device_does_not_ring(devices: Devices, office: Office) -> None:
    assert office.rings(f"client:{KEY}").state == "no-answer"


def test_what_the_caller_says_is_heard_on_the_page(devices: Devices, office: Office) -> None:
    page, phone = Page(devices), office.line.dial()
    handset = office.rings(f"client:{KEY}")
    devices.accept(page.session, handset.sid)
    office.line.settle()
    office.fetches(phone)
    phone.says("こはる、でお願いします。")
    name, heard = page.events()[-1]
    assert name == "heard" and (heard["who"], heard["text"]) == ("caller", "こはる、でお願いします。")


def test_a_cancelled_ring_stops_on_the_page(devices: Devices, office: Office) -> None:
    page = Page(devices)
    handset = office.rings(f"client:{KEY}")
    office.rest.calls(handset.sid).update(status="canceled")
    assert page.names() == ["incoming", "cancel"]


def test_another_page_of_the_same_person_stops_ringing(devices: Devices, office: Office) -> None:
    first, second = Page(devices), Page(devices)
    handset = office.rings(f"client:{KEY}")
    devices.accept(first.session, handset.sid)
    assert second.names() == ["incoming", "cancel"]
    office.line.engine.hang_up(handset.sid)
    assert first.names() == ["incoming", "connected", "disconnected"] and second.names() == []


def test_a_broken_stream_that_comes_back_learns_what_rings(devices: Devices, office: Office) -> None:
    page = Page(devices)
    office.rings(f"client:{KEY}")
    again = devices.stream(page.session, threading.Event())
    assert [next(again), next(again)][1][0] == "incoming"  # type: ignore[index] # both are events


def test_leaving_the_page_ends_its_call(devices: Devices, office: Office) -> None:
    page = Page(devices)
    handset = office.rings(f"client:{KEY}")
    devices.accept(page.session, handset.sid)
    devices.forget(page.session)
    assert handset.state == "completed" and not devices.reachable(KEY)


def test_a_token_about_to_expire_is_announced_once(devices: Devices) -> None:
    page = Page(devices, ttl=5)
    assert next(page.stream) is None or page.session.warned
    devices.refresh(page.session, token())
    assert page.session.expires > time.time() + 500 and not page.session.warned


@pytest.mark.parametrize(
    "made",
    [
        token(secret="another-secret-of-thirty-two-bytes-or-so"),
        token(incoming=False),
        token(ttl=-60),
        token(identity="みなと"),
        "no.token.atall",
        jwt.encode({"sub": ACCOUNT.sid, "exp": 2**31, "iss": ACCOUNT.api_key}, ACCOUNT.api_secret, algorithm="HS256"),
    ],
    ids=["forged", "outgoing only", "expired", "identity", "garbage", "no grants"],
)
def test_a_token_that_may_not_receive_calls_is_refused(browser: Browser, made: str) -> None:
    answer = browser.post("/device/register", headers={"Authorization": f"Bearer {made}"})
    assert answer.status_code == 401 and answer.json and answer.json["code"] == 20101


def act(browser: Browser, page: Page, sid: str, action: str, **data: Any) -> int:
    return browser.post(f"/device/{page.session.id}/calls/{sid}/{action}", json=data).status_code


def test_the_page_acts_over_http(browser: Browser, devices: Devices, office: Office) -> None:
    page, phone = Page(devices), office.line.dial()
    handset = office.rings(f"client:{KEY}")
    assert act(browser, page, handset.sid, "say", text="早い。") == 409
    assert act(browser, page, handset.sid, "accept") == 200
    office.line.settle()
    office.fetches(phone)
    assert act(browser, page, handset.sid, "say", text="はい。") == 200
    assert act(browser, page, handset.sid, "mute", muted=True) == 200
    assert act(browser, page, handset.sid, "say", text="聞こえない。") == 409
    assert act(browser, page, handset.sid, "hangup") == 200
    assert phone.heard == ["はい。"] and handset.state == "completed"


def test_a_call_for_somebody_else_cannot_be_taken(browser: Browser, devices: Devices, office: Office) -> None:
    Page(devices, "c_2_cd")
    page, handset = Page(devices), office.rings("client:c_2_cd")
    assert act(browser, page, handset.sid, "accept") == 409
    assert act(browser, page, "CA" + "0" * 32, "accept") == 404


def test_rejecting_on_the_page_is_busy(browser: Browser, devices: Devices, office: Office) -> None:
    page = Page(devices)
    handset = office.rings(f"client:{KEY}")
    assert act(browser, page, handset.sid, "reject") == 200
    assert handset.state == "busy"


@pytest.mark.parametrize("origin,allowed", [(ORIGIN, ORIGIN), ("https://evil.test", None)])
def test_only_the_desks_pages_may_call(browser: Browser, origin: str, allowed: str | None) -> None:
    answer = browser.options("/device/register", headers={"Origin": origin})
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
