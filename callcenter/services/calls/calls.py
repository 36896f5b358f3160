"""A caller's way through the line: arrive, wait, enter the room, end.

Every function takes the news of one webhook and leaves the database in the state that follows;
what is said is decided here and worded in ``ivr``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from callcenter.crypto import seal_number
from callcenter.domain.calendar.hours import State
from callcenter.domain.calendar.times import local_date
from callcenter.domain.calls import waiting
from callcenter.domain.calls.lifecycle import (
    CallerKey,
    CallOutcome,
    CallState,
    CallStep,
    EndReason,
    Source,
    outcome_from,
    step,
)
from callcenter.domain.calls.waiting import QueueSnapshot, WaitingVerdict, WaitPhrases
from callcenter.domain.cases.continuity import read_code
from callcenter.domain.phone_numbers import Caller
from callcenter.domain.policy import Policy
from callcenter.models.base import append, new_id
from callcenter.models.calls.calls import Call, CallEvent
from callcenter.models.keys import ring_of
from callcenter.services.calls import escalation, queue, unattended
from callcenter.services.delivery import live

OUTCOMES: dict[WaitingVerdict, tuple[CallOutcome, EndReason]] = {
    WaitingVerdict.CEILING: (CallOutcome.OVERFLOW, EndReason.WAIT_CEILING),
    WaitingVerdict.NOBODY: (CallOutcome.OVERFLOW, EndReason.NOBODY),
    WaitingVerdict.DRAINED: (CallOutcome.CLOSED_OUT, EndReason.DRAINED),
    WaitingVerdict.SPECIAL: (CallOutcome.CLOSED_OUT, EndReason.SPECIAL),
}
"""How waiting ends where the line, not the caller, ends it."""


PUT_OUT = "put_out_of_queue"
QUEUE_TRIES = 3
"""How often a caller is led into a queue again that did not take or keep them; then the trouble is admitted."""

_BY_LEG = select(Call).where(Call.caller_sid == bindparam("caller_sid")).with_for_update(key_share=True)
_BY_ID = select(Call).where(Call.id == bindparam("call_id")).with_for_update(key_share=True)
_HEARD_OF = (
    update(Call)
    .where(Call.id == bindparam("wanted"))
    .where(or_(Call.last_news_at <= bindparam("before"), Call.last_news_at >= bindparam("after")))
    .values(last_news_at=bindparam("moment"))
)

Fit = Callable[[WaitPhrases], WaitPhrases]
"""Keeps of what could be said the part that one document has room for; the rest is said in a later one."""


@dataclass(frozen=True)
class Arrival:
    """The call of a caller who just arrived, and the opening state it met."""

    call: Call
    hours: State


@dataclass(frozen=True)
class WaitStep:
    """What a waiting caller does next and, if they stay, hears."""

    call: Call | None
    verdict: WaitingVerdict
    snapshot: QueueSnapshot | None = None
    phrases: WaitPhrases | None = None


def find(session: Session, caller_sid: str) -> Call | None:
    """Return the call of this caller's leg, locked against a second writer."""
    return session.scalar(_BY_LEG, {"caller_sid": caller_sid})


def find_by_id(session: Session, call_id: str) -> Call | None:
    """Return the call, locked against a second writer."""
    return session.scalar(_BY_ID, {"call_id": call_id})


def running_by_state(session: Session) -> dict[CallState, int]:
    """Return how many calls have not ended, by state."""
    query = select(Call.state, func.count()).where(Call.state != CallState.ENDED).group_by(Call.state)
    return dict(session.execute(query).all())


@dataclass(frozen=True)
class DaySoFar:
    """What is known of a day's calls up to now."""

    arrived: int
    talking: int
    last_talk_ended: datetime | None


