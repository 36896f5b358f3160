"""A counsellor's presence: coming, being reachable, going, and what follows a ring or a call."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.duty.presence import (
    BOUND,
    TALKING,
    AwayReason,
    NextWork,
    Work,
    work_after_call,
    work_after_missed_ring,
)
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import Contact
from callcenter.models.base import new_id, unless_changed
from callcenter.models.calls.calls import Offer, Presence
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.duty import breath
from callcenter.services.staff import accounts

LEASE_FREE_AFTER = timedelta(seconds=15)
"""A tab that has been silent for so long no longer keeps another from ringing."""


_BY_STAFF = select(Presence).where(Presence.staff_id == bindparam("staff_id")).with_for_update(key_share=True)


class OnTheLine(HelplineError):
    """Raised when a ring or call holds the counsellor's state."""

    message = "呼び出し中か通話中です。電話が終わってから、もう一度お試しください。"


class OtherTab(HelplineError):
    """Raised when another tab of the same person is the one that rings."""

    message = "別のタブで受付中です。このタブで受けるときは「このタブで受ける」を押してください。"


class CallInOtherTab(HelplineError):
    """Raised when taking over would cut a call in another tab of the same person."""

    message = "別のタブで、電話が鳴っているかつながっています。電話は、そちらのタブでお続けください。"


class ChangesSoon(HelplineError):
    """Raised when the account ends, or changes its role, after the call at hand."""

    message = "この電話の記録を閉じると、アカウントの変更のため受付も終わります。詳しくは統括におたずねください。"


class AccountEnded(HelplineError):
    """Raised when the account was deactivated."""

    message = "このアカウントは停止中です。再開するときは、管理者に声をかけてください。"


def lock(session: Session, staff_id: str) -> Presence | None:
    """Return what this person is doing, read anew and locked against a second writer."""
    options = {"populate_existing": True, **unless_changed(session, Presence)}
    return session.scalar(_BY_STAFF, {"staff_id": staff_id}, execution_options=options)


def get(session: Session, staff_id: str) -> Presence | None:
    """Return what this person is doing, unlocked, for a page that only shows it."""
    return session.get(Presence, staff_id)


def staff_by_work(session: Session) -> dict[Work, int]:
    """Return how many counsellors there are, by what they are doing."""
    return dict(session.execute(select(Presence.work, func.count()).group_by(Presence.work)).all())


def is_in_talk(session: Session, staff_id: str) -> bool:
    """Return whether this person talks with a caller or listens to a colleague's talk."""
    return talk_began(session, staff_id) is not None


def talk_began(session: Session, staff_id: str) -> datetime | None:
    """Return since when this person talks with a caller, or listens to a colleague's talk; None if neither."""
    row = session.get(Presence, staff_id)
    if row is None:
        return None
    if row.work in TALKING:
        leg = session.get(Offer, row.offer_id) if row.offer_id else None
        return row.since if leg is None or leg.claimed_at is None else leg.claimed_at
    leg = session.get(Offer, row.listening_id) if row.listening_id else None
    return None if leg is None else leg.rung_at


def lock_or_create(session: Session, staff: Staff, *, now: datetime) -> Presence:
    """Return the person's row, locked; it is created on first use, offline."""
    row = lock(session, staff.id)
    if row is None:
        row = Presence(staff_id=staff.id, work=Work.OFFLINE, contact=staff.contact, since=now, idle_since=now)
        session.add(row)
        session.flush()  # a second request must find it
    elif row.work not in BOUND:
        row.contact = staff.contact
    return row


def set_work(row: Presence, work: Work, session: Session, *, now: datetime, reason: AwayReason | None = None) -> None:
    """Set what the counsellor is doing and let the screens know."""
    if (row.work, row.reason) == (work, reason):
        return
    row.work, row.reason, row.since, row.set_by = work, reason, now, None
    if work not in BOUND:
        row.offer_id = None
    if work not in (*BOUND, Work.WRAP_UP):
        _settle(session, row, now=now)
    _tell(session, row, now=now)


