"""What Twilio tells, read into typed values; unknown parameters are ignored, missing ones are ordinary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from callcenter.domain.phone_numbers import Caller
from callcenter.services.talks.room import News

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""The states in which a leg has ended (Twilio, Call resource, Status)."""

Form = Mapping[str, str]


def call_sid(form: Form) -> str:
    """Return the leg that a webhook is about; "" if it does not say."""
    return form.get("CallSid", "")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A caller's leg, as every one of its webhooks names it."""

    call_sid: str
    caller: Caller
    called: str

    @classmethod
    def read(cls, form: Form) -> Incoming:
        return cls(call_sid(form), Caller.read(form.get("From")), form.get("To", ""))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting caller's question what comes next."""

    call_sid: str
    queue_sid: str
    waited: timedelta

    @classmethod
    def read(cls, form: Form) -> Waiting:
        seconds = form.get("QueueTime", "")
        waited = timedelta(seconds=int(seconds)) if re.fullmatch(r"[0-9]{1,9}", seconds) else timedelta(0)
        return cls(call_sid(form), form.get("QueueSid", ""), waited)


@dataclass(frozen=True, slots=True)
class LegNews:
    """A progress event of one leg."""

    call_sid: str
    status: str
    at: datetime | None

    @property
    def over(self) -> bool:
        return self.status in OVER

    @classmethod
    def read(cls, form: Form) -> LegNews:
        return cls(call_sid(form), form.get("CallStatus", ""), moment(form.get("Timestamp")))


def read_room(form: Form, *, now: datetime) -> News:
    """Read a conference event; one without a time stamp happened now."""
    return News(
        kind=_kind(form.get("StatusCallbackEvent", "")),
        label=form.get("ParticipantLabel", ""),
        conference_sid=form.get("ConferenceSid", ""),
        at=moment(form.get("Timestamp")) or now,
        hung_up=form.get("ReasonParticipantLeft") == "participant_hung_up",
    )


def _kind(event: str) -> str:
    return event if event in {"conference-start", "conference-end"} or event.startswith("participant-") else "unknown"


def moment(rfc2822: str | None) -> datetime | None:
    """Read Twilio's time stamp (RFC 2822); junk is no time stamp."""
    if not rfc2822:
        return None
    try:
        read = parsedate_to_datetime(rfc2822)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
