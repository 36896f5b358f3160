"""The exchange: legs, timers and the delivery of webhooks; it knows no TwiML."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ivr.simulator.clock import Clock
from ivr.simulator.console import Alert, Console
from ivr.simulator.faults import Faults
from ivr.simulator.line.journal import Journal, Result
from ivr.simulator.line.legs import Caption, Hook, Leg, new_sid
from ivr.simulator.line.places import Queue, Room
from ivr.simulator.line.webhooks import Account, Delivery, Post, Reply, violations

UNREAD, UNREACHED = "11200", "11205"
Listener = Callable[[str, Leg, Caption | None], None]


@dataclass(frozen=True)
class Number:
    """A number of the account's, and where its webhooks go."""

    e164: str
    voice_url: str
    fallback_url: str = ""
    status_callback: str = ""
    voice_method: str = "POST"
    fallback_method: str = "POST"
    status_method: str = "POST"
    application_sid: str = ""  # Twilio would ask this TwiML application instead; the line has none and only shows it
    trunk_sid: str = ""
    sid: str = field(default_factory=lambda: new_sid("PN"))


@dataclass
class Settings:
    """How the line behaves when nothing is wrong."""

    calls_per_second: float = 0.0  # 0: no limit; Twilio's default for new accounts is 1
    max_queue_size: int = 1000
    ring_delay: float = 0.5  # seconds between initiated and ringing
    timeout_buffer: int = 5  # seconds Twilio adds to every ring timeout
    silence_seconds: float = 0.0  # how long a REST request that "times out" is left hanging (live: long)
    virtual_timeouts: bool = True  # a webhook nobody answers costs its 15 virtual seconds (live: they have passed)


class Exchange:
    """Everything that is under way, behind one lock."""

    def __init__(
        self,
        account: Account,
        number: Number,
        post: Post,
        *,
        clock: Clock | None = None,
        settings: Settings | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.account, self.number = account, number
        self.more_numbers: list[Number] = []
        self.console = Console()
        self.clock = clock or Clock(pace=0)
        self.settings, self.faults = settings or Settings(), faults or Faults()
        self.journal = Journal()
        self.legs: dict[str, Leg] = {}
        self.queues: dict[str, Queue] = {}
        self.rooms: dict[str, Room] = {}
        self.handset_names: dict[str, str] = {}
        self.media_seconds: dict[str, float] = {}
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.change = 0
        self.listeners: list[Listener] = []
        self.outgoing: deque[Delivery] = deque()
        self.held_news: dict[str, Callable[[], None]] = {}  # kept back, to come out of order
        self.news_tray: list[Callable[[], None]] | None = None  # a list: news waits there until somebody sends it
        self.listed: tuple[list[Leg], list[Room]] | None = None  # what stale lists show
        self._post = post
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._captions = 0

    # ---- time

    @property
    def elapsed(self) -> float:
        """Virtual seconds since the start."""
        return self.clock.elapsed()

    def now(self) -> datetime:
        """Return the line's moment."""
        return self.clock.now()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do *act* in that many virtual seconds; what is due at one moment happens in the order it was asked for."""
        self._order += 1
        heapq.heappush(self._timers, (self.elapsed + max(0.0, seconds), self._order, act))
        self.touch()

    def next_due(self) -> float | None:
        """Return when the next timer is due, in elapsed seconds."""
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> bool:
        """Do the first thing that is due; False when nothing is."""
        with self.lock:
            if not self._timers or self._timers[0][0] > self.elapsed + 1e-6:
                return False
            heapq.heappop(self._timers)[2]()
            return True

    def touch(self) -> None:
        """Notify watchers that something changed."""
        with self.changed:
            self.change += 1
            self.changed.notify_all()

    # ---- post

    def send(
        self,
        hook: Hook,
        params: dict[str, str],
        done: Callable[[Reply], None],
        *,
        leg: Leg | None,
        kind: str = "webhook",
        context: str = "call",
    ) -> None:
        """Put a webhook in the post; *done* hears the reply, under the lock."""
        if self.faults.no_account_sid:
            params = {name: value for name, value in params.items() if name != "AccountSid"}
        delivery = Delivery(hook, params, done, leg, kind, context)
        self.outgoing.append(delivery)
        if kind == "webhook" and self.faults.happens("webhook_duplicates"):
            self.outgoing.append(Delivery(hook, params, _unheard, leg, kind, context, token=delivery.token))
        self.touch()

    def deliver(self, delivery: Delivery) -> None:
        """Carry one webhook out and back; call it without holding the lock."""
        method, url, body, headers = delivery.request(self.account)
        began, limits = time.monotonic(), delivery.limits
        if delivery.began is None:
            delivery.began = self._stopwatch()
        try:
            status, received, content = self._post(method, url, body, headers, limits)
            kind = next((value for name, value in received.items() if name.lower() == "content-type"), "")
            reply = Reply(status, kind, content, ms=_ms(began))
        except TimeoutError:
            reply = Reply(None, error="rt", ms=_ms(began))
        except ConnectionError:
            reply = Reply(None, error="ct", ms=_ms(began))
        with self.lock:
            if reply.error == "rt" and self.settings.virtual_timeouts:
                self.after(min(limits.read, limits.total), lambda: self._arrived(delivery, reply))
            else:
                self._arrived(delivery, reply)

    def _stopwatch(self) -> float:
        """Seconds that an answer is waited for: the line's own, or live the real ones, however fast its clock goes."""
        return self.elapsed if self.settings.virtual_timeouts else time.monotonic()

    def _arrived(self, delivery: Delivery, reply: Reply) -> None:
        self.journal.take(self.now(), delivery, reply, violations(delivery, reply))
        if delivery.may_retry(reply, self._stopwatch()):
            delivery.attempt += 1
            self.outgoing.append(delivery)
        else:
            if delivery.kind == "news" and not 200 <= (reply.status or 0) < 300:
                self.warn(UNREACHED if reply.error == "ct" else UNREAD, delivery.hook.url, delivery.leg)
            delivery.done(reply)
        self.touch()

    # ---- what people notice

    def caption(self, leg: Leg, kind: str, who: str, text: str, seconds: float = 0.0) -> Caption:
        """Record what *leg* hears, types or presses, and notify listeners."""
        self._captions += 1
        caption = Caption(self._captions, kind, who, text, self.now(), self.elapsed, seconds)
        leg.captions.append(caption)
        self.tell("heard", leg, caption)
        return caption

    def tell(self, event: str, leg: Leg, caption: Caption | None = None) -> None:
        """Notify listeners, such as browser devices, of *event* (ringing, connected, ended, heard)."""
        leg.state_since = leg.state_since if event == "heard" else self.elapsed
        for listener in self.listeners:
            listener(event, leg, caption)
        self.touch()

    def warn(self, code: str, url: str, leg: Leg | None) -> None:
        """Add an alert to the account's debugger; as at Twilio its text may tell who called."""
        who = f"From={leg.from_}&To={leg.to}" if leg else ""
        self.console.alerts.append(Alert(code, self.now(), url, f"ErrorCode={code}&{who}"))

    def note(self, leg: Leg | None, text: str, *, violation: bool = False) -> None:
        """Write a remark of the line's own into the log."""
        found = [text] if violation else []
        self.journal.add(self.now(), "note", leg, "line", text, Result(not violation, violations=found))


def _unheard(reply: Reply) -> None:
    """Twilio uses the first answer; the duplicate's is dropped."""


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
