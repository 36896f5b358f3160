"""What the service needs from the world, as Protocols; adapters fulfil them, tests fake them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from callcenter.domain.administration.line_setup import Dialing, Field, Found
from callcenter.domain.announcements.readings import Phrase
from callcenter.domain.announcements.speech import Announcement
from callcenter.domain.announcements.wording import Changes, Slot
from callcenter.domain.calendar.hours import State


class Clock(Protocol):
    """The time of day. Durations of waiting threads use the monotonic clock instead."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class LineGone(Exception):
    """The leg has already ended (Twilio: 20404, 21220); an ordinary answer, not a failure."""


class LineBusy(Exception):
    """The telephone company did not take the request (Twilio: 429); it may be repeated."""


class LineUnknown(Exception):
    """Nobody can say whether the request was taken (time-out, 5xx); it must not be blindly repeated."""


class LineRefused(Exception):
    """The telephone company will not do this, now or later (a number that cannot be rung, a wrong account)."""


class LineInUse(LineRefused):
    """What has not ended yet cannot be deleted (Twilio: 20009); another night it can."""


class LineShut(LineBusy):
    """The telephone company does not let us in (Twilio: 401, 403): nothing was done, and the operator must mend it."""


@dataclass(frozen=True)
class Leg:
    """A leg as the telephone company lists it; *number* is the other side's, in whatever form it came."""

    sid: str
    state: str
    """Twilio's own word, such as ``in-progress`` or ``completed``."""
    number: str = field(repr=False)
    began_at: datetime
    ended_at: datetime | None = None


class Telephony(Protocol):
    """The outgoing half of the telephone; everything here may raise the four errors above."""

    def ring(self, to: str, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to* (E.164 or ``client:…``) for *timeout* seconds and return the new leg's SID."""
        ...

    def redirect(self, leg_sid: str, url: str) -> None:
        """Let the leg fetch its next script from *url*."""
        ...

    def take_from_queue(self, queue_sid: str, leg_sid: str, url: str) -> None:
        """Take the leg out of the holding queue and let it fetch *url*."""
        ...

    def hang_up(self, leg_sid: str, *, answered: bool) -> None:
        """End the leg; one that is still ringing is cancelled."""
        ...

    def leg_state(self, leg_sid: str) -> str:
        """Return Twilio's own word for the leg's state, such as ``in-progress`` or ``completed``."""
        ...

    def in_room(self, room: str) -> list[str] | None:
        """Return the SIDs of the legs in the running conference of that name, None if there is none."""
        ...

    def room_sid(self, room: str) -> str | None:
        """Return the SID of the running conference of that name, None if there is none."""
        ...

    def hold(self, room_sid: str, leg_sid: str, music_url: str) -> None:
        """Take the leg out of the talk: it hears what *music_url* plays, and nobody hears it."""
        ...

    def unhold(self, room_sid: str, leg_sid: str) -> None:
        """Let the leg back into the talk."""
        ...

    def mute(self, room_sid: str, leg_sid: str, *, muted: bool) -> None:
        """Let the room not hear the leg, or hear it again; who is coached stays as it is."""
        ...

    def coach(self, room_sid: str, leg_sid: str, *, coached_sid: str | None, muted: bool) -> None:
        """Let only *coached_sid*'s leg hear this one, or (None) everybody; *muted* as in ``mute``."""
        ...

    def announce(self, room_sid: str, leg_sid: str, url: str) -> None:
        """Let this leg alone hear the script at *url*, without leaving the talk."""
        ...

    def ended_legs(self, before: date, *, limit: int) -> list[str]:
        """Return the SIDs of at most *limit* ended legs that began before that day (in UTC), newest first."""
        ...

    def forget_leg(self, leg_sid: str) -> None:
        """Delete what the telephone company keeps of an ended leg; ``LineInUse`` while it has not ended."""
        ...

    def legs_to(self, to: str, *, since: datetime) -> list[Leg]:
        """Return the few newest legs that were rung at *to* and asked for since then, newest first."""
        ...

    def callers_of(self, number: str, *, since: datetime) -> list[Leg]:
        """Return the legs of callers who dialled *number* (E.164) and began since then."""
        ...

    def rung_legs(self, *, since: datetime) -> list[Leg]:
        """Return the legs that were rung from our caller ID and began since then."""
        ...

    def rooms(self) -> list[str]:
        """Return the names of the conferences that run now."""
        ...


class LineSetup(Protocol):
    """What is set up once at the telephone company; everything here may raise the errors above."""

    def look(self) -> Found:
        """Return how the account is set up."""
        ...

    def set_number(self, e164: str, values: Mapping[Field, str]) -> None:
        """Set these parts of a number and leave the others alone."""
        ...

    def allow_dialing(self, wanted: Dialing) -> None:
        """Let the account ring what is *wanted*, and nothing else."""
        ...

    def stop_recording(self) -> None:
        """Drop the rule by which every call is recorded."""
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


class VoiceTokens(Protocol):
    """Lets a browser be rung for a while."""

    def grant(self, identity: str, *, seconds: int) -> str:
        """Return a signed token by which *identity* may receive calls, and nothing else, for *seconds*."""
        ...


class LineWords(Protocol):
    """The telephone's own words, for the pages on which somebody decides what callers will hear."""

    def closed(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
        """What somebody hears first who calls while the line is closed, in pieces with their readings."""
        ...

    def turned_out(self, hours: State, now: datetime) -> tuple[Phrase, ...]:
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
