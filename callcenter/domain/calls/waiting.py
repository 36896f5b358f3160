"""What a caller who waits hears next, and when waiting must end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.domain.calendar.closing import Closing
from callcenter.domain.calendar.hours import State
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy


class Verdict(StrEnum):
    """What should become of a caller in the queue."""

    STAY = "stay"
    ENTER = "enter"
    """A counsellor has claimed the call; go to the room."""
    CEILING = "ceiling"
    NOBODY = "nobody"
    DRAINED = "drained"
    SPECIAL = "special"
    OVER = "over"
    """The call has ended; only its leg does not know yet."""


@dataclass(frozen=True)
class Waiter:
    """The caller's side, as far as waiting goes."""

    state: CallState
    arrived_at: datetime
    waiting_since: datetime
    """Arrival in the queue, or the return to it after a counsellor was lost."""
    waits: int
    spoken_position: int | None
    apologies: int
    apology_at: datetime | None
    told: frozenset[str]


@dataclass(frozen=True)
class Hall:
    """The waiting room as it is now."""

    now: datetime
    hours: State
    closing: Closing | None
    """How the line closed on the day the caller came, if it has."""
    on_duty: int
    free: int
    """Counsellors who could be rung now."""
    position: int
    waiting: int
    rung: bool = False
    """Whether a counsellor is being rung for the caller at this moment."""
    codes: bool = False
    """Whether anybody was given a 呼び番号, so that it is worth asking for one."""


@dataclass(frozen=True)
class Hearing:
    """What the next wait document says before the music."""

    greeting: bool = False
    crowded: bool = False
    near_close: bool = False
    closing: bool = False
    care: bool = False
    position: int | None = None
    moved_up: bool = False
    apology: bool = False
    code: bool = False
    """Whoever has a 呼び番号 may key it in."""


def verdict(waiter: Waiter, hall: Hall, policy: Policy) -> Verdict:
    """Decide by arrival and the clock alone; the queue at the telephone company has no say."""
    if waiter.state is CallState.ENDED:
        return Verdict.OVER
    if waiter.state is not CallState.WAITING:
        return Verdict.ENTER
    if not hall.hours.open and (ended := _closed_out(waiter, hall, policy)) is not None:
        return ended
    waited = hall.now - waiter.waiting_since
    if waited >= policy.wait_ceiling:
        return Verdict.CEILING
    if hall.on_duty == 0 and waited >= policy.nobody_after:
        return Verdict.NOBODY
    return Verdict.STAY


def _closed_out(waiter: Waiter, hall: Hall, policy: Policy) -> Verdict | None:
    """Tell whether waiting ends because the line has closed, and by which words.

    A sudden closure ends it at once; otherwise, and for a caller who lost a counsellor afterwards and was
    told to wait, the drain counts from the closing or from that loss. A ring under way may still be answered.
    """
    at = waiter.arrived_at if hall.closing is None else hall.closing.at
    sudden = hall.closing is not None and hall.closing.sudden and waiter.waiting_since <= at
    over = at if sudden else max(at, waiter.waiting_since) + policy.drain
    if hall.now < over or (hall.rung and hall.now < over + policy.last_ring):
        return None
    return Verdict.SPECIAL if sudden else Verdict.DRAINED


def hearing(waiter: Waiter, hall: Hall, policy: Policy) -> Hearing:
    """Choose the phrases; each is said once, and a position is only ever said when it got better."""
    if waiter.waits == 0:
        return Hearing(greeting=True)
    crowded = hall.waiting >= policy.crowded_from
    return Hearing(
        crowded=crowded and "crowded" not in waiter.told and waiter.waits == 1,
        near_close=crowded and "near_close" not in waiter.told and _near_close(waiter, hall, policy),
        closing=not hall.hours.open and "closing" not in waiter.told,
        care="care" not in waiter.told,
        position=hall.position if _worth_saying(waiter, hall) else None,
        moved_up=waiter.spoken_position is not None,
        apology=_apology_due(waiter, hall.now, policy),
        code=hall.codes and "code" not in waiter.told and waiter.waits > 1,
    )


def _worth_saying(waiter: Waiter, hall: Hall) -> bool:
    if hall.on_duty == 0:
        return False  # nobody is talking to somebody else, and nobody is coming
    if waiter.spoken_position is None:
        return hall.free == 0
    return hall.position < waiter.spoken_position


def _near_close(waiter: Waiter, hall: Hall, policy: Policy) -> bool:
    closes = hall.hours.closes_at
    return closes is not None and waiter.arrived_at >= closes - policy.near_close


def _apology_due(waiter: Waiter, now: datetime, policy: Policy) -> bool:
    if waiter.apologies >= policy.apologies:
        return False
    return now - (waiter.apology_at or waiter.waiting_since) >= policy.apology_every


def capacity(on_duty: int, policy: Policy) -> int:
    """How many callers may wait."""
    return max(policy.queue_at_least, policy.queue_per_counsellor * on_duty)


def rang_out(rung_at: datetime, seconds: int, policy: Policy) -> datetime:
    """When an offer without any news is given up; the telephone company itself rings up to five seconds longer."""
    return rung_at + timedelta(seconds=seconds + 5) + policy.ring_slack
