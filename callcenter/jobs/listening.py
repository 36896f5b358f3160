"""Errands about a supervisor's leg in a running room.

It asks the database what is wished now and looks again after the room has followed, so errands that
overtake each other do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from callcenter.context import context, unit_of_work
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.talks.supervision import Mode
from callcenter.domain.telephony import LineRefused
from callcenter.jobs.errands import NotReady, has_ended
from callcenter.jobs.participants import in_room
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.talks import supervision
from callcenter.services.talks.supervision import RequestedMode

Facts = dict[str, Any]


def set_listening(facts: Facts) -> str:
    """Set the mode of the supervisor's leg in the room as requested: heard by nobody, the counsellor, or both."""
    done: RequestedMode | None = None
    while True:
        with unit_of_work() as session:
            session.expire_all()  # what is wished may have changed while we were asking
            wished = supervision.requested_mode(session, facts["offer"])
        if wished is None:
            return "not_wanted"
        if wished == done:
            return "done"
        whispers_to_somebody = _follow(wished)  # once the leg has left, nothing is wished of it
        if not whispers_to_somebody:
            with unit_of_work() as session:
                supervision.fall_back_to_listening(session, wished.offer_id, now=context().ports.clock.now())
            continue
        with unit_of_work() as session:
            supervision.confirm_mode(session, wished.offer_id, wished.mode, now=context().ports.clock.now())
        done = wished


def _follow(wished: RequestedMode) -> bool:
    """Change the leg; False if there is nobody in the room to whisper to."""
    whispers, line = wished.mode is Mode.WHISPER, context().ports.telephony
    if whispers and wished.coached_sid is None:
        return False
    muted = wished.mode is Mode.LISTEN

    def act(room_sid: str) -> None:
        line.coach(room_sid, wished.leg_sid, coached_sid=wished.coached_sid, muted=muted)

    try:
        in_room(wished.room_sid, wished.room, act)
    except LineRefused:
        if whispers:
            return False
        raise
    return True


def take_over(facts: Facts) -> str:
    """Unmute the supervisor who took the call over, then end the former counsellor's leg."""
    line = context().ports.telephony
    with unit_of_work() as session:
        offer, former = session.get_one(Offer, facts["offer"]), session.get_one(Offer, facts["former"])
        call = session.get_one(Call, offer.call_id)
        leg_sid, former_sid, room_sid, name = offer.leg_sid, former.leg_sid, call.conference_sid, call.room
        muted = offer.muted
        wanted = call.state is CallState.TALKING and call.offer_id == offer.id
    if wanted and leg_sid is not None:
        try:
            in_room(room_sid, name, partial(line.coach, leg_sid=leg_sid, coached_sid=None, muted=muted))
        except NotReady:  # whoever has hung up will be missed in a moment
            if not has_ended(leg_sid):
                raise
    if former_sid is not None:
        line.hang_up(former_sid, answered=True)
    return "done"


HANDLERS: dict[str, Callable[[Facts], str]] = {"set_listening": set_listening, "take_over": take_over}
