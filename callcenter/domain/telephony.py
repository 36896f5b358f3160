"""What the service needs of a telephone company; another one is another package in ``adapters`` and another ``ivr``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from callcenter.domain.phone_numbers import Caller


class LineGone(Exception):
    """The leg has already ended; an ordinary answer, not a failure."""


class LineBusy(Exception):
    """The telephone company did not take the request; it may be repeated."""


class LineUnknown(Exception):
    """Nobody can say whether the request was taken (time-out, 5xx); it must not be blindly repeated."""


class LineRefused(Exception):
    """The telephone company will not do this, now or later (a number that cannot be rung, a wrong account)."""


class LineInUse(LineRefused):
    """What has not ended yet cannot be deleted; another night it can."""


class LineShut(LineBusy):
    """The telephone company does not let us in: nothing was done, and the operator must mend it."""


class LegState(StrEnum):
    """How far a leg is, as the telephone company says."""

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
    """The leg of somebody who dialled a number of ours."""

    caller: Caller = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RungLeg(Leg):
    """A leg that was rung for us."""

    device: str | Browser = field(repr=False)


class Telephony(Protocol):
    """The outgoing half of the telephone; everything here may raise the four errors above."""

    def ring(self, to: str | Browser, *, answer_url: str, status_url: str, timeout: int) -> str:
        """Ring *to* for *timeout* seconds and return the new leg's SID."""
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

    def leg_state(self, leg_sid: str) -> LegState:
        """Return how far the leg is."""
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

    def legs_to(self, to: str | Browser, *, since: datetime) -> list[RungLeg]:
        """Return the few newest legs that were rung at *to* and asked for since then, newest first."""
        ...

    def callers_of(self, number: str, *, since: datetime) -> list[CallerLeg]:
        """Return the legs of callers who dialled *number* (E.164) and began since then."""
        ...

    def rung_legs(self, *, since: datetime) -> list[RungLeg]:
        """Return the legs that were rung from our caller ID and began since then."""
        ...

    def rooms(self) -> list[str]:
        """Return the names of the conferences that run now."""
        ...


@dataclass(frozen=True)
class SetupChange:
    """Something at the telephone company that can be put right from here."""

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
    """Something about the set-up and how to mend it; not *wrong* is what a person should look at by eye."""

    subject: str
    sentence: str
    wrong: bool = True
    change: SetupChange | None = None


class LineSetup(Protocol):
    """What is set up once at the telephone company; everything here may raise the errors above."""

    def look(self) -> list[SetupFinding]:
        """Return what is not as it should be, and what nobody can tell from here."""
        ...

    def check(self, changes: Sequence[SetupChange]) -> None:
        """Raise a ``HelplineError`` if *changes* must not be written."""
        ...

    def write(self, changes: Sequence[SetupChange]) -> None:
        """Write *changes* and leave everything else alone."""
        ...


class VoiceTokens(Protocol):
    """Lets a browser be rung for a while."""

    def grant(self, identity: str, *, seconds: int) -> str:
        """Return a signed token by which *identity* may receive calls, and nothing else, for *seconds*."""
        ...


@dataclass(frozen=True)
class BrowserLine:
    """What the telephone in a browser talks to: sources for the content policy, and where it joins the network."""

    connect: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
