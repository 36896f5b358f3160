"""The counsellor's side of the line: presence, browser telephone, declining and ending calls."""

from __future__ import annotations

from datetime import datetime

from flask import jsonify, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calls.lifecycle import OfferState
from callcenter.domain.duty.presence import BOUND, CHOSEN, TALKING, NextWork, Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Contact
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.duty import presence
from callcenter.services.duty.presence import OtherTab
from callcenter.services.staff import accounts
from callcenter.services.talks import ringing, room
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member
from callcenter.ui.access import me, myself, note_activity, staff_who_may
from callcenter.ui.kit.answers import done
from callcenter.ui.kit.sent import UnknownChoice, choice
from callcenter.ui.staff.signin import limiter

TOKEN_SECONDS = 900
"""How long a browser may be rung without asking anew."""


class NoBrowserPhone(HelplineError):
    """Raised where no browser can be rung: no key to sign with, or a telephone as contact."""

    message = "ブラウザーの電話は使えません。電話機で受けるか、管理者に声をかけてください。"


class NotYourCall(HelplineError):
    """Raised when the call or ring is over, or belongs to somebody else."""

    message = "この電話は、もう終わっているか、ほかの相談員が受けています。"


@bp.post("/presence")
@staff_who_may(Action.ANSWER)
def set_presence() -> Response:
    """Set my presence: 受け付ける, 離席 with a reason, or 終わる."""
    with unit_of_work() as session:
        apply_choice(session, myself(session), request.form.get("work", ""), request.form.get("reason", ""))
    return done("console.board")


def apply_choice(session: Session, staff: Staff, sent: str, reason_sent: str) -> None:
    """Apply the presence that the counsellor chose; ``UnknownChoice`` for anything else."""
    now, (work, reason) = ports().clock.now(), _choice(sent, reason_sent)
    if work is Work.AVAILABLE:
        presence.become_available(session, staff, now=now)
    else:
        presence.become_unavailable(session, staff, work, now=now, reason=reason)


@bp.post("/after")
@staff_who_may(Action.ANSWER)
def set_after() -> Response:
    """Plan what follows this call: 受付に戻る (cancels a plan), 離れる with a reason, 終わる."""
    with unit_of_work() as session:
        plan_choice(session, myself(session), request.form.get("after", ""))
    return done("console.board")


def plan_choice(session: Session, staff: Staff, sent: str) -> None:
    """Plan what the counsellor chose for after the call, such as ``away:care``."""
    work, _, reason_sent = sent.partition(":")
    chosen, reason = _choice(work, reason_sent)
    presence.plan_after_call(session, staff, chosen, now=ports().clock.now(), reason=reason)


def _choice(work: str, reason: str) -> NextWork:
    if work in {Work.AVAILABLE, Work.OFFLINE}:
        return Work(work), None
    if work == Work.AWAY:
        return Work.AWAY, choice(CHOSEN, reason)
    raise UnknownChoice


@bp.post("/lease")
@staff_who_may(Action.ANSWER, quiet=True)
def take_lease() -> Response:
    """Make this tab the one that rings; another live tab keeps that unless ``force``."""
    force = request.form.get("force") == "1"
    with unit_of_work() as session:
        row = presence.take_lease(session, myself(session), force=force, now=ports().clock.now())
        lease = row.lease
    return jsonify(lease=lease)


@bp.post("/beat")
@staff_who_may(Action.ANSWER, quiet=True)
def beat() -> Response:
    """Store that the tab is alive; it counts as activity during a talk or while available."""
    lease, registered, now = request.form.get("lease", ""), request.form.get("registered") == "1", ports().clock.now()
    with unit_of_work() as session:
        row = presence.record_heartbeat(session, myself(session), lease, registered=registered, now=now)
        if request.form.get("stood_still") == "1":
            presence.set_unreachable_after_freeze(session, row, now=now)
        at_work = row.work in (*BOUND, Work.AVAILABLE)
    if at_work:
        note_activity()
    return Response(status=204)


@bp.post("/contact")
@staff_who_may(Action.ANSWER)
def set_contact() -> Response:
    """Let the next calls ring at my telephone, or in this browser; a running one stays where it is."""
    now = ports().clock.now()
    with unit_of_work() as session:
        staff = myself(session)
        contact = choice(Contact, request.form.get("contact"))
        accounts.set_contact(session, staff, contact, by=staff_member(staff.id), now=now)
        presence.lock_or_create(session, staff, now=now)
        live.publish(session, live.LINE, now=now)
    return done("console.board")


@bp.post("/line/token")
@staff_who_may(Action.ANSWER, quiet=True)
@limiter.limit("40 per 10 minutes", key_func=lambda: me().staff_id)
def line_token() -> Response:
    """Return a token by which the tab that rings can be rung."""
    tokens, now = ports().tokens, ports().clock.now()
    with unit_of_work() as session:
        staff = myself(session)
        row = presence.lock_or_create(session, staff, now=now)
        if row.lease is None or row.lease != request.form.get("lease"):
            raise OtherTab
        if tokens is None or row.contact is not Contact.BROWSER:
            raise NoBrowserPhone
        token = tokens.grant(row.identity, seconds=TOKEN_SECONDS)
        subject = Subject("staff", staff.id)
        audit.record(session, actor=staff_member(staff.id), action="line.token", subject=subject, now=now)
    return jsonify(token=token, seconds=TOKEN_SECONDS)


@bp.post("/offers/<offer_id>/decline")
@staff_who_may(Action.ANSWER)
def decline(offer_id: str) -> Response:
    """Decline the offered call, stored before the device stops ringing."""
    with unit_of_work() as session:
        offer, call = ringing.find_with_call(session, offer_id)
        if offer is None or offer.staff_id != me().staff_id:
            raise NotYourCall
        room.end_ring(session, call, offer, OfferState.DECLINED, now=ports().clock.now())
    return done("console.board")


@bp.post("/calls/<call_id>/end")
@staff_who_may(Action.ANSWER)
def end_call(call_id: str) -> Response:
    """End the talk after the goodbye."""
    now = ports().clock.now()
    with unit_of_work() as session:
        call, offer = running_call(session, now=now)
        if call is None or offer is None or call.id != call_id:
            raise NotYourCall
        room.end_by_counsellor(session, call, offer, now=now)
    return done("console.board")


def running_call(session: Session, *, now: datetime) -> tuple[Call | None, Offer | None]:
    """Return the call this counsellor is in, with the offer that led to it."""
    row = presence.lock_or_create(session, myself(session), now=now)
    offer = session.get(Offer, row.offer_id) if row.offer_id and row.work in TALKING else None
    return (None, None) if offer is None else (session.get(Call, offer.call_id), offer)
