"""The log of what went over the line, newest first; it never holds what people typed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ivr.simulator.line.legs import PAYPHONE, Leg
from ivr.simulator.line.webhooks import Delivery, Reply
from ivr.simulator.twiml.checker import MalformedTwiml, parse

KEPT = 1000


@dataclass(frozen=True)
class Result:
    """What came of something that is written down: an HTTP status after so many milliseconds, or nothing."""

    ok: bool
    status: int | None = None
    ms: int = 0
    violations: Sequence[str] = ()


@dataclass
class Entry:
    """One line of the log."""

    id: int
    at: datetime
    kind: str  # webhook, news, rest, note
    caller: int | None
    path: str
    digest: str
    status: int | None
    ms: int
    ok: bool
    violations: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the entry for the page."""
        return asdict(self) | {"at": self.at.isoformat(timespec="seconds")}

    def as_text(self) -> str:
        """Return the entry as one line of a file."""
        who = "-" if self.caller is None else str(self.caller)
        state = "ok" if self.ok else "NG " + "; ".join(self.violations)
        moment = self.at.isoformat(timespec="seconds")
        return f"{moment}\t{self.kind}\t{who}\t{self.path}\t{self.digest}\t{self.status}\t{self.ms} ms\t{state}"


class Journal:
    """The newest thousand entries, and counts of all."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.webhooks = self.rest = self.failures = 0
        self.violations: list[str] = []
        self._last = 0

    def add(self, at: datetime, kind: str, leg: Leg | None, path: str, digest: str, result: Result) -> Entry:
        """Write one entry down and return it."""
        self._last += 1
        caller, found = leg.index if leg else None, list(result.violations)
        entry = Entry(self._last, at, kind, caller, path, digest, result.status, result.ms, result.ok, found)
        self.webhooks += kind in {"webhook", "news"}
        self.rest += kind == "rest"
        self.failures += not entry.ok
        self.violations += [f"{path}: {text}" for text in entry.violations]
        self.entries.appendleft(entry)
        return entry

    def take(self, at: datetime, delivery: Delivery, reply: Reply, found: list[str]) -> None:
        """Write down one answered (or unanswered) webhook."""
        parts = urlsplit(delivery.hook.url)
        good = reply.status is not None and 200 <= reply.status < 300
        digest = _asked(delivery)
        if reply.error:
            digest += " → 応答なし" if reply.error == "rt" else " → 接続できません"
        elif delivery.kind == "webhook" and good:
            digest += f" → {' '.join(verbs(reply.body)) or '(空)'}"
        self.add(
            at,
            delivery.kind if delivery.kind != "media" else "webhook",
            delivery.leg,
            parts.path or "/",
            digest.strip(),
            Result(good and not found, status=reply.status, ms=reply.ms, violations=found),
        )


def verbs(body: bytes) -> list[str]:
    """Return the verbs at the top of a document, a room's dial in two words; nothing if it cannot be read."""
    try:
        root = parse(body)
    except MalformedTwiml:
        return []
    return [" ".join([verb.tag, *(c.tag for c in verb)]) if verb.tag == "Dial" else verb.tag for verb in root]


def _asked(delivery: Delivery) -> str:
    params: Mapping[str, str] = delivery.params
    if delivery.kind == "media":
        return "音声"
    if delivery.kind == "news":
        label = params.get("ParticipantLabel", "")
        event = params.get("StatusCallbackEvent", "").removeprefix("participant-")
        return "・".join(_present([event, label])) or params.get("CallStatus", "")
    if "ErrorCode" in params:
        return f"エラー{params['ErrorCode']}"
    if "QueueResult" in params:
        return f"QueueResult={params['QueueResult']}"
    if "Digits" in params:
        return f"Digits={params['Digits']}"
    if "QueuePosition" in params:
        return f"順番{params['QueuePosition']}"
    if delivery.leg and delivery.leg.inbound and params.get("CallStatus") == "ringing":
        return {"withheld": "非通知", "payphone": "公衆電話"}.get(caller_kind(delivery.leg.from_), "番号通知")
    return ""


def caller_kind(from_: str) -> str:
    """Return withheld, payphone or number for a caller id."""
    if from_ == PAYPHONE:
        return "payphone"
    return "number" if from_.startswith("+") and not from_.startswith("+2666966") else "withheld"


def _present(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]
