"""What a counsellor is doing, and what follows a call or a missed ring."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from callcenter.domain.policy import Policy


class Work(StrEnum):
    """What a member of staff is doing on the line now (在席の状態)."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    OFFERED = "offered"
    CONNECTING = "connecting"
    ON_CALL = "on_call"
    WRAP_UP = "wrapup"
    AWAY = "away"


TALKING = (Work.CONNECTING, Work.ON_CALL)
"""A caller is, or is about to be, with this counsellor."""

BOUND = (Work.OFFERED, *TALKING)
"""The line itself moves these on; a person cannot choose or leave them by a button."""

BUSY_WITH_A_CALLER = (*TALKING, Work.WRAP_UP)
"""What was decided about this counsellor meanwhile waits until the call is over and written up."""


class AwayReason(StrEnum):
    """Why a member of staff takes no calls for a while (離席の理由)."""

    BREAK = "break"
    CARE = "care"
    MEETING = "meeting"
    VISIT = "visit"
    MAIL = "mail"
    MISSED = "missed"
    """Set by the line after two rings in a row went unanswered, or three were picked up by a machine."""
    UNREACHABLE = "unreachable"
    """Set by the line when a device answered busy at once, twice in a row, or when its page had stood still."""
    BREATH = "breath"
    """Set by the line after a call in which a life was in danger; the counsellor ends it."""


PUT_AWAY = (AwayReason.MISSED, AwayReason.UNREACHABLE)
"""The line's own reasons for whoever could not be rung."""

CHOSEN = tuple(reason for reason in AwayReason if reason not in (*PUT_AWAY, AwayReason.BREATH))
"""The reasons that a person may choose."""

MISSES_UNTIL_AWAY = 2

KEYLESS_UNTIL_AWAY = 3
"""So many rings in a row that are picked up, heard to the end and not taken are an answering machine's."""

NextWork = tuple[Work, AwayReason | None]


class AfterCallPlan(Protocol):
    """What is planned for after the call and its record."""

    draining: bool
    away_after: AwayReason | None


def work_after_call(plan: AfterCallPlan, *, breath: bool = False) -> NextWork:
    """Return what the counsellor does after the call: offline before away, away before available.

    *breath*: whether the call was one after which the next has to wait until they are ready for it.
    """
    if plan.draining:
        return Work.OFFLINE, None
    if plan.away_after is not None:
        return Work.AWAY, plan.away_after
    return (Work.AWAY, AwayReason.BREATH) if breath else (Work.AVAILABLE, None)


def work_after_missed_ring(plan: AfterCallPlan, misses: int, *, unreachable: bool, keyless: int = 0) -> NextWork:
    """Return what a counsellor does after *misses* unanswered rings in a row; their own plan comes first.

    Of rings that were picked up without a 1 (*keyless*) it takes one more: a person may have listened for too long.
    """
    planned = work_after_call(plan)
    if planned[0] is not Work.AVAILABLE or (misses < MISSES_UNTIL_AWAY and keyless < KEYLESS_UNTIL_AWAY):
        return planned
    return Work.AWAY, AwayReason.UNREACHABLE if unreachable else AwayReason.MISSED


def is_long_wrap_up(work: Work, since: datetime, *, now: datetime, policy: Policy) -> bool:
    """Return whether a wrap-up takes longer than the limit; it is shown, never ended."""
    return work is Work.WRAP_UP and now - since >= policy.wrap_up_limit
