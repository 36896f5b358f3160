"""Webhooks of the caller's leg: arrival, key, into the room and out of it."""

from __future__ import annotations

from datetime import datetime

from flask import abort, request
from sqlalchemy.orm import Session

from callcenter.context import settings
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.staff.roles import Contact
from callcenter.services.calls import calls, queue
from callcenter.services.talks import ringing, room
from ivr import scenes
from ivr.answer import script, words_only
from ivr.blueprint import bp
from ivr.payloads import Form, Incoming, LegNews, Waiting, call_sid, called, keys
from ivr.scripts import ending, waiting
from ivr.scripts import room as room_scripts
from ivr.scripts.room import RoomMusic
from ivr.stand_ins import ask_again, counsellor_lost, on_arrival, while_waiting


@bp.before_request
def only_our_number() -> None:
    """Refuse a webhook for a number that is not ours as if it were forged."""
    if request.endpoint == "ivr.incoming" and called(request.form) not in settings().answered_numbers:
        abort(403)


@bp.post("/voice/incoming")
@script(on_arrival)
def incoming(form: Form, session: Session, now: datetime) -> str:
    """Answer an arriving caller; the arrival time decides whether the line is open for them."""
    read = Incoming.read(form)
    arrival = calls.arrive(session, read.call_sid, read.caller, now=now, policy=settings().policy)
    if arrival.call.state is not CallState.ENDED:
        return scenes.welcome()
    return scenes.refusal(session, arrival.call, arrival.hours, now)


@bp.post("/voice/key")
@script(while_waiting)
def key(form: Form, session: Session, now: datetime) -> str:
    """Answer a key, or none, after the greeting; the caller goes on waiting."""
    read, policy = Waiting.read(form), settings().policy
    call, snapshot = queue.find_with_snapshot(session, read.call_sid, now=now, policy=policy)
    if call is not None:
        calls.record_key(session, call, keys(form), now=now)
    return scenes.wait_script(
        calls.take_wait_step(session, call, read.queue_sid, fit=waiting.fit, now=now, policy=policy, snapshot=snapshot)
    )


@bp.post("/voice/join/<offer_id>")
@script(ask_again)
def join(form: Form, session: Session, now: datetime, offer_id: str) -> str:
    """Answer a claimed caller taken out of the queue: into the room."""
    call = calls.enter_room(session, call_sid(form), offer_id, now=now)
    return scenes.welcome() if call is None else scenes.caller_in_room(call)


@bp.post("/voice/after")
@bp.post("/voice/after/<room_id>")
@script(counsellor_lost)
def after(form: Form, session: Session, now: datetime, **_room_id: str) -> str:
    """Answer a caller whom the room did not take in, or let go although nobody ended the talk: back to the queue.

    The room's id only makes each attempt's address its own. Callers who have hung up hear nothing of this.
    """
    if LegNews.read(form).state.over:
        return ending.bye()
    call = calls.find(session, call_sid(form))
    if call is None or call.state is CallState.ENDED:
        return ending.bye()
    offer = ringing.find(session, call.offer_id) if call.offer_id else None
    if offer is not None and offer.ending:
        return ending.bye()
    if offer is not None:
        room.leave_room(session, call, offer, now=now)
    return _queued_again(Contact.BROWSER)  # nobody has hung up


@bp.post("/voice/bye")
@words_only
def bye() -> str:
    """Answer a caller whose counsellor ended the talk."""
    return ending.bye()


@bp.post("/voice/bye/G03")
@words_only
def dismissed() -> str:
    """Answer a caller whose counsellor ended the talk after two warnings."""
    return ending.dismissed()


@bp.post("/voice/requeue/<offer_id>")
@script(counsellor_lost)
def requeue(form: Form, session: Session, now: datetime, offer_id: str) -> str:
    """Answer a caller whose counsellor was lost: back to the head of the queue."""
    call = calls.find(session, call_sid(form))
    offer = ringing.find(session, offer_id)
    if call is None or call.state is CallState.ENDED or offer is None:
        return ending.bye()
    if call.offer_id == offer.id:
        room.requeue_caller(session, call, offer, now=now)
    return _queued_again(Contact.BROWSER if offer.taken_off else offer.contact)  # taken off: nobody has hung up


def _queued_again(lost: Contact) -> str:
    """Return the words for a lost connection, and the way back into the queue."""
    urls = scenes.webhook_urls()
    return waiting.requeue(
        waiting.Requeue(queue=scenes.QUEUE, wait_url=urls.voice("wait"), leave_url=urls.voice("leave"), lost=lost)
    )


@bp.post("/voice/room")
@words_only
def alone() -> str:
    """Answer somebody who is the first in the room with music."""
    urls = scenes.webhook_urls()
    return room_scripts.waiting(RoomMusic(urls.audio("wait-8.wav"), urls.voice("room")))
