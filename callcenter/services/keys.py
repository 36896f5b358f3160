"""Moving to a new key of the ring: keys are wrapped anew, texts are never touched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.crypto import ring_key_id
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.people import Staff
from callcenter.services import audit
from callcenter.services.audit import Actor, Subject

AT_ONCE = 500


def rotate(session: Session, *, by: Actor, now: datetime, at_most: int = AT_ONCE) -> int:
    """Bring up to *at_most* keys and telephones under the ring's first key, and return how many there were.

    Called again, each time in a transaction of its own, until it returns 0; it may be interrupted at any
    moment, as each row says under which key it stands. Only then may the old key leave the ring.
    """
    ring = ring_of(session)
    old = select(DataKey).where(DataKey.ring_key_id != ring.current_id, DataKey.wrapped.is_not(None))
    keys = session.scalars(old.order_by(DataKey.id).limit(at_most).with_for_update()).all()
    for key in keys:
        key.rewrap(ring)
    moved = len(keys) + (_reseal_telephones(session, ring.current_id) if len(keys) < at_most else 0)
    if moved:
        facts = {"moved": moved, "to": ring.current_id}
        audit.record(session, actor=by, action="keys.rotate", subject=Subject("data_key"), facts=facts, now=now)
    return moved


def _reseal_telephones(session: Session, current_id: str) -> int:
    """Seal the telephones of staff anew; there are few, so all at once."""
    with_telephone = session.scalars(select(Staff).where(Staff.phone_sealed.is_not(None)).with_for_update()).all()
    old = [staff for staff in with_telephone if staff.phone_sealed and ring_key_id(staff.phone_sealed) != current_id]
    for staff in old:
        staff.phone = staff.phone
    return len(old)
