"""The verbs that need nothing but the leg itself: Say, Play, Pause, Gather, Redirect, Hangup, Reject."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ivr.simulator.line.interpreter import Flow, verb
from ivr.simulator.line.legs import Hook
from ivr.simulator.line.progress import answer, finish


def pick_up(flow: Flow) -> None:
    """Answer an inbound call that still rings: the first verb that is heard does it."""
    if flow.leg.inbound and flow.leg.status == "ringing":
        answer(flow.x, flow.leg)


@verb("Say")
@verb("Play")
def _speak(flow: Flow, element: Element) -> None:
    pick_up(flow)
    flow.prompt(element, flow.next)


@verb("Pause")
def _pause(flow: Flow, element: Element) -> None:
    flow.prompt(element, flow.next)  # as the first verb it lets the telephone ring on


@verb("Redirect")
def _redirect(flow: Flow, element: Element) -> None:
    extra = {} if flow.x.faults.bare_redirects else flow.standing()
    flow.fetch(Hook((element.text or "").strip(), element.get("method", "POST")), extra)


@verb("Hangup")
def _hang_up(flow: Flow, _element: Element) -> None:
    pick_up(flow)  # even as the first verb: only Reject refuses a call unanswered
    finish(flow.x, flow.leg, "completed")


@verb("Reject")
def _reject(flow: Flow, element: Element) -> None:
    finish(flow.x, flow.leg, "busy" if element.get("reason") == "busy" else "no-answer")


@verb("Gather")
def _gather(flow: Flow, element: Element) -> None:
    pick_up(flow)
    Gathering(flow, element).begin()


class Gathering:
    """One Gather: prompts, then keys until the wanted number, the finishing key or the time-out."""

    def __init__(self, flow: Flow, element: Element) -> None:
        self.flow, self.element = flow, element
        self.wanted = int(element.get("numDigits", "0"))
        self.timeout = float(element.get("timeout", "5"))
        self.finish_key = element.get("finishOnKey", "#")
        self.barge_in = element.get("bargeIn", "true") == "true"
        self.digits = ""

    def begin(self) -> None:
        """Play the prompts, taking keys meanwhile if barge-in is allowed."""
        prompts = list(self.element)
        if self.barge_in:
            self.flow.listener = self.press
        self._prompt(prompts)

    def _prompt(self, rest: list[Element]) -> None:
        if rest:
            self.flow.prompt(rest[0], lambda: self._prompt(rest[1:]))
        else:
            self._wait()

    def _wait(self) -> None:
        self.flow.listener = self.press
        self.flow.after(self.timeout, lambda: self._finish(""))

    def press(self, digit: str) -> None:
        """Take one key; it also cuts off the prompt."""
        self.flow.renew()
        if digit == self.finish_key:
            self._finish(digit)
            return
        self.digits += digit
        if self.wanted and len(self.digits) >= self.wanted:
            self._finish("")
        else:
            self._wait()

    def _finish(self, key: str) -> None:
        if not self.digits and self.element.get("actionOnEmptyResult", "false") != "true":
            self.flow.renew()
            self.flow.next()
            return
        answers = {"Digits": self.digits, "msg": "Gather End"} | ({"FinishedOnKey": key} if key else {})
        hook = Hook(self.element.get("action") or self.flow.url, self.element.get("method", "POST"))
        self.flow.fetch(hook, answers)