def _settle(session: Session, row: Presence, *, now: datetime) -> None:
    """Apply what was planned or decided for after the call and its record."""
    draining, signing_out = row.draining, row.signing_out
    row.draining, row.signing_out, row.away_after, row.hard_call_id = False, False, None, None
    staff = session.get_one(Staff, row.staff_id) if draining else None
    if staff is not None and staff.changes_soon:
        accounts.apply_pending_change(session, staff, now=now)
    elif staff is not None and signing_out:
        accounts.sign_out(session, staff, now=now)


def _tell(session: Session, row: Presence, *, now: datetime) -> None:
    live.publish(session, live.LINE, now=now)
    live.publish(session, live.staff_topic(row.staff_id), now=now)


def become_available(session: Session, staff: Staff, *, now: datetime) -> Presence:
    """Set the person available; also ends a wrap-up, with a breath before the next call where one is due.

    Raises ``OnTheLine``, ``ChangesSoon``, ``AccountEnded``, or ``NotAllowed`` by role.
    """
    check(staff.role, Action.ANSWER)
    if not staff.active:
        raise AccountEnded
    row = lock_or_create(session, staff, now=now)
    if row.work in BOUND:
        raise OnTheLine
    if staff.changes_soon:
        raise ChangesSoon
    if row.work is not Work.AVAILABLE:
        row.idle_since = now
    row.draining = False
    clear_misses(row)
    if row.work is Work.WRAP_UP and breath.is_due(session, row):
        set_work(row, Work.AWAY, session, now=now, reason=AwayReason.BREATH)
    else:
        set_work(row, Work.AVAILABLE, session, now=now)
    return row


def become_unavailable(
    session: Session, staff: Staff, work: Work, *, now: datetime, reason: AwayReason | None = None
) -> Presence:
    """Set the person away or offline; during a call it takes effect afterwards."""
    row = lock_or_create(session, staff, now=now)
    if row.work in BOUND:
        return _plan(session, staff, row, work, now=now, reason=reason)
    if staff.changes_soon:
        work = Work.OFFLINE
    set_work(row, work, session, now=now, reason=reason if work is Work.AWAY else None)
    return row


def plan_after_call(
    session: Session, staff: Staff, work: Work, *, now: datetime, reason: AwayReason | None = None
) -> Presence:
    """Plan what follows the call and its record; *work* available cancels an earlier plan.

    Whoever has no call any more goes at once. ``ChangesSoon`` if it is no longer theirs to decide.
    """
    row = lock_or_create(session, staff, now=now)
    if row.work in (*BOUND, Work.WRAP_UP):
        return _plan(session, staff, row, work, now=now, reason=reason)
    return row if work is Work.AVAILABLE else become_unavailable(session, staff, work, now=now, reason=reason)


def _plan(
    session: Session, staff: Staff, row: Presence, work: Work, *, now: datetime, reason: AwayReason | None
) -> Presence:
    if staff.changes_soon and work is not Work.OFFLINE:
        raise ChangesSoon
    row.draining = work is Work.OFFLINE
    row.away_after = reason if work is Work.AWAY else None
    row.signing_out = row.signing_out and row.draining
    _tell(session, row, now=now)
    return row


def go_offline_after_call(session: Session, staff: Staff, *, now: datetime, signing_out: bool = False) -> None:
    """Ring the person no more; after call and record set them offline, and sign them out if wanted."""
    row = lock_or_create(session, staff, now=now)
    row.draining, row.signing_out = True, signing_out or row.signing_out
    _tell(session, row, now=now)


def finish_wrap_up(session: Session, staff: Staff, *, now: datetime) -> Presence:
    """End the wrap-up, as the record is finished, and do what was planned for afterwards, or take a breath."""
    row = lock_or_create(session, staff, now=now)
    if row.work is Work.WRAP_UP:
        _follow(session, row, work_after_call(row, breath=breath.is_due(session, row)), now=now, to_the_back=True)
    return row


