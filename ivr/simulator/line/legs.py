"""What the line knows of one leg: who, where from, how far, what it heard."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime

FINAL = frozenset(["completed", "busy", "failed", "no-answer", "canceled"])
PAYPHONE, WITHHELD = "unavailable", "anonymous"
KEYPAD_WITHHELD = "+266696687"  # ANONYMOUS spelled on a keypad, as some carriers still send it


def new_sid(prefix: str) -> str:
    """Return a fresh SID in Twilio's form."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Hook:
    """An address of the application's that the line calls."""

    url: str
    method: str = "POST"


@dataclass
class Caption:
    """Something one leg heard, typed or pressed."""

    id: int
    kind: str  # said (by the line), event, them, us
    who: str  # line, caller, counsellor
    text: str
    at: datetime
    began: float
    seconds: float = 0.0
    cut: bool = False


class Stay(ABC):
    """Where a leg is kept while its call document waits: a queue or a room."""

    state: str

    @abstractmethod
    def hung_up(self) -> None:
        """The leg ended."""

    @abstractmethod
    def moved(self) -> None:
        """REST gave the leg another document."""

    @abstractmethod
    def broken(self, code: str, url: str) -> None:
        """The document it listens to could not be had."""


class Running(ABC):
    """A flow of TwiML on a leg, as far as the leg must know it."""

    @abstractmethod
    def stop(self) -> None:
        """Say and fetch nothing more."""

    @abstractmethod
    def press(self, digit: str) -> bool:
        """Take a key; False when nothing listens for one."""


@dataclass(eq=False)
class Leg:
    """One call as Twilio counts them: a caller's, or one rung by REST."""

    from_: str
    to: str
    direction: str  # inbound, outbound-api
    created: float
    created_at: datetime
    hook: Hook | None = None
    twiml: str = ""
    fallback: Hook | None = None
    status_hook: Hook | None = None
    status_events: frozenset[str] = frozenset(["completed"])
    ring_limit: int | None = None
    time_limit: int | None = None
    queue_time: int = 0
    sid: str = field(default_factory=lambda: new_sid("CA"))
    status: str = "queued"
    sequence: int = 0
    index: int | None = None  # the caller's number on the page; a counsellor's leg takes its caller's
    answered: float | None = None
    ended: float | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    state_since: float = 0.0
    captions: list[Caption] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)  # of the newest document
    main: Running | None = None
    side: Running | None = None
    stay: Stay | None = None

    @property
    def over(self) -> bool:
        """Return whether the leg has ended."""
        return self.status in FINAL

    @property
    def ringing(self) -> bool:
        """Return whether somebody's telephone is to ring or rings, and nobody has answered."""
        return self.status in {"queued", "initiated", "ringing"}

    @property
    def inbound(self) -> bool:
        """Return whether a caller dialled it."""
        return self.direction == "inbound"

    @property
    def who(self) -> str:
        """Who speaks on it, in the captions' words."""
        return "caller" if self.inbound else "counsellor"

    @property
    def heard(self) -> list[str]:
        """The texts heard so far."""
        return [caption.text for caption in self.captions if caption.kind in {"said", "them"}]

    def duration(self, elapsed: float) -> int:
        """Return the whole seconds since the answer, until the end if it has ended."""
        if self.answered is None:
            return 0
        return int((elapsed if self.ended is None else self.ended) - self.answered)
