"""Changes that others make to a counsellor's duty: state, removal from the line, role, end of the account.

Nobody is torn away from a caller or an unwritten record by such a decision: it waits, and the counsellor
is rung no more. Only *force* does not wait; then the caller goes back to the head of the queue.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import OfferState
from callcenter.domain.duty.presence import BUSY_WITH_A_CALLER, TALKING, AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.administration import role_requests
from callcenter.services.delivery import live
from callcenter.services.duty import presence
from callcenter.services.staff import accounts
from callcenter.services.talks import ringing, room, supervision
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


def set_for(
    session: Session, staff: Staff, work: Work, *, by: Actor, now: datetime, reason: AwayReason | None = None
) -> Presence:
    """Set a colleague away or offline; during a call it takes effect afterwards."""
    row = presence.become_unavailable(session, staff, work, now=now, reason=reason)
    if row.work is work:
        row.set_by = by.id
    _record(session, staff, "presence.set", by, now, work=work, reason=reason)
    return row


def force_off(session: Session, staff: Staff, *, by: Actor, now: datetime) -> Presence:
    """Take a counsellor off the line at once: a caller returns to the head of the queue, a record stays a draft."""
    supervision.end_listening_of(session, staff.id, now=now)
    offer, call = _at_hand(session, staff)
    row = presence.lock_or_create(session, staff, now=now)
    was = row.work
    if offer is not None and call is not None and row.offer_id == offer.id:
        if was in TALKING:
            room.take_counsellor_off(session, call, offer, now=now)
        else:
            room.end_ring(session, call, offer, OfferState.CANCELLED, now=now)
    presence.set_work(row, Work.OFFLINE, session, now=now)
    row.set_by = by.id
    _record(session, staff, "presence.force_off", by, now, was=was)
    return row


def change_role(session: Session, staff: Staff, role: Role, *, by: Actor, now: datetime, force: bool = False) -> bool:
    """Change the role and sign the account out; False if that waits for the end of a call and its record."""
    role_requests.take_back_open(session, staff.id, by=by, now=now)
    staff.next_role = None
    if staff.role is role:
        return True
    if not force and _is_busy(session, staff, now=now):
        staff.next_role = role
        presence.go_offline_after_call(session, staff, now=now)
        _record(session, staff, "staff.role_after_call", by, now, to=role)
        return False
    force_off(session, staff, by=by, now=now)
    accounts.set_role(session, staff, role, by=by, now=now)
    return True


def deactivate(session: Session, staff: Staff, *, by: Actor, now: datetime, force: bool = False) -> bool:
    """Deactivate the account; False if that waits for the end of a call and its record."""
    role_requests.take_back_open(session, staff.id, by=by, now=now)
    if not staff.active:
        return True
    if not force and _is_busy(session, staff, now=now):
        staff.leaving = True
        presence.go_offline_after_call(session, staff, now=now)
        _record(session, staff, "staff.deactivate_after_call", by, now)
        return False
    staff.leaving, staff.next_role = False, None
    force_off(session, staff, by=by, now=now)
    accounts.set_active(session, staff, False, by=by, now=now)
    return True


def activate(session: Session, staff: Staff, *, by: Actor, now: datetime) -> None:
    """Activate the account again, or cancel a deactivation that waits."""
    staff.leaving = False
    if not staff.active:
        accounts.set_active(session, staff, True, by=by, now=now)
    else:
        _record(session, staff, "staff.stays", by, now)


def sign_out(session: Session, staff: Staff, *, now: datetime) -> bool:
    """Sign the person out and ring them no more; False if a call keeps that until its record is finished."""
    supervision.end_listening_of(session, staff.id, now=now)
    offer, _ = _at_hand(session, staff)
    row = presence.lock(session, staff.id)
    if row is not None and row.work in TALKING:
        presence.go_offline_after_call(session, staff, now=now, signing_out=True)
        return False
    if offer is not None:
        ringing.close_offer(session, offer, OfferState.DECLINED, now=now)
    if row is not None:
        presence.set_work(row, Work.OFFLINE, session, now=now)
        row.lease, row.registered = None, False  # the next to sign in waits for nobody
    accounts.sign_out(session, staff, now=now)
    live.publish(session, live.staff_topic(staff.id), now=now)  # their open streams look, and end
    return True


def _at_hand(session: Session, staff: Staff) -> tuple[Offer | None, Call | None]:
    """Return the counsellor's ring or call, locked before the counsellor as everywhere."""
    row = session.get(Presence, staff.id)
    return ringing.find_with_call(session, row.offer_id) if row is not None and row.offer_id else (None, None)


def _is_busy(session: Session, staff: Staff, *, now: datetime) -> bool:
    _at_hand(session, staff)
    return presence.lock_or_create(session, staff, now=now).work in BUSY_WITH_A_CALLER


def _record(session: Session, staff: Staff, action: str, by: Actor, now: datetime, **facts: str | None) -> None:
    subject = Subject("staff", staff.id)
    audit.record(session, actor=by, action=action, subject=subject, facts=facts, now=now)
