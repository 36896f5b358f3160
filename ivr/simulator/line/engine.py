"""The engine: what people and programs do to the line, over the exchange and the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.simulator.line import queues, rooms, verbs
from ivr.simulator.line.exchange import Exchange, Number, Settings
from ivr.simulator.line.interpreter import Flow
from ivr.simulator.line.legs import PAYPHONE, Hook, Leg
from ivr.simulator.line.outbound import Outbound, play_given
from ivr.simulator.line.progress import finish
from ivr.simulator.line.webhooks import Account, Post

__all__ = ["Account", "Engine", "NoSuchCall", "Number", "Settings", "TwimlViolation", "WrongMoment"]
TEACHES_VERBS = (verbs, queues, rooms)  # importing them registers what the interpreter can do
LONGEST_RUN = 3600.0


class TwimlViolation(AssertionError):
    """A document broke the strict checker's rules."""


class NoSuchCall(LookupError):
    """No leg has that SID."""


class WrongMoment(ValueError):
    """The leg is not in a state in which that can be done."""


class Engine(Exchange):
    """The whole line. In a test ``settle`` and ``advance`` move it; live, a runner does."""

    def __init__(self, account: Account, number: Number, post: Post, *, strict: bool = False, **more: Any) -> None:
        super().__init__(account, number, post, **more)
        self.strict = strict
        self.outbound = Outbound(self)
        self._callers = self._judged = 0

    # ---- callers and telephones

    def dial(self, from_: str = "anonymous") -> Leg:
        """Let a caller dial the number; ``payphone`` stands for what public telephones send."""
        with self.lock:
            self._callers += 1
            caller_id = PAYPHONE if from_ == "payphone" else from_
            leg = Leg(caller_id, self.number.e164, "inbound", self.elapsed, self.now(), index=self._callers)
            leg.hook = Hook(self.number.voice_url, self.number.voice_method)
            leg.status, leg.state_since = "ringing", self.elapsed
            if self.number.fallback_url:
                leg.fallback = Hook(self.number.fallback_url, self.number.fallback_method)
            if self.number.status_callback:
                leg.status_hook = Hook(self.number.status_callback, self.number.status_method)
            self.legs[leg.sid] = leg
            flow = Flow(self, leg, "call", lambda: finish(self, leg, "completed"))
            leg.main = flow
            flow.fetch(leg.hook)
            self.tell("dialled", leg)
            return leg

    def leg(self, sid: str) -> Leg:
        """Return the leg, or raise ``NoSuchCall``."""
        try:
            return self.legs[sid]
        except KeyError:
            raise NoSuchCall(sid) from None

    def press(self, sid: str, digits: str) -> None:
        """Press keys, one after the other."""
        with self.lock:
            leg = self._talking(sid)
            if not digits or set(digits) - set("0123456789*#"):
                raise WrongMoment("keys are 0-9, * and #")
            for digit in digits:
                self.caption(leg, "event", leg.who, digit)
                for flow in (leg.side, leg.main):
                    if flow is not None and flow.press(digit):
                        break

    def say(self, sid: str, text: str) -> None:
        """Say something on a leg; whoever shares its room reads it."""
        with self.lock:
            rooms.say(self, self._talking(sid), text)

    def hang_up(self, sid: str) -> None:
        """Put the receiver down; what still rings is declined, or given up by its caller."""
        with self.lock:
            leg = self.leg(sid)
            unanswered = "no-answer" if leg.inbound else "busy"
            finish(self, leg, unanswered if leg.ringing else "completed")

    def answer(self, sid: str) -> None:
        """Pick up a ringing telephone or device."""
        with self.lock:
            self.outbound.answer(self._rung(sid))

    def decline(self, sid: str) -> None:
        """Refuse a ringing call: busy, as Twilio reports it."""
        with self.lock:
            finish(self, self._rung(sid), "busy")

    def _talking(self, sid: str) -> Leg:
        leg = self.leg(sid)
        if leg.over or (leg.ringing and not leg.inbound):
            raise WrongMoment("the call is not connected")
        return leg

    def _rung(self, sid: str) -> Leg:
        leg = self.leg(sid)
        if leg.status != "ringing" or leg.inbound:
            raise WrongMoment("the telephone does not ring")
        return leg

    # ---- what REST does to a leg

    def redirect(self, leg: Leg, hook: Hook | None, document: str = "") -> None:
        """Give the leg another document, at *hook* or as it is."""
        if leg.stay is not None:
            leg.stay.moved()
        assert isinstance(leg.main, Flow)
        if hook is not None:
            leg.main.fetch(hook)
        else:
            play_given(leg.main, document)

    # ---- time, in a test

    def settle(self) -> None:
        """Do everything that is due at this moment, webhooks included."""
        while True:
            while self.run_due():
                pass
            if not self.outgoing:
                break
            self.deliver(self.outgoing.popleft())
        if self.strict and len(self.journal.violations) > self._judged:
            fresh = self.journal.violations[self._judged :]
            self._judged = len(self.journal.violations)
            raise TwimlViolation("\n".join(fresh))

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass, doing what falls due on the way at its own moment."""
        self.settle()
        until = self.elapsed + seconds
        while (due := self.next_due()) is not None and due <= until:
            self.clock.step(max(0.0, due - self.elapsed))
            self.settle()
        self.clock.step(max(0.0, until - self.elapsed))
        self.settle()

    def run_until(self, condition: Callable[[], bool], limit: float = LONGEST_RUN) -> None:
        """Let time pass until *condition* holds; raise ``TimeoutError`` after *limit* virtual seconds."""
        self.settle()
        until = self.elapsed + limit
        while not condition():
            due = self.next_due()
            if due is None or due > until:
                raise TimeoutError(f"did not come about within {limit:.0f} virtual seconds")
            self.clock.step(max(0.0, due - self.elapsed))
            self.settle()
