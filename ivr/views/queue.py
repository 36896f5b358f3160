"""The holding queue: what a waiting caller hears, and where they go when they leave it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain.calls.lifecycle import CallOutcome, EndReason
from callcenter.domain.calls.waiting import WaitingVerdict
from callcenter.models.calls.calls import Call
from callcenter.services.calls import calls, queue
from callcenter.services.talks import room
from ivr import scenes
from ivr.answer import script
from ivr.blueprint import bp
from ivr.payloads import Form, Incoming, QueueResult, Waiting, call_sid, queue_result
from ivr.scripts import ending, waiting
from ivr.stand_ins import on_leaving_queue, trouble, while_waiting

AT_THE_DOOR = frozenset({CallOutcome.BLOCKED, CallOutcome.CLOSED_BEFORE})


@bp.post("/voice/wait")
@script(while_waiting, fresh=True)
def wait(form: Form, session: Session, now: datetime) -> str:
    """A waiting caller asks what comes next; one we have never heard of (our database was away) arrived back then."""
    read, policy = Waiting.read(form), settings().policy
    call, hall = queue.find_with_snapshot(session, read.call_sid, now=now, policy=policy)
    if call is None:
        arrived = now - min(read.waited, policy.wait_ceiling)
        call = calls.arrive(session, read.call_sid, Incoming.read(form).caller, now=arrived, policy=policy).call
    return scenes.wait_script(
        calls.take_wait_step(session, call, read.queue_sid, fit=waiting.fit, now=now, policy=policy, snapshot=hall)
    )


@bp.post("/voice/leave")
@script(on_leaving_queue)
def leave(form: Form, session: Session, now: datetime) -> str:
    """The caller has left the queue: by our wish, by theirs, or because the queue itself failed."""
    result = queue_result(form)
    if result is QueueResult.STEPPED_OUT:
        return _left(session, calls.find(session, call_sid(form)), now)
    if result is QueueResult.ON_THEIR_WAY:
        return ending.nothing()
    call = calls.find(session, call_sid(form))
    if call is not None and result is QueueResult.HUNG_UP:
        room.caller_leg_ended(session, call, now=now)
    elif call is not None and result in {QueueResult.FULL, QueueResult.FAILED}:
        full = result is QueueResult.FULL
        calls.end_call(
            session,
            call,
            now=now,
            outcome=CallOutcome.OVERFLOW if full else CallOutcome.FAILED,
            why=EndReason.QUEUE_FULL if full else EndReason.TROUBLE,
        )
        return scenes.full(None, None, now) if full else trouble(form)
    return ending.nothing()


def _left(session: Session, call: Call | None, now: datetime) -> str:
    """We let the caller step out: into the room, or to a spoken end."""
    turn = calls.decide_wait_step(session, call, now=now, policy=settings().policy)
    if turn.call is None or turn.snapshot is None:
        return ending.bye()
    if turn.verdict is WaitingVerdict.OVER:
        # Who arrived out of the queue, as our database was away at the door, hears now what is said there.
        at_the_door = turn.call.outcome in AT_THE_DOOR or turn.call.why is EndReason.QUEUE_FULL
        if at_the_door:
            return scenes.refusal(session, turn.call, turn.snapshot.hours, now)
        return scenes.repeated_ending(turn.call)
    if turn.verdict is WaitingVerdict.STAY:
        return scenes.welcome()
    if turn.verdict is WaitingVerdict.ENTER:
        call = calls.enter_room(session, turn.call.caller_sid, turn.call.offer_id, now=now)
        return scenes.welcome() if call is None else scenes.caller_in_room(call)
    room.end_waiting(session, turn.call, turn.verdict, now=now)
    return scenes.spoken_end(turn, now)
