"""The TwiML interpreter: fetches documents and plays them, verb by verb, on one leg."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.journal import verbs
from ivr.simulator.line.legs import Caption, Hook, Leg, Running
from ivr.simulator.line.progress import finish
from ivr.simulator.line.webhooks import Reply, failure_code, is_media, standard_params
from ivr.simulator.twiml.checker import parse
from ivr.simulator.twiml.speech import spoken

STOCK_ERROR = "We are sorry, an application error has occurred. Goodbye."
DEFAULT_PLAY_SECONDS = 10.0  # for sound whose length cannot be read from its header
MOST_FETCHES_AT_ONCE = 20
MOST_LOOPS = 1000
Handler = Callable[["Flow", Element], None]
HANDLERS: dict[str, Handler] = {}


def verb(name: str) -> Callable[[Handler], Handler]:
    """Register the function that carries out one verb; it must end in ``flow.next()`` or in another document."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


class Flow(Running):
    """One line of execution on a leg: its call document, or what it hears in a queue or a room.

    Every fetch, document and interruption starts a new *turn*; timers and replies of an older turn do nothing.
    """

    def __init__(self, x: Exchange, leg: Leg, context: str, exhausted: Callable[[], None]) -> None:
        self.x, self.leg, self.context = x, leg, context
        self.url = ""
        self.listener: Callable[[str], None] | None = None
        self.standing: Callable[[], dict[str, str]] = dict  # parameters that a Redirect sends along
        self._exhausted = exhausted
        self._verbs: list[Element] = []
        self._place = self._turn = self._fetches = 0
        self._fetched = -1.0
        self._caption: Caption | None = None
        self._live = True

    # ---- documents

    def fetch(self, hook: Hook, extra: dict[str, str] | None = None, *, rescue: bool = True) -> None:
        """Ask for a document and play it; a failed one is rescued by the fallback address, unless it was that one."""
        turn = self.renew()
        self._fetches = self._fetches + 1 if self.x.elapsed == self._fetched else 1
        self._fetched = self.x.elapsed
        if self._fetches > MOST_FETCHES_AT_ONCE:
            self.x.note(self.leg, f"document goes round in circles: {hook.url}", violation=True)
            finish(self.x, self.leg, "completed")
            return
        params = standard_params(self.x.account, self.leg) | (extra or {})

        def done(reply: Reply) -> None:
            if self._live and turn == self._turn:
                self._take(hook, reply, rescue=rescue)

        self.x.send(hook, params, done, leg=self.leg, context=self.context)

    def _take(self, hook: Hook, reply: Reply, *, rescue: bool) -> None:
        code = failure_code(reply, media_allowed=self.context in {"wait", "room", "hold"})
        if code:
            self.fail(code, hook.url, rescue=rescue)
        elif is_media(reply):
            self.speak("♪", _wav_seconds(reply.body), self._exhausted)
        else:
            self.leg.verbs = verbs(reply.body)
            self.run(list(parse(reply.body)), hook.url)

    def run(self, elements: Sequence[Element], url: str) -> None:
        """Play a document that is already there."""
        self.renew()
        self.url, self._verbs, self._place = url, list(elements), 0
        self.next()

    def next(self) -> None:
        """Carry out the next verb; at the end, do what this flow does when it runs out."""
        if self._place >= len(self._verbs):
            self.renew()
            self._exhausted()
            return
        element = self._verbs[self._place]
        self._place += 1
        handler = HANDLERS.get(element.tag)
        if handler is None:
            self.next()
        else:
            handler(self, element)

    def fail(self, code: str, url: str, *, rescue: bool = True) -> None:
        """A document could not be had or read: go to the fallback address, or apologise and end the call."""
        self.x.warn(code, url, self.leg)
        self.renew()
        if self.context != "call":
            self.x.note(self.leg, f"{self.context} document failed: {code}")
            if self.leg.stay is not None:
                self.leg.stay.broken(code, url)
        elif rescue and self.leg.fallback is not None:
            self.fetch(self.leg.fallback, {"ErrorCode": code, "ErrorUrl": url}, rescue=False)
        else:
            self.x.note(self.leg, f"application error {code}")
            self.speak(STOCK_ERROR, 4.0, lambda: finish(self.x, self.leg, "completed"))

    # ---- time and interruption

    def renew(self) -> int:
        """Start a new turn: whatever was being said or awaited is cut off."""
        self._turn += 1
        self.listener = None
        caption, self._caption = self._caption, None
        if caption is not None and self.x.elapsed < caption.began + caption.seconds - 1e-6:
            caption.seconds, caption.cut = round(self.x.elapsed - caption.began, 2), True
        return self._turn

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do *act* later, unless this turn is over by then."""
        turn = self._turn

        def due() -> None:
            if self._live and turn == self._turn:
                act()

        self.x.after(seconds, due)

    def stop(self) -> None:
        """Say and fetch nothing more."""
        self.renew()
        self._live = False

    def press(self, digit: str) -> bool:
        """Hand a key to the Gather that listens, if one does."""
        if self.listener is None:
            return False
        self.listener(digit)
        return True

    def speak(self, text: str, seconds: float, then: Callable[[], None]) -> None:
        """Let the leg hear *text* for that many seconds."""
        self._caption = self.x.caption(self.leg, "said", "line", text, round(seconds, 2))
        self.after(seconds, then)

    def prompt(self, element: Element, then: Callable[[], None]) -> None:
        """Carry out one Say, Play or Pause."""
        loops = int(element.get("loop", "1")) or MOST_LOOPS
        if element.tag == "Pause":
            self.after(float(element.get("length", "1")), then)
        elif element.tag == "Say":
            text, seconds = spoken(element)
            self.speak(text, seconds * loops, then)
        elif "digits" in element.attrib:
            self.after(0.5 * len(element.attrib["digits"]), then)
        else:
            self._play((element.text or "").strip(), loops, then)

    def _play(self, url: str, loops: int, then: Callable[[], None]) -> None:
        turn, lengths = self._turn, self.x.media_seconds

        def sound() -> None:
            if self._live and turn == self._turn:
                self.speak(f"♪ {url.rpartition('/')[2]}", lengths[url] * loops, then)

        def done(reply: Reply) -> None:
            lengths[url] = _wav_seconds(reply.body)
            sound()

        if url in lengths:
            sound()
        else:
            self.x.send(Hook(url, "GET"), {}, done, leg=self.leg, kind="media")


def _wav_seconds(body: bytes) -> float:
    try:
        with wave.open(io.BytesIO(body)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return DEFAULT_PLAY_SECONDS
