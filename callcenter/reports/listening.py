"""Listening to a talk from the board or the desk: listen, whisper, speak, leave, take over."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.talks.supervision import Mode
from callcenter.models.calls.calls import Call, Offer
from callcenter.reports.blueprint import bp
from callcenter.services.talks import ringing, supervision, takeover
from callcenter.services.talks.supervision import NotListening
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import done
from callcenter.ui.kit.sent import choice


@bp.post("/calls/<call_id>/listen")
@staff_who_may(Action.LEAD)
def listen(call_id: str) -> Response:
    """Ring my own telephone to listen to this talk."""
    now = ports().clock.now()
    with unit_of_work() as session:
        supervision.listen(session, call_id, by=myself(session), now=now, policy=settings().policy)
    return done("reports.board")


@bp.post("/listening/<offer_id>/mode")
@staff_who_may(Action.LEAD)
def set_mode(offer_id: str) -> Response:
    """Be heard by nobody, by the counsellor alone, or by both."""
    wanted = choice(Mode, request.form.get("mode"))
    with unit_of_work() as session:
        offer, _ = _found(session, offer_id)
        supervision.set_mode(session, offer, wanted, by=myself(session), now=ports().clock.now())
    return done("reports.board")


@bp.post("/listening/<offer_id>/stop")
@staff_who_may(Action.LEAD)
def stop(offer_id: str) -> Response:
    """Leave the talk, which goes on."""
    with unit_of_work() as session:
        offer, _ = _found(session, offer_id)
        supervision.stop_listening(session, offer, by=myself(session), now=ports().clock.now())
    return done("reports.board")


@bp.post("/listening/<offer_id>/take-over")
@staff_who_may(Action.LEAD)
def take_over(offer_id: str) -> Response:
    """Take the talk over."""
    with unit_of_work() as session:
        offer, call = _found(session, offer_id)
        takeover.take_over(session, offer, call, by=myself(session), now=ports().clock.now())
    return done("reports.board")


def _found(session: Session, offer_id: str) -> tuple[Offer, Call]:
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or call is None:
        raise NotListening
    return offer, call
