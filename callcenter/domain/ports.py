"""The service's ports to the world, as Protocols; adapters fulfil them, tests fake them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.announcements.wording import Changes, Slot
from callcenter.domain.calendar.hours import State
from callcenter.domain.telephony import BrowserLine, LineSetup, Telephony, VoiceTokens


class Clock(Protocol):
    """The time of day; waiting threads measure durations by the monotonic clock instead."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Doorbell(Protocol):
    """Tells the worker that the outbox holds something; it may fail silently, as the worker looks by itself too."""

    def ring(self) -> None: ...


class Substitute(Protocol):
    """Does what the worker does for those on the line, while no worker does."""

    def wake(self) -> None:
        """Look whether a worker is there, and stand in for it if not; returns at once, whatever is found."""
        ...


class JobQueue(Protocol):
    """Hands heavy jobs and mails to the processes that run them; it may lose one, as the row in the database counts."""

    def put(self, job_id: str, attempts: int) -> None:
        """Put a job on the queue; nothing if it is there for this try, or the queue is away."""
        ...

    def put_errand(self, message_id: int, attempts: int) -> None:
        """Put an errand of the outbox on the queue; as ``put``."""
        ...

    def is_served(self) -> bool:
        """Return whether some process takes jobs from the queue now."""
        ...


class LineWords(Protocol):
    """What the telephone says, for pages that preview it."""

    def closed(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """Return what a caller hears first while the line is closed, in pieces with readings."""
        ...

    def closed_while_waiting(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """Return what waiting callers hear first when the line is closed during their wait."""
        ...

    def shown(self, *names: str) -> str:
        """Return the phrases of those names as they are read now."""
        ...

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the words whose pronunciation the line knows."""
        ...

    def slots(self, changes: Changes) -> list[Slot]:
        """Return every phrase, as shipped and as *changes* make it."""
        ...

    def said(self, announcement: Announcement) -> tuple[Phrase, ...]:
        """Return how a phrase sounds with examples in its gaps, in pieces with readings."""
        ...

    def seconds(self, announcement: Announcement) -> float:
        """Return how many seconds it takes to say."""
        ...

    def away(self, changes: Changes) -> str:
        """Return the script for when nothing of ours answers; it holds no address of ours, so no recording."""
        ...


@dataclass(frozen=True)
class Mail:
    """A plain-text mail. *key* makes its Message-ID, so that a repetition can be recognised."""

    to: tuple[str, ...] = field(repr=False)
    subject: str
    text: str = field(repr=False)
    key: str
    sender_name: str = ""
    """What stands beside the address of the sender, if anything."""


class MailNotTaken(Exception):
    """Raised when the mail server did not take a mail; it may be sent again. The message names no address."""


class MailRefused(MailNotTaken):
    """Raised when the mail server refused every recipient for good (a 5xx code); sending again is of no use."""


class Mailer(Protocol):
    """Sends mails."""

    def send(self, mail: Mail) -> None:
        """Send the mail; ``MailNotTaken`` if the server did not take it, ``MailRefused`` if it never will."""
        ...


class NotReached(Exception):
    """Raised when an address did not answer in time or at all; the message is the kind of trouble."""


class CertificateRefused(Exception):
    """Raised when an address shows a certificate that nobody should trust; the message says why."""


@dataclass(frozen=True)
class WebAnswer:
    """An answer to a web request: its status, and as much of its text as a script may have."""

    status: int
    text: str


class Outside(Protocol):
    """Looks at addresses as the telephone company sees them; every call is short, or raises ``NotReached``."""

    def signed(self, url: str) -> Iterator[WebAnswer]:
        """Return what *url* answers to the telephone company's signature, once for each secret that we know."""
        ...

    def forged(self, url: str) -> WebAnswer:
        """Return what *url* answers to a wrong signature."""
        ...

    def certificate_ends(self, origin: str) -> datetime:
        """Return until when the certificate at *origin* holds; ``CertificateRefused`` if it is not valid."""
        ...


@dataclass(frozen=True)
class Ports:
    """All ports in one value."""

    clock: Clock
    telephony: Telephony
    doorbell: Doorbell
    tokens: VoiceTokens | None = None
    """None where no key to sign with was set: then only telephones ring."""
    setup: LineSetup | None = None
    """None where no account was named: then there is nothing to look at."""
    outside: Outside | None = None
    """None where no account was named."""
    mailer: Mailer | None = None
    """None where nothing is mailed, as in most tests."""
    heavy: JobQueue | None = None
    """None without Redis: then the worker does heavy jobs itself."""
    line_words: LineWords | None = None
    """None where no telephone is mounted."""
    substitute: Substitute | None = None
    """None in every process but those that answer webhooks."""
    browser_line: BrowserLine = field(default_factory=BrowserLine)
