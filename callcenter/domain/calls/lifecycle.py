"""State tables of calls and offers; late or repeated news never moves anything back.

Two kinds of news reach a call. *Steps* are taken in order, by a webhook that the caller's own
leg waits for or by a claim; they are in ``STEPS``. *Facts* (who joined, who left, that it ended)
arrive in any order and more than once; they only ever fill in what is still empty, and the
outcome is read from them. That is why all orders of the same news end alike.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CallState(StrEnum):
    """Where a call is between arrival and end (通話の状態)."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CONNECTING = "connecting"
    TALKING = "talking"
    ENDED = "ended"


class CallStep(StrEnum):
    """What moves a call from one state to the next."""

    CLAIMED = "claimed"
    """A counsellor won the claim."""
    CALLED_IN = "called_in"
    """The caller's leg fetched the script that leads into the room."""
    TOGETHER = "together"
    """Caller and counsellor are both in the room."""
    RELEASED = "released"
    """The claim came to nothing; the caller goes back to the head of the queue."""
    REQUEUED = "requeued"
    """The counsellor was lost and the caller's leg fetched the script that leads back to the queue."""
    ENDED = "ended"


class CallOutcome(StrEnum):
    """How a call ended (転帰)."""

    COMPLETED = "completed"
    ABANDONED_GREETING = "abandoned_greeting"
    ABANDONED_QUEUE = "abandoned_queue"
    CLOSED_BEFORE = "closed_before"
    CLOSED_OUT = "closed_out"
    OVERFLOW = "overflow"
    BLOCKED = "blocked"
    FAILED = "failed"


class Source(StrEnum):
    """How a call became known to us."""

    LINE = "line"
    """By its own webhooks."""
    RECONCILED = "reconciled"
    """Afterwards, from the telephone company's list: our database was away while it came and went."""


class EndReason(StrEnum):
    """Why the line ended a call, where the outcome does not say it."""

    QUEUE_FULL = "queue_full"
    WAIT_CEILING = "wait_ceiling"
    NOBODY = "nobody"
    DRAINED = "drained"
    SPECIAL = "special"
    TROUBLE = "trouble"


S, T = CallState, CallStep

STEPS: dict[tuple[CallState, CallStep], CallState] = {
    (S.WAITING, T.CLAIMED): S.CLAIMED,
    (S.CLAIMED, T.CALLED_IN): S.CONNECTING,
    (S.CLAIMED, T.TOGETHER): S.TALKING,
    (S.CONNECTING, T.TOGETHER): S.TALKING,
    (S.CLAIMED, T.RELEASED): S.WAITING,
    (S.CONNECTING, T.RELEASED): S.WAITING,
    (S.CLAIMED, T.REQUEUED): S.WAITING,
    (S.CONNECTING, T.REQUEUED): S.WAITING,
    (S.TALKING, T.REQUEUED): S.WAITING,
} | {(state, T.ENDED): S.ENDED for state in S if state is not S.ENDED}


def step(state: CallState, taken: CallStep) -> CallState:
    """Return the next state; a late or repeated step leaves the call as it was."""
    return STEPS.get((state, taken), state)


class Facts(Protocol):
    """What is known of an ended call."""

    outcome: CallOutcome | None
    greeted_at: datetime | None
    talked_at: datetime | None


def outcome_from(facts: Facts) -> CallOutcome:
    """Return the outcome of a call by its facts; the line's own decision stays, a talk makes it completed.

    Late news of a join may still turn an abandoned call into a completed one, never the reverse.
    """
    if facts.talked_at is not None:
        return CallOutcome.COMPLETED
    if facts.outcome not in {None, CallOutcome.ABANDONED_GREETING, CallOutcome.ABANDONED_QUEUE}:
        return facts.outcome
    return CallOutcome.ABANDONED_GREETING if facts.greeted_at is None else CallOutcome.ABANDONED_QUEUE


class Purpose(StrEnum):
    """What a member of staff's leg in a call is for."""

    ANSWER = "answer"
    """To talk with the caller; one at a time."""
    CONSULT = "consult"
    """To talk with the counsellor, who may hand the caller over."""
    LISTEN = "listen"
    """To follow the talk as its supervisor."""


class OfferState(StrEnum):
    """How far one ring of one counsellor is (呼び出しの状態)."""

    PENDING = "pending"
    RINGING = "ringing"
    SCREENING = "screening"
    CLAIMED = "claimed"
    JOINED = "joined"
    LEFT = "left"
    MISSED = "missed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LOST = "lost"


OPEN_OFFERS = (OfferState.PENDING, OfferState.RINGING, OfferState.SCREENING)
"""Nobody has taken the call yet, and this counsellor still may."""

LIVE_OFFERS = (*OPEN_OFFERS, OfferState.CLAIMED, OfferState.JOINED)
"""The counsellor is bound; the database allows one live offer per counsellor, and one per caller that is to answer."""

PASSED_BY = (OfferState.MISSED, OfferState.DECLINED)
"""The counsellor could have taken the call and did not."""

_RANK = {state: rank for rank, state in enumerate(LIVE_OFFERS)}


def advance(state: OfferState, news: OfferState) -> OfferState:
    """Return the further of two offer states; a final one stays, late news changes nothing."""
    if state not in _RANK:
        return state
    if news not in _RANK:
        return news
    return news if _RANK[news] > _RANK[state] else state


class CallerKey(StrEnum):
    """The key a caller pressed during the greeting: a hint shown on the offer, never an identity."""

    SELF = "1"
    FAMILY = "2"
    HARD_TO_SPEAK = "3"

    @classmethod
    def read(cls, digits: str) -> CallerKey | None:
        """Return the key for these digits, or None."""
        return cls(digits) if digits in set(cls) else None
