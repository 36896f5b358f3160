"""What a waiting caller hears next, and when the waiting ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.domain.calendar.closing import Closing
from callcenter.domain.calendar.hours import State
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.policy import Policy


class WaitingVerdict(StrEnum):
    """Whether a caller stays in the queue, enters the room, or why the waiting ends."""

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
class WaitingCaller:
    """What the waiting rules need to know of the caller."""

    state: CallState
    arrived_at: datetime
    waiting_since: datetime
    """Arrival in the queue, or the return to it after a counsellor was lost."""
    waits: int
    spoken_position: int | None
    apologies: int
    apology_at: datetime | None
    phrases_heard: frozenset[str]


@dataclass(frozen=True)
class QueueSnapshot:
    """The queue around one caller at one moment."""

    now: datetime
    hours: State
    closing: Closing | None
    """How the line closed on the day the caller came, if it has."""
    on_duty: int
    free: int
    """Counsellors who could be rung now."""
    position: int
    waiting: int
    being_rung: bool = False
    """Whether a counsellor is being rung for the caller at this moment."""
    codes_in_use: bool = False
    """Whether anybody was given a 呼び番号, so that it is worth asking for one."""


@dataclass(frozen=True)
class WaitPhrases:
    """The phrases that the next wait document says before the music."""

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


def verdict(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> WaitingVerdict:
    """Return what becomes of a waiting caller, by arrival and clock alone; Twilio's queue has no say."""
    if caller.state is CallState.ENDED:
        return WaitingVerdict.OVER
    if caller.state is not CallState.WAITING:
        return WaitingVerdict.ENTER
    if not snapshot.hours.open and (ended := _closed_out(caller, snapshot, policy)) is not None:
        return ended
    waited = snapshot.now - caller.waiting_since
    if waited >= policy.wait_ceiling:
        return WaitingVerdict.CEILING
    if snapshot.on_duty == 0 and waited >= policy.nobody_after:
        return WaitingVerdict.NOBODY
    return WaitingVerdict.STAY


def _closed_out(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> WaitingVerdict | None:
    """Return how waiting ends because the line has closed, None if it does not end yet.

    A sudden closure ends it at once; otherwise, and for a caller who lost a counsellor afterwards and was
    told to wait, the drain counts from the closing or from that loss. A ring under way may still be answered.
    """
    at = caller.arrived_at if snapshot.closing is None else snapshot.closing.at
    sudden = snapshot.closing is not None and snapshot.closing.sudden and caller.waiting_since <= at
    over = at if sudden else max(at, caller.waiting_since) + policy.drain
    if snapshot.now < over or (snapshot.being_rung and snapshot.now < over + policy.last_ring):
        return None
    return WaitingVerdict.SPECIAL if sudden else WaitingVerdict.DRAINED


def phrases_to_say(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> WaitPhrases:
    """Return the phrases to say next; each is said once, a position only when it improved."""
    if caller.waits == 0:
        return WaitPhrases(greeting=True)
    crowded = snapshot.waiting >= policy.crowded_from
    return WaitPhrases(
        crowded=crowded and "crowded" not in caller.phrases_heard and caller.waits == 1,
        near_close=crowded and "near_close" not in caller.phrases_heard and _near_close(caller, snapshot, policy),
        closing=not snapshot.hours.open and "closing" not in caller.phrases_heard,
        care="care" not in caller.phrases_heard,
        position=snapshot.position if _worth_saying(caller, snapshot) else None,
        moved_up=caller.spoken_position is not None,
        apology=_apology_due(caller, snapshot.now, policy),
        code=snapshot.codes_in_use and "code" not in caller.phrases_heard and caller.waits > 1,
    )


def _worth_saying(caller: WaitingCaller, snapshot: QueueSnapshot) -> bool:
    if snapshot.on_duty == 0:
        return False  # nobody is talking to somebody else, and nobody is coming
    if caller.spoken_position is None:
        return snapshot.free == 0
    return snapshot.position < caller.spoken_position


def _near_close(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> bool:
    closes = snapshot.hours.closes_at
    return closes is not None and caller.arrived_at >= closes - policy.near_close


def _apology_due(caller: WaitingCaller, now: datetime, policy: Policy) -> bool:
    if caller.apologies >= policy.apologies:
        return False
    return now - (caller.apology_at or caller.waiting_since) >= policy.apology_every


def queue_capacity(on_duty: int, policy: Policy) -> int:
    """Return how many callers may wait at the same time."""
    return max(policy.queue_at_least, policy.queue_per_counsellor * on_duty)


def ring_given_up_at(dialled_at: datetime, seconds: int, policy: Policy) -> datetime:
    """Return when a ring without news is given up; Twilio rings up to five seconds longer than asked."""
    return dialled_at + timedelta(seconds=seconds + 5) + policy.ring_slack


def key_given_up_at(answered_at: datetime, policy: Policy) -> datetime:
    """Return when whoever picked up and presses nothing is given up, however long it had rung before."""
    return answered_at + policy.key_within
