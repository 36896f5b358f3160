"""Calling a supervisor into a talk: an alarm on their pages, and their telephones where no page would tell them.

The counsellor presses once; whoever sees it first stops it for all, and the counsellor reads who that was. A telephone
that is rung says nothing of the caller; its key tells that the call was seen, and may lead into the talk as a listener.

First the telephones of supervisors at work ring: on duty, or with a page of ours open. Whoever is off duty is rung only
where none of those could be, or where their ringing was seen by nobody: then everybody's telephone rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import OPEN_OFFERS, CallState, OfferState
from callcenter.domain.duty.presence import BOUND
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact
from callcenter.domain.talks.talk import NotNow
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.delivery.alarms import Alarm
from callcenter.models.staff.accounts import Staff
from callcenter.services.calls import calls
from callcenter.services.delivery import alarms
from callcenter.services.delivery.alarms import ShownAlarm
from callcenter.services.duty import availability, presence
from callcenter.services.talks import participants, supervision
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

UNSEEN_FOR = timedelta(seconds=20)
"""So long an open page has time to be seen; then telephones ring all the same, as perhaps nobody sits before it."""

RUNG_AGAIN = timedelta(minutes=2)
"""While nobody has seen it, telephones ring so often."""


def ask(session: Session, call: Call, offer: Offer, *, again: bool, now: datetime) -> None:
    """Call for a supervisor; twice is once, unless it is asked *again* after one has seen it.

    ``NotNow`` unless the talk is this counsellor's.
    """
    if not participants.holds_talk(call, offer):
        raise NotNow
    if alarms.raise_alarm(session, AlarmKind.HELP, call.id, by=offer.staff_id, now=now):
        _note(session, call, "ask_supervisor", by=offer.staff_id, now=now)
        return
    alarm = alarms.find_open(session, AlarmKind.HELP, call.id)
    if again and alarm is not None and not alarms.sounds(alarm):
        alarms.sound_again(session, alarm, now=now)
        _note(session, call, "ask_supervisor", by=offer.staff_id, now=now)


def withdraw(session: Session, call: Call, offer: Offer, *, now: datetime) -> None:
    """Take the call for a supervisor back, as the counsellor manages; twice is once."""
    if call.offer_id == offer.id and alarms.end(session, AlarmKind.HELP, call.id, now=now):
        _stop_telephones(session, call, now=now)
        _note(session, call, "ask_supervisor_end", by=offer.staff_id, now=now)


def asked(session: Session, call_id: str) -> ShownAlarm | None:
    """Return the call for a supervisor out of this talk, if one is on."""
    return next(iter(alarms.shown(session, AlarmKind.HELP, call_id)), None)


def acknowledge(session: Session, alarm_id: str, *, by: str, now: datetime, at: Offer | None = None) -> None:
    """Store that *by* has seen an alarm of whatever kind; telephones that ring for it fall silent.

    *at* is the telephone at which they pressed the key: its leg goes on.
    """
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        return
    call = calls.find_by_id(session, alarm.subject_id) if alarm.kind is AlarmKind.HELP else None  # locked first
    if alarms.mark_seen(session, alarm_id, by=by, now=now) is not None and call is not None:
        _stop_telephones(session, call, now=now, but=at)
        _note(session, call, "supervisor_saw", by=by, now=now)


def acknowledge_by_telephone(session: Session, offer: Offer, *, now: datetime) -> None:
    """Store that the supervisor at this telephone has seen the call for them."""
    alarm = alarms.find_open(session, AlarmKind.HELP, offer.call_id)
    if alarm is not None:
        acknowledge(session, alarm.id, by=offer.staff_id, now=now, at=offer)


def open_ones(session: Session) -> list[str]:
    """Return the ids of the calls for a supervisor that are on."""
    return [alarm.id for alarm in alarms.open_of_kind(session, AlarmKind.HELP)]


def look_after(session: Session, alarm_id: str, *, now: datetime, policy: Policy) -> None:
    """End a call for a supervisor whose telephone call has ended; ring telephones if no page tells them."""
    alarm = session.get_one(Alarm, alarm_id)
    call = calls.find_by_id(session, alarm.subject_id)
    session.refresh(alarm)  # as it is now that the call is locked
    if call is None or call.state is CallState.ENDED:
        alarms.end(session, AlarmKind.HELP, alarm.subject_id, now=now)
    elif alarms.sounds(alarm) and call.state is CallState.TALKING and _must_ring(session, alarm, now):
        first, alarm.rung_at = alarm.rung_at is None, now
        for row in _whom_to_ring(session, alarm, first=first, now=now, policy=policy):
            supervision.ring_listener(session, call, row, Contact.PHONE, now=now, summoned=True)


def _must_ring(session: Session, alarm: Alarm, now: datetime) -> bool:
    if alarm.rung_at is not None:
        return now - alarm.rung_at >= RUNG_AGAIN
    return now - alarm.told_at >= UNSEEN_FOR or not alarms.somebody_watches(session, now=now)


def _whom_to_ring(session: Session, alarm: Alarm, *, first: bool, now: datetime, policy: Policy) -> Sequence[Presence]:
    """Return the supervisors whose telephones ring, locked: at *first* those at work, if any of them can be rung."""
    leads = (Staff.role.in_(roles_that_may(Action.LEAD)), Staff.active, Staff.phone_sealed.is_not(None))
    others = session.scalars(select(Staff).where(*leads, Staff.id != alarm.by_id).order_by(Staff.id)).all()
    rows = [presence.lock_or_create(session, staff, now=now) for staff in others]
    free = [row for row in rows if row.work not in BOUND and row.listening_id is None]
    if not first:
        return free
    at_work = or_(availability.at_hand(now, policy), Presence.staff_id.in_(alarms.watchers(now)))
    there = set(session.scalars(select(Presence.staff_id).where(at_work)))
    return [row for row in free if row.staff_id in there] or free


def _stop_telephones(session: Session, call: Call, *, now: datetime, but: Offer | None = None) -> None:
    for offer in supervision.listeners(session, call.id):
        if offer.summoned and offer.state in OPEN_OFFERS and offer is not but:
            supervision.end_listening(session, offer, OfferState.CANCELLED, now=now)


def _note(session: Session, call: Call, what: str, *, by: str, now: datetime) -> None:
    subject = Subject("call", call.id)
    audit.record(session, actor=staff_member(by), action=f"call.{what}", subject=subject, now=now)
    calls.log_event(session, call, what, now=now, staff_id=by)
