"""The buttons of the call bar; each press names its leg, so that a late one changes no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.console.duty.my_state import NotYourCall
from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.talks.quality import NotQuality, parse
from callcenter.domain.talks.talk import Help
from callcenter.models.calls.calls import Call, Offer
from callcenter.services.talks import consult, handover, participants, quality, ringing, room, summons
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import done
from callcenter.ui.kit.sent import UnknownChoice, choice

_Wishes = ParamSpec("_Wishes")


def my_leg(session: Session, leg_id: str) -> tuple[Call, Offer]:
    """Return my leg and its call, locked; ``NotYourCall`` for anybody else's."""
    offer, call = ringing.find_with_call(session, leg_id)
    if offer is None or call is None or offer.staff_id != me().staff_id:
        raise NotYourCall
    return call, offer


def act_on_my_leg(
    leg_id: str,
    act: Callable[Concatenate[Session, Call, Offer, _Wishes], object],
    *args: _Wishes.args,
    **wishes: _Wishes.kwargs,
) -> Response:
    """Do *act* with my leg and its call; ``NotYourCall`` for anybody else's."""
    with unit_of_work() as session:
        act(session, *my_leg(session, leg_id), *args, **wishes)
    return done("console.board")


@bp.post("/legs/<leg_id>/hold")
@staff_who_may(Action.ANSWER)
def hold(leg_id: str) -> Response:
    """Put the caller on hold (``held`` 1), or take them off (0)."""
    act = participants.put_on_hold if request.form.get("held") == "1" else participants.take_off_hold
    return act_on_my_leg(leg_id, act, now=ports().clock.now())


@bp.post("/legs/<leg_id>/mute")
@staff_who_may(Action.ANSWER)
def mute(leg_id: str) -> Response:
    """Mute (``muted`` 1) or unmute (0) a counsellor's telephone in the room."""
    with unit_of_work() as session:
        _, offer = my_leg(session, leg_id)
        participants.set_muted(session, offer, muted=request.form.get("muted") == "1", now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/consult")
@staff_who_may(Action.ANSWER)
def ask_colleague(leg_id: str) -> Response:
    """Ring a colleague who may take over; ``told`` if it is announced to the caller."""
    colleague, announced = request.form.get("colleague", ""), request.form.get("told") == "1"
    ask, now = consult.start_consult, ports().clock.now()
    return act_on_my_leg(leg_id, ask, colleague, announced=announced, now=now, policy=settings().policy)


@bp.post("/legs/<leg_id>/introduce")
@staff_who_may(Action.ANSWER)
def introduce(leg_id: str) -> Response:
    """Introduce the colleague to the caller: all three talk."""
    return act_on_my_leg(leg_id, consult.introduce, now=ports().clock.now())


@bp.post("/legs/<leg_id>/hand-over")
@staff_who_may(Action.ANSWER)
def hand_over(leg_id: str) -> Response:
    """Hand the caller over to the colleague."""
    return act_on_my_leg(leg_id, handover.complete, now=ports().clock.now())


@bp.post("/legs/<leg_id>/return")
@staff_who_may(Action.ANSWER)
def return_to_caller(leg_id: str) -> Response:
    """End the consult and return to the caller."""
    return act_on_my_leg(leg_id, consult.cancel, now=ports().clock.now())


@bp.post("/legs/<leg_id>/leave")
@staff_who_may(Action.ANSWER)
def leave_consult(leg_id: str) -> Response:
    """Leave the consult as the colleague; the caller stays with their counsellor."""
    return act_on_my_leg(leg_id, consult.withdraw, now=ports().clock.now())


@bp.post("/legs/<leg_id>/quality")
@staff_who_may(Action.ANSWER, quiet=True)
def note_quality(leg_id: str) -> Response:
    """Store how well my leg carries the voices, as the page has measured it so far."""
    try:
        measured = parse(request.form.get("account", ""))
    except NotQuality:
        raise UnknownChoice from None
    with unit_of_work() as session:
        offer = ringing.find(session, leg_id)
        if offer is None or offer.staff_id != me().staff_id:
            raise NotYourCall
        quality.record(offer, measured, now=ports().clock.now())
    return Response(status=204)


@bp.post("/legs/<leg_id>/supervisor")
@staff_who_may(Action.ANSWER)
def call_supervisor(leg_id: str) -> Response:
    """Call for a supervisor; with ``again`` once more, after one has seen it."""
    again = request.form.get("again") == "1"
    return act_on_my_leg(leg_id, summons.ask, again=again, now=ports().clock.now())


@bp.post("/legs/<leg_id>/supervisor/withdraw")
@staff_who_may(Action.ANSWER)
def withdraw_call_for_supervisor(leg_id: str) -> Response:
    """Take the call for a supervisor back."""
    return act_on_my_leg(leg_id, summons.withdraw, now=ports().clock.now())


@bp.post("/legs/<leg_id>/say")
@staff_who_may(Action.ANSWER)
def say(leg_id: str) -> Response:
    """Play an announcement to the caller; the last one (G03) also ends the call."""
    help_words, now = choice(Help, request.form.get("code")), ports().clock.now()
    if help_words is Help.END:
        return act_on_my_leg(leg_id, room.end_for_abuse, now=now)
    return act_on_my_leg(leg_id, participants.say, help_words, now=now)
