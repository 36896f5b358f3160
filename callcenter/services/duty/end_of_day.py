"""The end of the day for those who answer: nobody is rung any more, so nobody stays on the line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.closing import last_closing
from callcenter.domain.calendar.hours import state_at
from callcenter.domain.calendar.times import local_date
from callcenter.domain.duty.presence import BOUND, Work
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Presence
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import live
from callcenter.services.duty import presence

FREE = (Work.AVAILABLE, Work.AWAY)


def set_offline_after_closing(session: Session, *, now: datetime, policy: Policy) -> None:
    """Once callers are no longer served, take those on duty off the line: at once, or after call and record.

    Whoever comes after that, for the next morning, stays.
    """
    days = opening_hours.current(session, now)
    closed = None if state_at(days, now).open else last_closing(days, now)
    if closed is None or now < closed.at + policy.drain:
        return
    there = select(Presence).where(Presence.work != Work.OFFLINE).order_by(Presence.staff_id)
    for row in session.scalars(there.with_for_update(skip_locked=True, key_share=True)).all():
        if row.work in FREE and row.since <= closed.at + policy.drain:
            presence.set_work(row, Work.OFFLINE, session, now=now)
        elif row.work is Work.WRAP_UP and local_date(row.since) < local_date(now):
            presence.set_work(row, Work.OFFLINE, session, now=now)  # forgotten over night; the draft waits
        elif row.work in (*BOUND, Work.WRAP_UP) and not row.draining:
            row.draining = True
            live.publish(session, live.staff_topic(row.staff_id), now=now)
