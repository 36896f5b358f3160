"""The holding queue: what a waiting caller hears, and where they go when they leave it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain.calls.lifecycle import Outcome, Why
from callcenter.domain.calls.waiting import Verdict
from callcenter.models.calls.calls import Call
from callcenter.services.calls import calls, queue
from callcenter.services.talks import room
from ivr import scenes
from ivr.answer import script
from ivr.blueprint import bp
from ivr.payloads import Form, Incoming, QueueResult, Waiting, call_sid, queue_result
from ivr.scripts import ending, waiting
from ivr.stand_ins import in_the_queue, out_of_the_queue, trouble

AT_THE_DOOR = frozenset({Outcome.BLOCKED, Outcome.CLOSED_BEFORE})


@bp.post("/voice/wait")
@script(in_the_queue, fresh=True)
def wait(form: Form, session: Session, now: datetime) -> str:
    """A waiting caller asks what comes next; one we have never heard of (our database was away) arrived back then."""
    read, policy = Waiting.read(form), settings().policy
    call, hall = queue.find_in_hall(session, read.call_sid, now=now, policy=policy)
    if call is None:
        arrived = now - min(read.waited, policy.wait_ceiling)
        call = calls.arrive(session, read.call_sid, Incoming.read(form).caller, now=arrived, policy=policy).call
    return scenes.hear(calls.wait(session, call, read.queue_sid, fit=waiting.fit, now=now, policy=policy, hall=hall))


@bp.post("/voice/leave")
@script(out_of_the_queue)
def leave(form: Form, session: Session, now: datetime) -> str:
    """The caller has left the queue: by our wish, by theirs, or because the queue itself failed."""
    result = queue_result(form)
    if result is QueueResult.STEPPED_OUT:
        return _left(session, calls.find(session, call_sid(form)), now)
    if result is QueueResult.ON_THEIR_WAY:
        return ending.nothing()
    call = calls.find(session, call_sid(form))
    if call is not None and result is QueueResult.HUNG_UP:
        room.caller_gone(session, call, now=now)
    elif call is not None and result in {QueueResult.FULL, QueueResult.FAILED}:
        full = result is QueueResult.FULL
        calls.end(
            session,
            call,
            now=now,
            outcome=Outcome.OVERFLOW if full else Outcome.FAILED,
            why=Why.QUEUE_FULL if full else Why.TROUBLE,
        )
        return scenes.full(None, None, now) if full else trouble(form)
    return ending.nothing()


def _left(session: Session, call: Call | None, now: datetime) -> str:
    """We let the caller step out: into the room, or to a spoken end."""
    turn = calls.look(session, call, now=now, policy=settings().policy)
    if turn.call is None or turn.hall is None:
        return ending.bye()
    if turn.verdict is Verdict.OVER:
        # Who arrived out of the queue, as our database was away at the door, hears now what is said there.
        at_the_door = turn.call.outcome in AT_THE_DOOR or turn.call.why is Why.QUEUE_FULL
        if at_the_door:
            return scenes.turned_away(session, turn.call, turn.hall.hours, now)
        return scenes.told_again(turn.call)
    if turn.verdict is Verdict.STAY:
        return scenes.welcome()
    if turn.verdict is Verdict.ENTER:
        call = calls.called_in(session, turn.call.caller_sid, turn.call.offer_id, now=now)
        return scenes.welcome() if call is None else scenes.caller_in_room(call)
    room.turned_out(session, turn.call, turn.verdict, now=now)
    return scenes.spoken_end(turn, now)