def resume_wrap_up(session: Session, row: Presence, *, since: datetime, now: datetime) -> None:
    """Return to the wrap-up that ended at *since*, with what was planned; not if anything happened in between.

    A breath was no plan: whether one is due is asked anew when the record is finished again.
    """
    if row.since != since or row.work in (*BOUND, Work.WRAP_UP):
        return
    work, reason = row.work, row.reason
    set_work(row, Work.WRAP_UP, session, now=now)
    row.draining = work is Work.OFFLINE
    row.away_after = reason if work is Work.AWAY and reason is not AwayReason.BREATH else None


def record_heartbeat(session: Session, staff: Staff, lease: str, *, registered: bool, now: datetime) -> Presence:
    """Store that the person's tab is alive; ``OtherTab`` if another tab rings."""
    row = lock_or_create(session, staff, now=now)
    if row.lease != lease:
        raise OtherTab
    row.heartbeat_at = now
    if row.registered != registered:
        row.registered = registered
        _tell(session, row, now=now)  # colleagues, too: now they may hand a caller over to this person, or no more
    return row


def take_lease(session: Session, staff: Staff, *, force: bool, now: datetime) -> Presence:
    """Make this tab the one that rings; another live tab keeps that unless *force*.

    A live tab with a call keeps it in any case (``CallInOtherTab``): the call would end with it.
    """
    row = lock_or_create(session, staff, now=now)
    if row.lease is not None and row.heard_within(now, LEASE_FREE_AFTER):
        if not force:
            raise OtherTab
        if row.work in BOUND and row.contact is Contact.BROWSER:
            raise CallInOtherTab
    row.lease, row.registered, row.heartbeat_at = new_id(), False, now
    clear_misses(row)  # somebody is at the desk
    _tell(session, row, now=now)
    return row


def set_unreachable_after_freeze(session: Session, row: Presence, *, now: datetime) -> None:
    """Set an available person unreachable whose page was frozen and could not ring."""
    if row.work is Work.AVAILABLE and row.contact is Contact.BROWSER:
        set_unreachable(session, row, now=now)


def set_unreachable(session: Session, row: Presence, *, now: datetime) -> None:
    """Ring a device that cannot be reached no more, until its person is back."""
    set_work(row, Work.AWAY, session, now=now, reason=AwayReason.UNREACHABLE)


def free_after_ring(session: Session, row: Presence, *, now: datetime, to_the_back: bool) -> None:
    """Free the person after a ring that came to nothing; *to_the_back* if it was theirs to answer."""
    _follow(session, row, work_after_call(row), now=now, to_the_back=to_the_back)


def return_to_wrap_up(session: Session, row: Presence, *, now: datetime, unreachable: bool) -> None:
    """Let the person write on whose wrap-up was interrupted by a ring that came to nothing."""
    row.registered = row.registered and not unreachable
    set_work(row, Work.WRAP_UP, session, now=now)


def clear_misses(row: Presence) -> None:
    """Begin the count of rings in a row that were not taken anew."""
    row.misses = row.keyless = 0


def record_missed_ring(
    session: Session, row: Presence, *, now: datetime, unreachable: bool, picked_up: bool = False
) -> None:
    """Count a ring that was not taken; after the second unanswered one in a row the person is set away.

    *unreachable*: the device was busy at once. A browser is then not rung before it says again that it can be, so
    that a page which is just being loaded anew costs nobody their place. *picked_up*: nobody pressed 1, which one
    may do who listened for too long; only a row of them is an answering machine's.
    """
    row.misses, row.keyless = (0, row.keyless + 1) if picked_up else (row.misses + 1, row.keyless)
    row.registered = row.registered and not unreachable
    to = work_after_missed_ring(row, row.misses, unreachable=unreachable, keyless=row.keyless)
    _follow(session, row, to, now=now, to_the_back=True)


def _follow(session: Session, row: Presence, to: NextWork, *, now: datetime, to_the_back: bool) -> None:
    work, reason = to
    if work is Work.AVAILABLE and to_the_back:
        row.idle_since = now
    row.contact = session.get_one(Staff, row.staff_id).contact  # it may have been changed while it rang
    set_work(row, work, session, now=now, reason=reason)
