"""Following a talk from the board or the console: listen, whisper, speak, leave, take over."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.talks.supervision import Mode
from callcenter.models.calls.calls import Call, Offer
from callcenter.reports.blueprint import bp, done, for_supervisors, myself
from callcenter.services.talks import ringing, supervision, takeover
from callcenter.services.talks.supervision import NotListening


class UnknownMode(HelplineError):
    """The form sends a way to take part that there is not."""

    message = "この画面は古くなっています。ページを読みこみ直してください。"


@bp.post("/calls/<call_id>/listen")
@for_supervisors
def listen(call_id: str) -> Response:
    """Ring my own telephone to follow this talk."""
    now = ports().clock.now()
    with unit_of_work() as session:
        supervision.listen(session, call_id, by=myself(session), now=now, policy=settings().policy)
    return done()


@bp.post("/listening/<offer_id>/mode")
@for_supervisors
def set_mode(offer_id: str) -> Response:
    """Be heard by nobody, by the counsellor alone, or by both."""
    wanted = request.form.get("mode", "")
    if wanted not in set(Mode):
        raise UnknownMode
    with unit_of_work() as session:
        offer, _ = _found(session, offer_id)
        supervision.set_mode(session, offer, Mode(wanted), by=myself(session), now=ports().clock.now())
    return done()


@bp.post("/listening/<offer_id>/stop")
@for_supervisors
def stop(offer_id: str) -> Response:
    """Leave the talk, which goes on."""
    with unit_of_work() as session:
        offer, _ = _found(session, offer_id)
        supervision.stop(session, offer, by=myself(session), now=ports().clock.now())
    return done()


@bp.post("/listening/<offer_id>/take-over")
@for_supervisors
def take_over(offer_id: str) -> Response:
    """Be the counsellor of this talk from now on."""
    with unit_of_work() as session:
        offer, call = _found(session, offer_id)
        takeover.take_over(session, offer, call, by=myself(session), now=ports().clock.now())
    return done()


def _found(session: Session, offer_id: str) -> tuple[Offer, Call]:
    offer, call = ringing.find_with_call(session, offer_id)
    if offer is None or call is None:
        raise NotListening
    return offer, call
