"""What the service needs of a telephone company; another company is another adapter and another ``ivr``.

What it tells of one leg or one room, asked for by its SID, may be believed. What its lists do not show proves nothing:
a list may be behind, or empty, while people talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from callcenter.domain.phone_numbers import Caller


class LineGone(Exception):
    """Raised when the leg has already ended; an ordinary answer, not a failure."""


class LineBusy(Exception):
    """Raised when a request was not taken; it may be repeated."""


class LineUnknown(Exception):
    """Raised when nobody knows whether a request was taken (time-out, 5xx); it must not be blindly repeated."""


class LineRefused(Exception):
    """Raised when the telephone company will never do this (an unusable number, a wrong account)."""


class LineInUse(LineRefused):
    """Raised when something that has not ended would be deleted; a later night can do it."""


class LineShut(LineBusy):
    """Raised when our keys or account are refused: nothing was done, the operator must act."""


class LegState(StrEnum):
    """How far a leg is, as the telephone company reports it."""

    RINGING = "ringing"
    """Asked for or ringing."""
    ANSWERED = "answered"
    ENDED = "ended"
    """After it was answered."""
    NOT_ANSWERED = "not_answered"
    """Busy, cancelled, or nobody came."""
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def over(self) -> bool:
        """Return whether the leg has ended."""
        return self in {LegState.ENDED, LegState.NOT_ANSWERED, LegState.FAILED}


@dataclass(frozen=True)
class Browser:
    """The telephone in a counsellor's browser; every other device is named by its number (E.164)."""

    identity: str


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A leg as the telephone company lists it."""

    sid: str
    state: LegState
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallerLeg(Leg):
    """The leg of a caller who dialled one of our numbers."""

    caller: Caller = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RungLeg(Leg):
    """A leg that we rang."""

    device: str | Browser = field(repr=False)


@dataclass(frozen=True)
class Relay:
    """A server that relays voices where none gets through directly (TURN), and the short-lived access to it."""

    url: str
    username: str = field(repr=False)
    credential: str = field(repr=False)


class Telephony(Protocol):
    """Outgoing requests to the telephone company; every one may raise the errors above."""

    def ring(self, to: str | Browser, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to* for *timeout* seconds and return the new leg's SID."""
        ...

    def redirect(self, leg_sid: str, url: str) -> None:
        """Make the leg fetch its next script from *url*."""
        ...

    def take_from_queue(self, queue_sid: str, leg_sid: str, url: str) -> None:
        """Take the leg out of the holding queue and make it fetch *url*."""
        ...

    def hang_up(self, leg_sid: str, *, answered: bool) -> None:
        """End the leg; one that is still ringing is cancelled."""
        ...

    def leg_state(self, leg_sid: str) -> LegState:
        """Return how far the leg is."""
        ...

    def in_room(self, room_sid: str, leg_sid: str) -> bool:
        """Return whether the leg is in the conference, as that one leg's place in it says."""
        ...

    def room_sid(self, room: str) -> str | None:
        """Return the SID of the running conference of that name, None if no list shows one."""
        ...

    def hold(self, room_sid: str, leg_sid: str, music_url: str) -> None:
        """Put the leg on hold: it hears what *music_url* plays, and nobody hears it."""
        ...

    def unhold(self, room_sid: str, leg_sid: str) -> None:
        """Take the leg off hold."""
        ...

    def mute(self, room_sid: str, leg_sid: str, *, muted: bool) -> None:
        """Mute or unmute the leg in the room; who is coached stays as it is."""
        ...

    def coach(self, room_sid: str, leg_sid: str, *, coached_sid: str | None, muted: bool) -> None:
        """Let only *coached_sid*'s leg hear this one, or (None) everybody; *muted* as in ``mute``."""
        ...

    def announce(self, room_sid: str, leg_sid: str, url: str) -> None:
        """Play the script at *url* to this leg alone, without taking it out of the talk."""
        ...

    def ended_legs(self, before: date, *, limit: int) -> list[str]:
        """Return the SIDs of at most *limit* ended legs that began before that day (in UTC), newest first."""
        ...

    def forget_leg(self, leg_sid: str) -> None:
        """Delete what the telephone company stores of an ended leg; ``LineInUse`` while it has not ended."""
        ...

    def legs_to(self, to: str | Browser, *, since: datetime) -> list[RungLeg]:
        """Return the few newest legs listed as rung at *to* and asked for since then, newest first."""
        ...

    def callers_of(self, number: str, *, since: datetime) -> list[CallerLeg]:
        """Return the listed legs of callers who dialled *number* (E.164) and began since then."""
        ...

    def rung_legs(self, *, since: datetime) -> list[RungLeg]:
        """Return the listed legs that were rung from our caller ID and began since then."""
        ...

    def rooms(self) -> list[str]:
        """Return the SIDs of the conferences listed as running now."""
        ...

    def relays(self, *, seconds: int) -> list[Relay]:
        """Return the relays of voices, one for each transport and port, with an access for *seconds*."""
        ...


@dataclass(frozen=True)
class SetupChange:
    """A setting at the telephone company that can be corrected from here."""

    part: str
    """A code, for the trail."""
    what: str
    now: str
    then: str
    """In words; ``value`` is what is written."""
    number: str = field(default="", repr=False)
    """The number (E.164) that is set up; empty for what holds for the whole account."""
    value: str = ""


@dataclass(frozen=True)
class SetupFinding:
    """A finding about the set-up and how to correct it; if not *wrong*, a person should check it by eye."""

    subject: str
    sentence: str
    wrong: bool = True
    change: SetupChange | None = None


class LineSetup(Protocol):
    """The set-up at the telephone company; every call may raise the errors above."""

    def look(self) -> list[SetupFinding]:
        """Return what is not as it should be, and what cannot be checked from here."""
        ...

    def alerts(self, since: datetime) -> list[SetupFinding]:
        """Return what the telephone company warned of since then, by its codes, or that we may not see it."""
        ...

    def time(self) -> datetime | None:
        """Return the telephone company's time, in whole seconds; None if it does not tell."""
        ...

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Raise a ``HelplineError`` if *changes* must not be written."""
        ...

    def write(self, changes: Sequence[SetupChange]) -> None:
        """Write *changes* and leave everything else alone."""
        ...


class VoiceTokens(Protocol):
    """Issues tokens by which a browser can be rung for a while."""

    def grant(self, identity: str, *, seconds: int) -> str:
        """Return a signed token by which *identity* may receive calls, and nothing else, for *seconds*."""
        ...


@dataclass(frozen=True)
class BrowserLine:
    """Where a browser telephone connects: sources for the content policy, and network edges."""

    connect: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    signalling: tuple[str, ...] = ()
    """The address of the socket at each edge, over which rings come."""
    ways_out: tuple[str, ...] = ()
    """What a network must let out, in words for its administrator."""