def day_so_far(session: Session, day: date) -> DaySoFar:
    """Return how many calls of *day* came, how many are talked on now, and when the last talk ended."""
    talked = Call.talked_at.is_not(None)
    ended = func.max(case((talked, Call.ended_at)))
    counted = func.count(case((talked & Call.ended_at.is_(None), 1)))
    row = session.execute(select(func.count(Call.id), counted, ended).where(Call.arrived_on == day)).one()
    return DaySoFar(*row)


def record_sign_of_life(session: Session, call_id: str, *, now: datetime, unless_within: timedelta) -> None:
    """Store that the call was heard of; more often than every *unless_within* nothing is written."""
    heard = {"wanted": call_id, "moment": now, "before": now - unless_within, "after": now + unless_within}
    session.connection().execute(_HEARD_OF, heard)


def arrive(session: Session, caller_sid: str, caller: Caller, *, now: datetime, policy: Policy) -> Arrival:
    """Create the call: queue it if the line is open, else end it with the reason; a known call stays as it is."""
    admission = queue.admission_check(session, caller_sid, caller.e164, now=now, policy=policy)
    there = find(session, caller_sid) if admission.known else None
    if there is not None:
        return Arrival(there, admission.hours)
    call = create_call(session, caller_sid, caller, at=now, policy=policy)
    if admission.blocked:
        end_call(session, call, now=now, outcome=CallOutcome.BLOCKED)
    elif not admission.hours.open:
        end_call(session, call, now=now, outcome=CallOutcome.CLOSED_BEFORE)
    elif admission.full:
        end_call(session, call, now=now, outcome=CallOutcome.OVERFLOW, why=EndReason.QUEUE_FULL)
    else:
        live.publish(session, live.LINE, now=now)
    return Arrival(call, admission.hours)


def create_call(
    session: Session, caller_sid: str, caller: Caller, *, at: datetime, policy: Policy, source: Source = Source.LINE
) -> Call:
    """Create the row of a call that arrived *at* that moment; ``IntegrityError`` if it exists."""
    call = Call(
        id=new_id(),
        caller_sid=caller_sid,
        state=CallState.WAITING,
        source=source,
        caller_kind=caller.kind,
        arrived_at=at,
        arrived_on=local_date(at),
        waiting_since=at,
        last_news_at=at,
    )
    if caller.e164 is not None:
        call.caller_number = seal_number(ring_of(session), "calls", call.id, caller.e164)
        call.number_until = call.arrived_on + timedelta(days=policy.number_days)
    session.add(call)
    session.flush()  # the events below refer to it
    log_event(session, call, "arrived", now=at, caller=caller.kind)
    return call


def take_wait_step(
    session: Session,
    call: Call | None,
    queue_sid: str,
    *,
    fit: Fit,
    now: datetime,
    policy: Policy,
    snapshot: QueueSnapshot | None,
) -> WaitStep:
    """Decide a waiting caller's next step and store what of the phrases *fit* lets them hear.

    *snapshot* is the waiting room, if the caller has just been found in it.
    """
    wait_step = decide_wait_step(session, call, now=now, policy=policy, snapshot=snapshot)
    snapshot = wait_step.snapshot
    if call is None or snapshot is None:
        return wait_step
    call.last_news_at = now
    call.queue_sid = queue_sid or call.queue_sid
    if wait_step.verdict is WaitingVerdict.NOBODY:
        unattended.raise_alarm(session, now=now)
    if wait_step.verdict is not WaitingVerdict.STAY:
        return wait_step
    phrases = fit(waiting.phrases_to_say(queue.waiting_caller(call), snapshot, policy))
    if call.waits > 0 and call.greeted_at is None:
        call.greeted_at = now
    if phrases.nobody:
        unattended.raise_alarm(session, now=now)
    _remember(call, phrases, now)
    return WaitStep(call, wait_step.verdict, snapshot, phrases)


