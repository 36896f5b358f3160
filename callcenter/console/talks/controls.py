"""The buttons of the call bar; each press names its leg, so that a late one changes no other."""

from __future__ import annotations

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


def my_leg(session: Session, leg_id: str) -> tuple[Call, Offer]:
    """Return my leg and its call, locked; ``NotYourCall`` for anybody else's."""
    offer, call = ringing.find_with_call(session, leg_id)
    if offer is None or call is None or offer.staff_id != me().staff_id:
        raise NotYourCall
    return call, offer


@bp.post("/legs/<leg_id>/hold")
@staff_who_may(Action.ANSWER)
def hold(leg_id: str) -> Response:
    """Put the caller on hold (``held`` 1), or take them off (0)."""
    act = participants.put_on_hold if request.form.get("held") == "1" else participants.take_off_hold
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        act(session, call, offer, now=ports().clock.now())
    return done("console.board")


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
    now, policy = ports().clock.now(), settings().policy
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        consult.start_consult(session, call, offer, colleague, announced=announced, now=now, policy=policy)
    return done("console.board")


@bp.post("/legs/<leg_id>/introduce")
@staff_who_may(Action.ANSWER)
def introduce(leg_id: str) -> Response:
    """Introduce the colleague to the caller: all three talk."""
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        consult.introduce(session, call, offer, now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/hand-over")
@staff_who_may(Action.ANSWER)
def hand_over(leg_id: str) -> Response:
    """Hand the caller over to the colleague."""
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        handover.complete(session, call, offer, now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/return")
@staff_who_may(Action.ANSWER)
def return_to_caller(leg_id: str) -> Response:
    """End the consult and return to the caller."""
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        consult.cancel(session, call, offer, now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/leave")
@staff_who_may(Action.ANSWER)
def leave_consult(leg_id: str) -> Response:
    """Leave the consult as the colleague; the caller stays with their counsellor."""
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        consult.withdraw(session, call, offer, now=ports().clock.now())
    return done("console.board")


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
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        summons.ask(session, call, offer, again=again, now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/supervisor/withdraw")
@staff_who_may(Action.ANSWER)
def withdraw_call_for_supervisor(leg_id: str) -> Response:
    """Take the call for a supervisor back."""
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        summons.withdraw(session, call, offer, now=ports().clock.now())
    return done("console.board")


@bp.post("/legs/<leg_id>/say")
@staff_who_may(Action.ANSWER)
def say(leg_id: str) -> Response:
    """Play an announcement to the caller; the last one (G03) also ends the call."""
    help_words, now = choice(Help, request.form.get("code")), ports().clock.now()
    with unit_of_work() as session:
        call, offer = my_leg(session, leg_id)
        if help_words is Help.END:
            room.end_for_abuse(session, call, offer, now=now)
        else:
            participants.say(session, call, offer, help_words, now=now)
    return done("console.board")
