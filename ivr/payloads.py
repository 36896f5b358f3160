"""Reading Twilio's webhook parameters into our own values.

The names and words of Twilio's webhooks stand here and nowhere else in ``ivr``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from callcenter.domain.phone_numbers import Caller
from callcenter.domain.talks.room import RoomEvent
from callcenter.domain.telephony import LegState
from callcenter.services.talks.room import News
from callcenter.twilio_words import caller, leg_state

IDEMPOTENCY = "I-Twilio-Idempotency-Token"
"""The header by which a repeated webhook is known."""

Form = Mapping[str, str]

LONGEST_SID = 64
"""Twilio's have 34 characters, and our columns room for so many."""


class QueueResult(Enum):
    """How a caller left the holding queue (Enqueue, QueueResult)."""

    STEPPED_OUT = "stepped out"
    """By a script of ours that let them leave."""
    ON_THEIR_WAY = "on their way"
    """To a script that we sent them to; whether this answer is played as well is not known."""
    HUNG_UP = "hung up"
    FULL = "full"
    FAILED = "failed"
    UNKNOWN = "unknown"


_QUEUE_RESULTS = {
    "leave": QueueResult.STEPPED_OUT,
    "redirected": QueueResult.ON_THEIR_WAY,
    "bridged": QueueResult.ON_THEIR_WAY,
    "bridging-in-process": QueueResult.ON_THEIR_WAY,
    "redirected-from-bridged": QueueResult.ON_THEIR_WAY,
    "hangup": QueueResult.HUNG_UP,
    "queue-full": QueueResult.FULL,
    "system-error": QueueResult.FAILED,
    "error": QueueResult.FAILED,
}

_ROOM_EVENTS = {
    "participant-join": RoomEvent.JOINED,
    "participant-leave": RoomEvent.LEFT,
    "announcement-end": RoomEvent.PLAYED,
}
"""Conference, StatusCallbackEvent; all the others only show that the room lives."""


def call_sid(form: Form) -> str:
    """Return the SID of the leg that a webhook is about; "" if it does not say."""
    return form.get("CallSid", "")[:LONGEST_SID]


def account_sid(form: Form) -> str:
    """Return the SID of the account that a webhook says it is from; "" if it does not say."""
    return form.get("AccountSid", "")


def called(form: Form) -> str:
    """Return the number that was dialled."""
    return form.get("To", "")


def keys(form: Form) -> str:
    """Return the keys that were pressed; "" for none."""
    return form.get("Digits", "")


def queue_result(form: Form) -> QueueResult:
    """Return how the caller left the queue; a question that was put again comes without a result."""
    return _QUEUE_RESULTS.get(form.get("QueueResult", "leave"), QueueResult.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A caller's leg, as every one of its webhooks names it."""

    call_sid: str
    caller: Caller

    @classmethod
    def read(cls, form: Form) -> Incoming:
        return cls(call_sid(form), caller(form.get("From")))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting caller's request for the next wait document."""

    call_sid: str
    queue_sid: str
    waited: timedelta

    @classmethod
    def read(cls, form: Form) -> Waiting:
        seconds = form.get("QueueTime", "")
        waited = timedelta(seconds=int(seconds)) if re.fullmatch(r"[0-9]{1,9}", seconds) else timedelta(0)
        return cls(call_sid(form), form.get("QueueSid", "")[:LONGEST_SID], waited)


@dataclass(frozen=True, slots=True)
class LegNews:
    """A progress event of one leg."""

    call_sid: str
    state: LegState
    at: datetime | None

    @classmethod
    def read(cls, form: Form) -> LegNews:
        return cls(call_sid(form), leg_state(form.get("CallStatus", "")), moment(form.get("Timestamp")))


def read_room(form: Form, *, now: datetime) -> News:
    """Return a conference event; one without a time stamp happened now."""
    return News(
        event=_ROOM_EVENTS.get(form.get("StatusCallbackEvent", ""), RoomEvent.OTHER),
        label=form.get("ParticipantLabel", ""),
        conference_sid=form.get("ConferenceSid", "")[:LONGEST_SID],
        at=moment(form.get("Timestamp")) or now,
        hung_up=form.get("ReasonParticipantLeft") == "participant_hung_up",
        room=form.get("FriendlyName", ""),
    )


def moment(rfc2822: str | None) -> datetime | None:
    """Return Twilio's time stamp (RFC 2822), or None if it is none."""
    if not rfc2822:
        return None
    try:
        read = parsedate_to_datetime(rfc2822)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
