"""Counsellors coming, being there, and going."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.people import NotAllowed, may_read_content
from callcenter.domain.presence import BOUND, AwayReason, Work
from callcenter.models.base import new_id
from callcenter.models.people import Staff
from callcenter.models.telephony import Presence
from callcenter.services import live

LEASE_FREE_AFTER = timedelta(seconds=15)
"""A tab that has been silent for so long no longer keeps another from ringing."""

MISSES_UNTIL_AWAY = 2


_BY_STAFF = select(Presence).where(Presence.staff_id == bindparam("staff_id")).with_for_update(key_share=True)


class OnTheLine(HelplineError):
    """The line itself holds the counsellor's state while a call rings or runs."""

    message = "呼び出し中か通話中です。電話が終わってから、もう一度お試しください。"


class OtherTab(HelplineError):
    """Another tab of the same person rings."""

    message = "別のタブで受付中です。このタブで受けるときは「このタブで受ける」を押してください。"


def find(session: Session, staff_id: str) -> Presence | None:
    """Return what this person is doing, read anew and locked against a second writer."""
    return session.scalar(_BY_STAFF, {"staff_id": staff_id}, execution_options={"populate_existing": True})


def of(session: Session, staff: Staff, *, now: datetime) -> Presence:
    """Return the person's row, locked; it is made on first use, offline."""
    row = find(session, staff.id)
    if row is None:
        row = Presence(staff_id=staff.id, work=Work.OFFLINE, contact=staff.contact, since=now, idle_since=now)
        session.add(row)
        session.flush()  # a second request must find it
    elif row.work not in BOUND:
        row.contact = staff.contact
    return row


def set_work(row: Presence, work: Work, session: Session, *, now: datetime, reason: AwayReason | None = None) -> None:
    """Change what the counsellor is doing and let the screens know."""
    if (row.work, row.reason) == (work, reason):
        return
    row.work, row.reason, row.since = work, reason, now
    if work not in BOUND:
        row.offer_id = None
    live.tell(session, live.LINE, now=now)
    live.tell(session, live.to_staff(row.staff_id), now=now)


def come(session: Session, staff: Staff, *, now: datetime) -> Presence:
    """Be available from now on; also ends a wrap-up. Raises ``OnTheLine``, or ``NotAllowed`` by role."""
    if not may_read_content(staff.role):
        raise NotAllowed
    row = of(session, staff, now=now)
    if row.work in BOUND:
        raise OnTheLine
    if row.work is not Work.AVAILABLE:
        row.idle_since = now
    row.misses, row.draining = 0, False
    set_work(row, Work.AVAILABLE, session, now=now)
    return row


def leave(session: Session, staff: Staff, work: Work, *, now: datetime, reason: AwayReason | None = None) -> Presence:
    """Go away or offline; during a call it is kept for afterwards."""
    row = of(session, staff, now=now)
    if row.work in BOUND:
        row.draining = True
        return row
    set_work(row, work, session, now=now, reason=reason if work is Work.AWAY else None)
    return row


def beat(session: Session, staff: Staff, lease: str, *, registered: bool, now: datetime) -> Presence:
    """The person's tab says that it is alive; ``OtherTab`` if another one holds the telephone."""
    row = of(session, staff, now=now)
    if row.lease != lease:
        raise OtherTab
    row.heartbeat_at = now
    if row.registered != registered:
        row.registered = registered
        live.tell(session, live.to_staff(staff.id), now=now)
    return row


def take_lease(session: Session, staff: Staff, *, force: bool, now: datetime) -> Presence:
    """Let this tab be the one that rings; another live tab keeps it unless *force* says to take it over."""
    row = of(session, staff, now=now)
    if row.lease is not None and row.beats(now, LEASE_FREE_AFTER) and not force:
        raise OtherTab
    row.lease, row.registered, row.heartbeat_at = new_id(), False, now
    live.tell(session, live.to_staff(staff.id), now=now)
    return row


def freed(session: Session, row: Presence, *, now: datetime, to_the_back: bool) -> None:
    """A ring came to nothing; the person is free again, at the back of the line if it was theirs to answer."""
    if to_the_back:
        row.idle_since = now
    set_work(row, Work.OFFLINE if row.draining else Work.AVAILABLE, session, now=now)


def missed(session: Session, row: Presence, *, now: datetime, unreachable: bool) -> None:
    """A ring went unanswered; twice in a row, or busy at once, and the person is put away and told."""
    row.misses += 1
    if unreachable:
        set_work(row, Work.AWAY, session, now=now, reason=AwayReason.UNREACHABLE)
    elif row.misses >= MISSES_UNTIL_AWAY:
        set_work(row, Work.AWAY, session, now=now, reason=AwayReason.MISSED)
    else:
        freed(session, row, now=now, to_the_back=True)
