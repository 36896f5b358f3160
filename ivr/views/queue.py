"""Webhooks of the holding queue: the wait documents, and the action on leaving it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain.calls.lifecycle import CallOutcome, CallState, EndReason
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

REFUSED_ON_ARRIVAL = frozenset({CallOutcome.BLOCKED, CallOutcome.CLOSED_BEFORE})


@bp.post("/voice/wait")
@script(while_waiting, fresh=True)
def wait(form: Form, session: Session, now: datetime) -> str:
    """Answer a waiting caller; an unknown one arrived while our database was away."""
    read, policy = Waiting.read(form), settings().policy
    call, snapshot = queue.find_with_snapshot(session, read.call_sid, now=now, policy=policy)
    if call is None:
        arrived = now - min(read.waited, policy.wait_ceiling)
        call = calls.arrive(session, read.call_sid, Incoming.read(form).caller, now=arrived, policy=policy).call
    return scenes.wait_script(
        calls.take_wait_step(session, call, read.queue_sid, fit=waiting.fit, now=now, policy=policy, snapshot=snapshot)
    )


@bp.post("/voice/leave")
@script(on_leaving_queue)
def leave(form: Form, session: Session, now: datetime) -> str:
    """Answer a caller who left the queue: by our wish, by theirs, or because the queue failed."""
    result = queue_result(form)
    if result is QueueResult.STEPPED_OUT:
        return _left(session, calls.find(session, call_sid(form)), now)
    if result in {QueueResult.ON_THEIR_WAY, QueueResult.UNKNOWN}:
        return _on_their_way(calls.find(session, call_sid(form)))
    call = calls.find(session, call_sid(form))
    if call is not None and result in {QueueResult.FULL, QueueResult.FAILED}:
        return _put_out(session, call, form, now)
    if call is not None:
        room.caller_leg_ended(session, call, now=now)
    return ending.nothing()


def _put_out(session: Session, call: Call, form: Form, now: datetime) -> str:
    """Return the script for a caller whom the queue did not take or keep: into the room, in again, or a spoken end."""
    full = queue_result(form) is QueueResult.FULL
    if call.state is not CallState.WAITING or (not full and calls.queue_again(session, call, now=now)):
        return _left(session, call, now)
    if full:
        room.end_waiting(session, call, CallOutcome.OVERFLOW, EndReason.QUEUE_FULL, now=now)
        return scenes.full(None, None, now)
    room.end_waiting(session, call, CallOutcome.FAILED, EndReason.TROUBLE, now=now)
    return trouble(form)


def _on_their_way(call: Call | None) -> str:
    """Return what the script says that the caller was sent to, and change nothing: whichever is played is right."""
    if call is None or call.state is CallState.WAITING:
        return scenes.welcome()
    return scenes.repeated_ending(call) if call.state is CallState.ENDED else scenes.caller_in_room(call)


def _left(session: Session, call: Call | None, now: datetime) -> str:
    """Return the script for a caller we let out of the queue: into the room, or a spoken end."""
    step = calls.decide_wait_step(session, call, now=now, policy=settings().policy)
    if step.call is None or step.snapshot is None:
        return scenes.welcome()  # never taken in, as our database was away: the next wait document does it
    if step.verdict is WaitingVerdict.OVER:
        # The database was away when this caller arrived, so the refusal is said now.
        refused = step.call.outcome in REFUSED_ON_ARRIVAL or step.call.why is EndReason.QUEUE_FULL
        if refused:
            return scenes.refusal(session, step.call, step.snapshot.hours, now)
        return scenes.repeated_ending(step.call)
    if step.verdict is WaitingVerdict.STAY:
        return scenes.welcome()
    if step.verdict is WaitingVerdict.ENTER:
        call = calls.enter_room(session, step.call.caller_sid, step.call.offer_id, now=now)
        return scenes.welcome() if call is None else scenes.caller_in_room(call)
    room.end_waiting(session, step.call, *calls.OUTCOMES[step.verdict], now=now)
    return scenes.spoken_end(step, now)
