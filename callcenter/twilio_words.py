"""Twilio's words that both ``ivr`` and the adapter meet, and what each means to us.

Nobody else imports this. What only one half meets stands there: webhook parameters, queue results and conference
events in ``ivr.payloads``, error codes and set-up in ``adapters.twilio``.
"""

from __future__ import annotations

from callcenter.domain.phone_numbers import Caller, CallerKind
from callcenter.domain.telephony import Browser, LegState

CLIENT = "client:"
"""Stands before the identity of a browser's telephone, where another leg has its number."""

CONTROL_RETRIES = "#rc=1&rp=ct"
"""Behind an address whose answer is a script (Webhooks, Connection Overrides): asked again only if nothing was reached;
the rest is the fallback's."""

NEWS_RETRIES = "#rc=3&rp=ct,5xx&tt=15000"
"""Behind an address that is told of events: they may come again, as they have one effect."""

INITIATED, RINGING, IN_PROGRESS, COMPLETED, CANCELED = "initiated", "ringing", "in-progress", "completed", "canceled"
LEG_STATES = {
    "queued": LegState.RINGING,
    INITIATED: LegState.RINGING,
    RINGING: LegState.RINGING,
    IN_PROGRESS: LegState.ANSWERED,
    COMPLETED: LegState.ENDED,
    "busy": LegState.NOT_ANSWERED,
    "no-answer": LegState.NOT_ANSWERED,
    CANCELED: LegState.NOT_ANSWERED,
    "failed": LegState.FAILED,
}
"""Call resource, Status."""


def leg_state(word: str) -> LegState:
    """Return what a leg's status means; an undocumented word means nothing."""
    return LEG_STATES.get(word, LegState.UNKNOWN)


def caller(number: str | None) -> Caller:
    """Return who is calling (``From``)."""
    if number is not None and number.strip().casefold().startswith(CLIENT):
        return Caller(CallerKind.CLIENT)
    return Caller.read(number)


def device(address: str) -> str | Browser:
    """Return at which telephone a leg was rung (``To``): its number, or a browser's."""
    return Browser(address.removeprefix(CLIENT)) if address.startswith(CLIENT) else address


def address(device: str | Browser) -> str:
    """Return how a telephone is named when it is rung."""
    return f"{CLIENT}{device.identity}" if isinstance(device, Browser) else device
