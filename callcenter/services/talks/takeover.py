"""Take-over: a supervisor becomes the counsellor of a talk they listen to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState, OfferState, Purpose, advance
from callcenter.domain.duty.presence import Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import Channel
from callcenter.models.calls.calls import Call, Offer
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls
from callcenter.services.delivery import live, outbox
from callcenter.services.duty import presence
from callcenter.services.records import consultations
from callcenter.services.talks import participants, ringing, room, supervision
from callcenter.services.talks.supervision import NotListening, TalkOver
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class Consulting(HelplineError):
    """Raised while counsellor and colleague speak with one another."""

    message = "いま相談員どうしで話しています。話が終わってから、もう一度お試しください。"


def take_over(session: Session, offer: Offer, call: Call, *, by: Staff, now: datetime) -> None:
    """Make the listening supervisor the counsellor; the former one goes to wrap-up without a record to write.

    *offer* and *call* come locked. Pressing again changes nothing. Raises ``NotListening`` before the
    supervisor is in the room, ``TalkOver`` or ``Consulting``.
    """
    if offer.staff_id != by.id:
        raise NotListening
    if offer.purpose is Purpose.ANSWER and call.offer_id == offer.id:
        return
    if offer.purpose is not Purpose.LISTEN or offer.state is not OfferState.JOINED:
        raise NotListening
    former = ringing.find(session, call.offer_id) if call.offer_id else None
    if call.state is not CallState.TALKING or former is None or former.ending:
        raise TalkOver
    if call.consult_id is not None:
        raise Consulting
    _leave(session, former, now)
    _become_counsellor(session, offer, call, now)
    consultations.open_draft(
        session, call_id=call.id, channel=Channel.PHONE, counsellor_id=by.id, hint=None, now=now
    )  # the record goes with the call
    facts = {"from": former.staff_id, "offer": offer.id}
    subject = Subject("call", call.id)
    audit.record(session, actor=staff_member(by.id), action="call.take_over", subject=subject, facts=facts, now=now)
    calls.log_event(session, call, "taken_over", now=now, staff_id=by.id, by=former.staff_id)
    supervision.retarget_whispers(session, call, now=now)
    outbox.put(session, "take_over", now=now, offer=offer.id, former=former.id)
    live.publish(session, live.LINE, now=now)


def _leave(session: Session, former: Offer, now: datetime) -> None:
    former.ending = True  # their leg's end is no accident
    former.state, former.left_at = advance(former.state, OfferState.LEFT), now
    room.start_wrap_up(session, former, now=now)
    session.flush()  # the database allows one who answers, so the former one goes first


def _become_counsellor(session: Session, offer: Offer, call: Call, now: datetime) -> None:
    supervision.end_listening_for_take_over(session, offer, now=now)
    offer.purpose, offer.claimed_at = Purpose.ANSWER, now
    call.offer_id = offer.id
    if call.held_at is not None:
        participants.request_hold(session, call, held=False, now=now)
    row = presence.lock(session, offer.staff_id)
    if row is not None:
        row.offer_id = offer.id
        presence.clear_misses(row)
        presence.set_work(row, Work.ON_CALL, session, now=now)