def decide_wait_step(
    session: Session, call: Call | None, *, now: datetime, policy: Policy, snapshot: QueueSnapshot | None = None
) -> WaitStep:
    """Return the caller's next step without changing anything; an unknown caller's call is over."""
    if call is None:
        return WaitStep(None, WaitingVerdict.OVER)
    if snapshot is None:
        snapshot = queue.queue_snapshot(session, call, now=now, policy=policy)
    return WaitStep(call, waiting.verdict(queue.waiting_caller(call), snapshot, policy), snapshot)


def _remember(call: Call, phrases: WaitPhrases, now: datetime) -> None:
    heard = waiting.after_hearing(queue.waiting_caller(call), phrases, now)
    call.waits, call.spoken_position = heard.waits, heard.spoken_position
    call.apologies, call.apology_at = heard.apologies, heard.apology_at
    call.words_at, call.nobody_at = heard.words_at, heard.nobody_at
    if heard.phrases_heard != frozenset(call.phrases_heard):
        call.phrases_heard = sorted(heard.phrases_heard)


def record_key(session: Session, call: Call, digits: str, *, now: datetime) -> None:
    """Store the key as a hint, or four digits as a caller code; anything else counts as no key."""
    call.greeted_at = call.greeted_at or now
    code = read_code(digits)
    if code is not None and code != call.caller_code:
        call.caller_code = code
        live.publish(session, live.LINE, now=now)
    key = CallerKey.read(digits)
    if key is not None and call.key is None:
        call.key = key
        log_event(session, call, "key", now=now, key=key)
        live.publish(session, live.LINE, now=now)


def enter_room(session: Session, caller_sid: str, offer_id: str | None, *, now: datetime) -> Call | None:
    """Let the caller's leg go into the room and return the call; None if that offer does not hold it."""
    call = find(session, caller_sid)
    if call is None or offer_id is None or call.offer_id != offer_id or call.state is CallState.ENDED:
        return None
    call.state = step(call.state, CallStep.CALLED_IN)
    call.last_news_at = now
    return call


def return_to_queue(session: Session, call: Call, taken: CallStep, *, now: datetime) -> bool:
    """Put the caller back at the head of the queue; False if the call is past that."""
    state = step(call.state, taken)
    if state is not CallState.WAITING or call.state is CallState.WAITING:
        return False
    call.state, call.offer_id, call.priority, call.reserved_for = state, None, 1, None
    call.requeued_at = call.last_news_at = now
    call.room_id = new_id()  # whoever was not hung up stays behind in the former room
    call.caller_joined_at = call.conference_sid = None
    call.held_at, call.on_hold = None, False
    call.waits = max(call.waits, 1)  # the greeting is not said twice
    call.spoken_position = None
    log_event(session, call, taken, now=now)
    live.publish(session, live.LINE, now=now)
    return True


def queue_again(session: Session, call: Call, *, now: datetime) -> bool:
    """Return whether a caller whom the telephone company's queue has put out may try it again, which is recorded."""
    tries = select(func.count()).where(CallEvent.call_id == call.id, CallEvent.kind == PUT_OUT)
    if session.scalars(tries).one() >= QUEUE_TRIES:
        return False
    log_event(session, call, PUT_OUT, now=now)
    return True


def end_call(
    session: Session, call: Call, *, now: datetime, outcome: CallOutcome | None = None, why: EndReason | None = None
) -> bool:
    """End the call once; later news only completes the facts."""
    if call.state is CallState.ENDED:
        call.ended_at = min(now, call.ended_at or now)
        return False
    call.state = CallState.ENDED
    call.ended_at = call.last_news_at = now
    call.outcome, call.why = outcome, why
    call.outcome = outcome_from(call)
    escalation.settle(session, call, now=now)
    log_event(session, call, "ended", now=now, outcome=call.outcome)
    live.publish(session, live.LINE, now=now)
    return True


def log_event(
    session: Session, call: Call, kind: str, *, now: datetime, staff_id: str | None = None, **facts: Any
) -> None:
    """Append an event to the call's log; codes and numbers only."""
    append(session, CallEvent, call_id=call.id, at=now, kind=kind, staff_id=staff_id, facts=facts)
