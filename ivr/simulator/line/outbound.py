"""Calls rung by REST: from the request to somebody's telephone or browser, until it is answered or not."""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.interpreter import Flow
from ivr.simulator.line.legs import FINAL, Leg
from ivr.simulator.line.progress import answer, finish, report

E164 = re.compile(r"\+[1-9]\d{6,14}")
UNREACHABLE_AFTER = 0.5  # seconds until a device that is not there ends the call


class Outbound:
    """Places calls, at most so many a second, and lets devices ring."""

    def __init__(self, x: Exchange) -> None:
        self.x = x
        self.reachable: Callable[[str], bool] = lambda _identity: True  # the device registry replaces this
        self._next_start = 0.0

    def place(self, leg: Leg) -> None:
        """Take a new leg in; it starts when the rate of calls allows."""
        x = self.x
        x.legs[leg.sid] = leg
        rate = x.settings.calls_per_second
        start = max(x.elapsed, self._next_start) if rate else x.elapsed
        self._next_start = start + 1 / rate if rate else start
        leg.queue_time = int((start - x.elapsed) * 1000)
        leg.main = Flow(x, leg, "call", lambda: finish(x, leg, "completed"))
        x.after(start - x.elapsed, lambda: self._start(leg))

    def _start(self, leg: Leg) -> None:
        if leg.over:
            return
        leg.status = "initiated"
        report(self.x, leg, "initiated")
        if leg.to.startswith("client:") and not self.reachable(leg.to.removeprefix("client:")):
            self.x.after(UNREACHABLE_AFTER, lambda: self._give_up(leg, "no-answer"))
        elif self._engaged(leg):
            self.x.after(UNREACHABLE_AFTER, lambda: self._give_up(leg, "busy"))
        else:
            self.x.after(self.x.settings.ring_delay, lambda: self._ring(leg))

    def _engaged(self, leg: Leg) -> bool:
        others = (other for other in self.x.legs.values() if other is not leg and other.to == leg.to)
        return any(other.status not in FINAL | {"queued"} and not other.inbound for other in others)

    def _ring(self, leg: Leg) -> None:
        if leg.over:
            return
        leg.status = "ringing"
        report(self.x, leg, "ringing")
        self.x.tell("ringing", leg)
        limit = (leg.ring_limit or 60) + self.x.settings.timeout_buffer
        self.x.after(limit, lambda: self._give_up(leg, "no-answer"))

    def _give_up(self, leg: Leg, status: str) -> None:
        if leg.ringing:
            finish(self.x, leg, status)

    def answer(self, leg: Leg) -> None:
        """Somebody picks up: the leg's document is fetched and played."""
        answer(self.x, leg)
        assert isinstance(leg.main, Flow)
        if leg.hook is not None:
            leg.main.fetch(leg.hook)
        else:
            self.x.note(leg, "Twiml parameter is played")
            play_given(leg.main, leg.twiml)


def play_given(flow: Flow, document: str) -> None:
    """Play a document that REST handed over, checked like any other."""
    from ivr.simulator.twiml.checker import check, parse

    for problem in check(document, "call"):
        flow.x.note(flow.leg, problem, violation=True)
    flow.run(list(parse(document.encode())), "")
