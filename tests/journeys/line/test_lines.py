"""The two lines of the counsellor's page keep one promise: the simulated one, and Twilio's own SDK."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from playwright.sync_api import Dialog, Page

from callcenter.adapters.twilio.browser import EDGES
from callcenter.adapters.twilio.voice_token import SignedTokens
from callcenter.domain.talks.quality import LineWarning, parse
from callcenter.loopback import free_port
from callcenter.ui.response.assets import Assets
from ivr.simulator.app import create_app
from ivr.simulator.clock import Clock
from ivr.simulator.line.engine import Engine, Number
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.runner import Runner
from tests.browsers import OpenPage
from tests.journeys.line.edge import Edge
from tests.journeys.office import HOST, serve, until
from tests.line import A_WEDNESDAY_AFTERNOON, ACCOUNT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATIC = Path(__file__).parents[3] / "callcenter/static"
TOKENS = SignedTokens(ACCOUNT.sid, ACCOUNT.api_key, ACCOUNT.api_secret)
SDK = "/static/vendor/twilio-voice.min.js"
A_LONG_TALK = '<Response><Pause length="600"/></Response>'
PAGE = "<!doctype html><link rel=icon href='data:,'><title>line</title><script src=/desk.js></script>"
LISTEN = """(made) => {
  globalThis.told = [];
  globalThis.line = made.sdk ? new TwilioLine(made) : new SimulatedLine(made.origin);
  for (const name of ["registration", "expiring", "incoming", "cancelled", "connected", "disconnected", "quality",
    "failed", "registration-failed"])
    line.addEventListener(name, ({ detail }) => told.push([name, detail]));
}"""

GATHER = """() => {
  globalThis.sent = [];
  globalThis.measured = 0;
  globalThis.log = new QualityLog((leg, account) => sent.push([leg, account]));
  line.addEventListener("sample", ({ detail }) => log.sample(detail));
  line.addEventListener("warned", ({ detail }) => log.warned(detail.name, detail.on));
  log.begin("a-leg");
  line.call.on("sample", () => (measured += 1));
}"""


@dataclass
class Bench:
    """A page with nothing but one line on it, and the telephone company at its other end."""

    page: Page
    engine: Engine
    made: dict[str, str]
    edge: Edge | None = None
    identity: str = "c_1_ab"

    @property
    def told(self) -> list[tuple[str, Any]]:
        return [(name, detail) for name, detail in self.page.evaluate("told")]

    def names(self) -> list[str]:
        return [name for name, _ in self.told]

    def does(self, what: str, *given: Any) -> None:
        """Call a method of the line."""
        self.page.evaluate(f"async (given) => line.{what}(...given)", list(given))

    def waits(self, true: Callable[[], bool]) -> None:
        def look() -> bool:
            if self.edge is not None:
                self.edge.pump()
            return true()

        until(self.page, look)

    def token(self, seconds: int = 600) -> str:
        return TOKENS.grant(self.identity, seconds=seconds)

    def registers(self, seconds: int = 600) -> None:
        self.page.evaluate("told.length = 0")
        self.does("register", self.token(seconds))
        self.waits(lambda: ("registration", {"registered": True}) in self.told)

    def rings(self) -> Leg:
        """Let the telephone company ring this browser."""
        with self.engine.lock:
            to, at = f"client:{self.identity}", self.engine.now()
            leg = Leg("+815000001111", to, "outbound-api", self.engine.elapsed, at, twiml=A_LONG_TALK)
            leg.ring_limit = 60
            self.engine.outbound.place(leg)
        self.waits(lambda: ("incoming", {"leg": leg.sid}) in self.told)
        return leg

    def talks(self) -> Leg:
        leg = self.rings()
        self.does("accept")
        self.waits(lambda: ("connected", {"leg": leg.sid}) in self.told and leg.status == "in-progress")
        return leg


@pytest.fixture(params=["simulated", "twilio"])
def bench(request: pytest.FixtureRequest, open_page: OpenPage) -> Iterator[Bench]:
    yield from _bench(open_page, real=request.param == "twilio")


def _bench(open_page: OpenPage, *, real: bool, microphone: bool = True) -> Iterator[Bench]:
    port, line_port = free_port(), free_port()
    origin, line_url = f"http://{HOST}:{port}", f"http://{HOST}:{line_port}"
    engine = Engine(ACCOUNT, Number("+81120529528", "", "", ""), _nobody, clock=Clock(A_WEDNESDAY_AFTERNOON))
    app, runner = create_app(engine, allowed_origins=[origin]), Runner(engine)
    servers = [serve(port, _page()), serve(line_port, app)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    runner.start()
    page = open_page(permissions=["microphone"] if microphone else [])
    made = {"sdk": SDK, "integrity": "", "edges": " ".join(EDGES)}
    here = Bench(page, engine, made if real else {"origin": line_url}, Edge(engine) if real else None)
    if here.edge is not None:
        here.edge.serve(page)
    page.goto(f"{origin}/")
    page.evaluate(LISTEN, here.made)
    yield here
    if here.edge is not None:
        assert here.edge.strangers == []  # the SDK's sounds come from here, not from Twilio's servers
    page.goto("about:blank")
    app.extensions["stopping"].set()
    runner.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


def _nobody(*_: object) -> tuple[int, dict[str, str], bytes]:
    raise ConnectionError("nothing is asked of the desk here")


def _page() -> Flask:
    """Serve the bare page and what it loads."""
    app = Flask("line of the tests", static_folder=str(STATIC), static_url_path="/static")
    script = Assets(STATIC)["desk.js"].body
    app.add_url_rule("/", "page", lambda: PAGE)
    app.add_url_rule("/desk.js", "desk", lambda: Response(script, mimetype="text/javascript"))
    return app


def test_a_call_comes_is_answered_muted_and_ended_from_either_side(bench: Bench) -> None:
    bench.registers()
    first = bench.talks()
    bench.does("mute", True)
    bench.does("mute", False)
    bench.engine.hang_up(first.sid)
    bench.waits(lambda: ("disconnected", {"leg": first.sid}) in bench.told)
    second = bench.talks()
    bench.does("hangUp")
    bench.waits(lambda: second.over and ("disconnected", {"leg": second.sid}) in bench.told)
    assert [name for name in bench.names() if name not in {"registration", "quality"}] == [
        "incoming",
        "connected",
        "disconnected",
    ] * 2


def test_a_ring_that_is_taken_back_or_declined_is_cancelled_and_nothing_else(bench: Bench) -> None:
    bench.registers()
    taken_back = bench.rings()
    bench.engine.hang_up(taken_back.sid)
    bench.waits(lambda: ("cancelled", {"leg": taken_back.sid}) in bench.told)
    declined = bench.rings()
    bench.does("decline")
    bench.waits(lambda: declined.over and ("cancelled", {"leg": declined.sid}) in bench.told)
    assert declined.answered is None
    assert not {"connected", "disconnected"} & set(bench.names())
    refused = bench.page.evaluate("line.decline().then(() => '', (trouble) => trouble.constructor === Trouble)")
    assert refused is True  # there is nothing to decline any more, and it is said as trouble


def test_a_token_that_runs_out_is_told_and_a_new_one_keeps_the_line(bench: Bench) -> None:
    bench.registers(seconds=11)
    bench.waits(lambda: "expiring" in bench.names())
    bench.does("refresh", bench.token())
    bench.waits(lambda: bench.engine.outbound.reachable(bench.identity))
    assert not any(detail.get("lost") for name, detail in bench.told if name == "registration")
    assert bench.page.evaluate("Boolean(line.session)")


def test_leaving_unplugs_the_telephone_and_it_can_be_plugged_in_again(bench: Bench) -> None:
    bench.registers()
    bench.does("leave")
    assert bench.page.evaluate("line.session") is None
    bench.waits(lambda: not bench.engine.outbound.reachable(bench.identity))
    bench.registers()
    bench.rings()


def test_a_token_that_comes_after_leaving_plugs_nothing_in(bench: Bench) -> None:
    bench.registers()
    bench.does("leave")
    bench.does("refresh", bench.token())
    bench.waits(lambda: not bench.engine.outbound.reachable(bench.identity))
    assert bench.page.evaluate("line.session") is None


# ------------------------------------------------------------------ what only the simulated line knows


@pytest.fixture
def simulated(open_page: OpenPage) -> Iterator[Bench]:
    yield from _bench(open_page, real=False)


def test_an_answer_that_broke_off_is_no_session_and_the_next_one_is(simulated: Bench) -> None:
    cut = {"Access-Control-Allow-Origin": "*"}
    simulated.page.route("**/device/register", lambda route: route.fulfill(status=201, headers=cut, body=""), times=1)
    told = simulated.page.evaluate("(t) => line.register(t).then(() => '', ({ kind }) => kind)", simulated.token())
    assert told == "line"
    assert simulated.page.evaluate("line.session") is None
    simulated.registers()  # nothing of it was kept that the line would ask for now
    simulated.rings()


# ------------------------------------------------------------------ what only the real line knows


@pytest.fixture
def real(open_page: OpenPage) -> Iterator[Bench]:
    yield from _bench(open_page, real=True)


def edge_of(bench: Bench) -> Edge:
    assert bench.edge is not None
    return bench.edge


def test_a_broken_connection_is_told_and_mended_without_a_new_token(real: Bench) -> None:
    real.registers()
    real.page.evaluate("told.length = 0")
    edge_of(real).breaks()
    real.waits(lambda: ("registration", {"registered": True}) in real.told)
    assert ("registration", {"registered": False}) in real.told
    assert len(set(edge_of(real).tokens)) == 1
    assert real.page.evaluate("Boolean(line.session)")


def test_a_token_that_holds_no_longer_makes_the_line_begin_anew(real: Bench) -> None:
    real.registers()
    edge_of(real).tells("error", error={"code": 31205, "message": "JWT token expired"})
    real.waits(lambda: ("registration", {"registered": False, "lost": True}) in real.told)
    assert real.page.evaluate("line.session") is None
    real.registers()
    real.rings()


@pytest.mark.parametrize(
    "code, words",
    [(31201, "認められませんでした"), (31205, "期限が切れました"), (53001, "ネットワーク"), (31000, "(31000)")],
)
def test_why_a_registration_failed_is_told_in_words(real: Bench, code: int, words: str) -> None:
    real.registers()
    real.page.evaluate("(code) => line.session.emit('error', { code })", code)
    told = [detail["words"] for name, detail in real.told if name == "registration-failed"]
    assert words in told[-1]


def test_a_second_ring_during_a_talk_does_not_disturb_it(real: Bench) -> None:
    real.registers()
    leg = real.talks()
    edge_of(real).tells("invite", callsid="CA" + "9" * 32, sdp="v=0", parameters={})
    real.page.wait_for_timeout(200)
    assert real.names().count("incoming") == 1
    assert leg.status == "in-progress"


def test_what_goes_wrong_with_the_voice_is_told_by_its_kind_and_taken_back(real: Bench) -> None:
    real.registers()
    real.talks()
    real.page.evaluate("told.length = 0")
    for event, name in (
        ("warning", "high-jitter"),
        ("warning", "constant-audio-input-level"),
        ("reconnecting", {}),
        ("reconnected", {}),
        ("warning-cleared", "constant-audio-input-level"),
        ("warning", "constant-audio-output-level"),  # a caller may be silent for as long as they like
        ("warning-cleared", "high-jitter"),
    ):
        real.page.evaluate("([event, name]) => line.call.emit(event, name)", [event, name])
    kinds = [detail["trouble"] for name, detail in real.told if name == "quality"]
    assert kinds == ["poor", "silent", "broken", "silent", "poor", None]


def test_what_the_sdk_measures_becomes_an_account_of_numbers_and_names(real: Bench) -> None:
    real.registers()
    real.talks()
    real.page.evaluate(GATHER)
    real.page.evaluate("line.call.emit('warning', 'high-jitter')")
    real.page.evaluate("line.call.emit('warning-cleared', 'high-jitter')")
    real.page.evaluate("line.call.emit('warning', 'constant-audio-output-level')")
    real.waits(lambda: bool(real.page.evaluate("measured")))  # by the SDK itself, once a second
    real.page.evaluate("line.call.emit('sample', {mos: 4.2, rtt: 80, jitter: 4, packetsLostFraction: 1})")
    real.page.evaluate("log.end()")
    ((leg, account),) = real.page.evaluate("sent")
    found = parse(account)
    assert leg == "a-leg"
    assert [one.what for one in found.warnings] == [LineWarning.JITTER]
    assert found.warnings[0].until is not None
    assert found.measures["rtt"].worst >= 80


def test_the_voice_is_measured_although_the_sdk_was_loaded_before_anybody_pressed_anything(real: Bench) -> None:
    real.registers()
    real.page.evaluate("Twilio.Device.audioContext.suspend()")
    real.talks()
    real.waits(lambda: real.page.evaluate("Twilio.Device.audioContext.state") == "running")


def test_leaving_the_page_in_a_talk_is_asked_about(real: Bench) -> None:
    real.registers()
    real.talks()
    asked = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    real.page.on("dialog", answer)
    real.page.mouse.click(5, 5)  # a page that nobody touched may not ask
    real.page.goto("about:blank")
    assert asked == ["beforeunload"]


@pytest.fixture
def deaf(open_page: OpenPage) -> Iterator[Bench]:
    """A page that may not use a microphone."""
    yield from _bench(open_page, real=True, microphone=False)


def test_without_a_microphone_the_call_fails_with_words_and_the_caller_goes_on(deaf: Bench) -> None:
    deaf.registers()
    leg = deaf.rings()
    deaf.does("accept")
    deaf.waits(lambda: "failed" in deaf.names())
    assert ("cancelled", {"leg": leg.sid}) in deaf.told
    words = next(detail["words"] for name, detail in deaf.told if name == "failed")
    assert "マイクを確かめる" in words
    deaf.waits(lambda: leg.over)
