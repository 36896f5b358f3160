"""Faults that are switched on for a test: seeded, so that a run can be repeated."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any

REST_FAULTS = ("rest_429", "rest_500", "rest_timeout")
REFUSALS = {
    "rest_401": (401, 20003, "Authenticate"),
    "rest_404": (404, 20404, "The requested resource was not found"),
    "rest_429": (429, 20429, "Too Many Requests"),
    "rest_500": (500, 20500, "An internal server error has occurred"),
    "rest_503": (503, 20503, "Service Unavailable"),
    "rest_21220": (400, 21220, "Call is not in-progress. Cannot redirect."),
}  # HTTP status, Twilio's code and words of a request that is turned down before anything is done
SILENCES = frozenset(["rest_timeout", "rest_lost"])  # no answer comes: after it was acted on, or before
NOT_CHANCES = frozenset(["delay_seconds", "seed"])


@dataclass
class Faults:
    """Chances from 0 to 1 of each misbehaviour; *next_rest* holds REST faults that are sure to come, in order.

    These may also be any of ``REFUSALS`` or ``SILENCES``, or "" for a request that nothing happens to.
    """

    delayed: float = 0.0
    duplicated: float = 0.0
    reordered: float = 0.0
    lost: float = 0.0
    webhook_duplicates: float = 0.0
    rest_429: float = 0.0
    rest_500: float = 0.0
    rest_timeout: float = 0.0
    queue_error: float = 0.0  # an Enqueue ends at once with QueueResult=system-error
    leave_after_join: bool = False  # after a REST dequeue, ask the Enqueue action after the new document
    leave_is_played: bool = False  # after a REST dequeue, play what the Enqueue action answers, not the new document
    join_fails: float = 0.0  # a leg cannot enter its conference: the Dial's action hears DialCallStatus=failed
    wait_ends: bool = False  # a wait document that has run out is not asked for again
    bare_redirects: bool = False  # a Redirect inside a wait document comes without the queue's parameters
    no_account_sid: bool = False  # webhooks come without AccountSid
    empty_lists: bool = False  # lists of calls, conferences and participants show nothing
    stale_lists: bool = False  # these lists go on showing what the first one after the switch showed
    delay_seconds: float = 8.0
    seed: int = 1
    next_rest: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - chance for a test, not for a secret

    def happens(self, name: str) -> bool:
        """Decide whether the fault *name* strikes now."""
        chance = float(getattr(self, name))
        return chance > 0 and self._random.random() < chance

    def delay(self) -> float:
        """Return how many seconds a delayed piece of news takes."""
        return self._random.uniform(0.2, 1.0) * self.delay_seconds

    def rest_fault(self) -> str | None:
        """Return the fault that strikes the next REST request, if any."""
        if self.next_rest:
            return self.next_rest.pop(0) or None
        return next((name for name in REST_FAULTS if self.happens(name)), None)

    def set(self, changes: dict[str, Any]) -> None:
        """Change the switches named; raise ``ValueError`` for an unknown name or a value out of range."""
        known = {item.name for item in fields(self)} - {"next_rest"}
        for name, value in changes.items():
            if name not in known or not isinstance(value, (bool, int, float)):
                raise ValueError(f"no such switch or value: {name}")
            if name not in NOT_CHANCES and not 0 <= value <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")
        for name, value in changes.items():
            setattr(self, name, type(getattr(self, name))(value))
        if "seed" in changes:
            self.__post_init__()

    def as_dict(self) -> dict[str, Any]:
        """Return the switches for the page."""
        return {name: value for name, value in asdict(self).items() if name != "next_rest"}
