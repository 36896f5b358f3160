"""Callers who lost their counsellor's browser: reserved for that counsellor for a moment, then anybody's.

The reservation counts from the return to the queue. It holds while the counsellor is still there, writing the call up
or available again; whoever goes away gives it up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.services.duty import availability, presence

STILL_THERE = Presence.work.in_((Work.WRAP_UP, Work.AVAILABLE))

_OWNER = Presence.staff_id == Call.reserved_for
_HOLDS = and_(
    Call.state == CallState.WAITING,
    Call.priority > 0,  # as the index of the queue begins with the two
    Call.requeued_at > bindparam("reserved_since"),
    _OWNER,
    STILL_THERE,
)
RESERVED = select(Presence.staff_id).where(_HOLDS).correlate(Call).exists()
"""The condition for a call that nobody but its former counsellor is rung for now."""

_BACK = and_(_HOLDS, availability.REACHABLE, Presence.listening_id.is_(None))
IS_ANYBODY_BACK = select(Call.id).join(Presence, _OWNER).where(_BACK).exists()
_PAIRS = (
    select(Call, Presence)
    .join(Presence, _OWNER)
    .where(_BACK)
    .order_by(Call.waiting_since, Call.id)
    .with_for_update(of=(Call, Presence), skip_locked=True, key_share=True)
)


class Pair(NamedTuple):
    """A caller and the counsellor whom they lost, who can be rung again; both locked."""

    call: Call
    presence: Presence


def moments(now: datetime, policy: Policy) -> dict[str, Any]:
    """Return the moment that ``RESERVED`` and ``IS_ANYBODY_BACK`` need."""
    return {"reserved_since": now - policy.reserve_for}


def pairs(session: Session, asked: dict[str, Any]) -> list[Pair]:
    """Return the reserved callers whose counsellor can be rung again, nobody twice; *asked* holds the moments."""
    by_counsellor = dict[str, Pair]()
    for call, row in session.execute(_PAIRS, asked):
        by_counsellor.setdefault(row.staff_id, Pair(call, row))
    return list(by_counsellor.values())


def reserve(session: Session, call: Call, lost: Offer) -> None:
    """Reserve a caller who has returned to the queue; a telephone was put down by somebody's hand.

    The lost browser is not rung before it has told that it is back.
    """
    if lost.contact is not Contact.BROWSER or lost.taken_off or lost.ending:
        return
    call.reserved_for = lost.staff_id
    row = presence.lock(session, lost.staff_id)
    if row is not None and (lost.left_at is None or row.heartbeat_at is None or row.heartbeat_at <= lost.left_at):
        row.registered = False


def is_reserved_for(session: Session, staff_id: str, *, now: datetime, policy: Policy) -> bool:
    """Return whether a caller who was cut off waits for this counsellor."""
    mine = select(Call.id).where(Call.state == CallState.WAITING, Call.reserved_for == staff_id)
    held = mine.where(Call.priority > 0, Call.requeued_at > now - policy.reserve_for)
    return bool(session.scalar(select(held.exists())))
