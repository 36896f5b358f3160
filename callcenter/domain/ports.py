"""What the service needs from the world, as Protocols; adapters fulfil them, tests fake them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.announcements.wording import Changes, Slot
from callcenter.domain.calendar.hours import State
from callcenter.domain.telephony import BrowserLine, LineSetup, Telephony, VoiceTokens


class Clock(Protocol):
    """The time of day. Durations of waiting threads use the monotonic clock instead."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Doorbell(Protocol):
    """Tells the worker that the outbox holds something; it may fail in silence, the worker looks by itself too."""

    def ring(self) -> None: ...


class JobQueue(Protocol):
    """Hands heavy jobs to whichever process takes them; it may lose one, as the job's row is what counts."""

    def put(self, job_id: str, attempts: int) -> None:
        """Put a job on the queue; nothing if it lies there already for this try, or the queue is away."""
        ...

    def is_served(self) -> bool:
        """Return whether some process takes jobs from the queue now."""
        ...


class LineWords(Protocol):
    """The telephone's own words, for the pages on which somebody decides what callers will hear."""

    def closed(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """What somebody hears first who calls while the line is closed, in pieces with their readings."""
        ...

    def closed_while_waiting(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """What those hear first who wait when the line is closed over them."""
        ...

    def shown(self, *names: str) -> str:
        """The phrases of those names as they are read now."""
        ...

    @property
    def readings(self) -> Mapping[str, str]:
        """Words whose pronunciation the line knows."""
        ...

    def slots(self, changes: Changes) -> list[Slot]:
        """Every phrase, as shipped and as *changes* make it."""
        ...

    def said(self, announcement: Announcement) -> tuple[Phrase, ...]:
        """How a phrase sounds with examples in its gaps, in pieces with their readings."""
        ...

    def seconds(self, announcement: Announcement) -> float:
        """How long it takes to say, in seconds."""
        ...

    def away(self, changes: Changes) -> str:
        """Return the script for when nothing of ours answers: no address of ours, so no recording either."""
        ...


@dataclass(frozen=True)
class Mail:
    """A mail of plain text. *key* makes its Message-ID, so that a repetition can be recognised as one."""

    to: tuple[str, ...] = field(repr=False)
    subject: str
    text: str = field(repr=False)
    key: str


class MailNotTaken(Exception):
    """The mail server did not take it now; it may be sent again. The message names no address."""


class Mailer(Protocol):
    """Whoever carries mails out of the house."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over; ``MailNotTaken`` if nobody took it."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything outside, in one value."""

    clock: Clock
    telephony: Telephony
    doorbell: Doorbell
    tokens: VoiceTokens | None = None
    """None where no key to sign with was set: then only telephones ring."""
    setup: LineSetup | None = None
    """None where no account was named: then there is nothing to look at."""
    mailer: Mailer | None = None
    """None where nothing is mailed, as in most tests."""
    heavy: JobQueue | None = None
    """None without Redis: then the worker does heavy jobs itself."""
    line_words: LineWords | None = None
    """None where no telephone is mounted."""
    browser_line: BrowserLine = field(default_factory=BrowserLine)
