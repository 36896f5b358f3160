"""What a waiting caller hears next, and when the waiting ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    words_at: datetime | None
    """When they last heard words, not music alone."""
    nobody_at: datetime | None
    """When they last heard that nobody can come, if no place in the queue was told since."""


@dataclass(frozen=True)
class QueueSnapshot:
    """The queue around one caller at one moment."""

    now: datetime
    hours: State
    closing: Closing | None
    """How the line closed on the day the caller came, if it has."""
    on_duty: int
    coming: int
    """Counsellors on duty who are free, being rung, or in a talk or wrap-up with an end in sight."""
    free: int
    """Counsellors who could be rung now."""
    position: int
    waiting: int
    being_rung: bool = False
    """Whether a counsellor is being rung for the caller at this moment."""
    codes_in_use: bool = False
    """Whether anybody was given a 呼び番号, so that it is worth asking for one."""

    @property
    def can_anybody_come(self) -> bool:
        """Return whether a counsellor can be expected to come to this caller."""
        return self.coming > 0 or self.being_rung


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
    nobody: bool = False
    """No counsellor can come now; they may wait or call again."""
    danger: bool = False
    """Whom to call when a life is in danger."""
    other_line: bool = False
    """Another line that answers now."""
    still: bool = False
    """The line is not dead."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is said."""
        return self == WaitPhrases(moved_up=self.moved_up)


ONCE = ("crowded", "near_close", "closing", "care", "code")
"""Phrases that a caller hears once."""
AFTER_NOBODY = ("danger", "other_line")
"""Phrases that follow each time a caller has heard that nobody can come."""


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
    """Return the phrases to say next.

    Most are said once and a position only when it improved; that nobody can come is said again while it is so.
    With ``words_every`` and one document no caller hears two minutes of music alone.
    """
    if caller.waits == 0:
        return WaitPhrases(greeting=True)
    if snapshot.can_anybody_come:
        phrases = _while_somebody_can_come(caller, snapshot, policy)
    elif snapshot.now - caller.waiting_since >= policy.nobody_after:
        phrases = _while_nobody_can_come(caller, snapshot, policy)
    else:
        usual = _while_somebody_can_come(caller, snapshot, policy)
        phrases = replace(usual, position=None, apology=False, code=False)
    if phrases.is_empty:
        return replace(phrases, still=_due(caller.words_at or caller.waiting_since, snapshot.now, policy))
    return phrases


def _while_nobody_can_come(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> WaitPhrases:
    """Return the honest words; whatever promises a counsellor, or can wait for one, is left out."""
    nobody = caller.nobody_at is None or _due(caller.nobody_at, snapshot.now, policy)
    return WaitPhrases(
        nobody=nobody,
        danger=nobody or "danger" not in caller.phrases_heard,
        other_line=nobody or "other_line" not in caller.phrases_heard,
        closing=not snapshot.hours.open and "closing" not in caller.phrases_heard,
    )


def _while_somebody_can_come(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> WaitPhrases:
    crowded = snapshot.waiting >= policy.crowded_from
    return WaitPhrases(
        crowded=crowded and "crowded" not in caller.phrases_heard and caller.waits == 1,
        near_close=crowded and "near_close" not in caller.phrases_heard and _near_close(caller, snapshot, policy),
        closing=not snapshot.hours.open and "closing" not in caller.phrases_heard,
        care="care" not in caller.phrases_heard,
        position=snapshot.position if _worth_saying(caller, snapshot) else None,
        moved_up=caller.spoken_position is not None and caller.nobody_at is None,
        apology=_apology_due(caller, snapshot.now, policy),
        code=snapshot.codes_in_use and "code" not in caller.phrases_heard and caller.waits > 1,
    )


def after_hearing(caller: WaitingCaller, phrases: WaitPhrases, now: datetime) -> WaitingCaller:
    """Return the caller as they are once a document has said *phrases*."""
    forgotten = frozenset(AFTER_NOBODY) if phrases.nobody else frozenset[str]()
    heard = {name for name in (*ONCE, *AFTER_NOBODY) if getattr(phrases, name)}
    told_place = phrases.position is not None
    return replace(
        caller,
        waits=caller.waits + 1,
        spoken_position=phrases.position if told_place else caller.spoken_position,
        apologies=caller.apologies + phrases.apology,
        apology_at=now if phrases.apology else caller.apology_at,
        phrases_heard=(caller.phrases_heard - forgotten) | heard,
        words_at=caller.words_at if phrases.is_empty else now,
        nobody_at=now if phrases.nobody else None if told_place else caller.nobody_at,
    )


def _worth_saying(caller: WaitingCaller, snapshot: QueueSnapshot) -> bool:
    if caller.spoken_position is None:
        return snapshot.free == 0
    if caller.nobody_at is not None:  # now somebody can, and the place holds as before
        return snapshot.free == 0 and snapshot.position <= caller.spoken_position
    return snapshot.position < caller.spoken_position


def _due(said_at: datetime, now: datetime, policy: Policy) -> bool:
    return now - said_at >= policy.words_every


def _near_close(caller: WaitingCaller, snapshot: QueueSnapshot, policy: Policy) -> bool:
    closes = snapshot.hours.closes_at
    return closes is not None and caller.arrived_at >= closes - policy.near_close


def _apology_due(caller: WaitingCaller, now: datetime, policy: Policy) -> bool:
    if caller.apologies >= policy.apologies:
        return False
    return now - (caller.apology_at or caller.waiting_since) >= policy.apology_every


def queue_capacity(coming: int, policy: Policy) -> int:
    """Return how many callers may wait at the same time, by the counsellors who can come to them."""
    return max(policy.queue_at_least, policy.queue_per_counsellor * coming)


def ring_given_up_at(dialled_at: datetime, seconds: int, policy: Policy) -> datetime:
    """Return when a ring without news is given up; Twilio rings up to five seconds longer than asked."""
    return dialled_at + timedelta(seconds=seconds + 5) + policy.ring_slack


def key_given_up_at(answered_at: datetime, policy: Policy) -> datetime:
    """Return when whoever picked up and presses nothing is given up, however long it had rung before."""
    return answered_at + policy.key_within
