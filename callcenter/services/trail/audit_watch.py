"""Checks of the audit chain, every night and on request, and its head, sent outside once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from callcenter.domain.access.permissions import Action, check
from callcenter.domain.calendar.times import local_date
from callcenter.domain.trail.audit_heads import Head
from callcenter.models.base import new_id
from callcenter.models.delivery.heavy_jobs import HeavyJob
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit_watch import AuditCheck, AuditHeadSent
from callcenter.services.delivery import heavy_jobs, leases, nightly, outbox
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject, staff_member

TOPIC = "audit_head"
CHECK = "audit_check"
"""The kind of heavy job that walks along the chain; its subject is the check."""
FORGOTTEN_WITHIN = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=30)
"""How long after a failed sending the head of a day is sent again."""
SHOWN = 30


@dataclass(frozen=True)
class Outside:
    """Where the heads are sent, by the operator's settings."""

    mail: bool
    file: bool

    @property
    def anywhere(self) -> bool:
        """Return whether heads are sent anywhere."""
        return self.mail or self.file


# ---- walking the chain


def request_check(session: Session, *, by: Staff, now: datetime) -> AuditCheck:
    """Request a check of the chain; while one waits, a second request changes nothing."""
    check(by.role, Action.SEE_TRAIL)
    waiting = session.scalar(select(AuditCheck).where(AuditCheck.ended_at.is_(None)).limit(1))
    if waiting is not None:
        heavy_jobs.request_job(session, CHECK, waiting.id, by=by.id, now=now)  # its last job may have failed
        return waiting
    asked = _plan(session, AuditCheck(id=new_id(), asked_at=now, asked_by=by.id))
    subject = Subject("audit")
    audit.record(session, actor=staff_member(by.id), action="audit.check", subject=subject, now=now)
    return asked


def plan_nightly(session: Session, *, now: datetime) -> bool:
    """Request tonight's check; False by day or if it was requested."""
    leased = nightly.take(session, CHECK, now=now)
    if leased is None:
        return False
    _plan(session, AuditCheck(id=new_id(), asked_at=now))
    nightly.finish(session, leased, "planned", now=now)
    return True


def plan_forgotten(session: Session, *, now: datetime) -> None:
    """Request checks that an older version, without heavy jobs, was asked for during its replacement."""
    open_ones = select(AuditCheck).where(AuditCheck.ended_at.is_(None), AuditCheck.asked_at > now - FORGOTTEN_WITHIN)
    waiting = session.scalars(open_ones).all()
    planned = heavy_jobs.newest_of(session, CHECK, [one.id for one in waiting])
    for one in waiting:
        if one.id not in planned:
            heavy_jobs.request_job(session, CHECK, one.id, by=one.asked_by, now=now)


def _plan(session: Session, asked: AuditCheck) -> AuditCheck:
    session.add(asked)
    heavy_jobs.request_job(session, CHECK, asked.id, by=asked.asked_by, now=asked.asked_at)
    return asked


def begin_check(session: Session, check_id: str, *, now: datetime) -> bool:
    """Store that a check begins; False if it has ended already."""
    row = session.get(AuditCheck, check_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return False
    row.begun_at = now
    return True


def end_check(session: Session, check_id: str, seq: int, bad_seq: int | None, *, now: datetime) -> None:
    """Store how the check ended, once."""
    row = session.get_one(AuditCheck, check_id, with_for_update=True)
    if row.ended_at is not None:
        return
    row.ended_at, row.seq, row.bad_seq = now, seq, bad_seq
    facts = {"seq": seq, "bad": bad_seq}
    audit.record(session, actor=SYSTEM, action="audit.checked", subject=Subject("audit"), facts=facts, now=now)


def jobs_of(session: Session, found: Sequence[AuditCheck]) -> dict[str, HeavyJob]:
    """Return how far the walks are that have not come to their end, by their ids."""
    return heavy_jobs.newest_of(session, CHECK, [one.id for one in found if one.ended_at is None])


def checks(session: Session) -> Sequence[AuditCheck]:
    """Return the newest checks, newest first."""
    query = select(AuditCheck).options(joinedload(AuditCheck.asker))
    return session.scalars(query.order_by(AuditCheck.asked_at.desc(), AuditCheck.id.desc()).limit(SHOWN)).all()


def last_complete_check(session: Session) -> AuditCheck | None:
    """Return the newest check that was completed."""
    ended = select(AuditCheck).where(AuditCheck.ended_at.is_not(None))
    return session.scalar(ended.order_by(AuditCheck.ended_at.desc()).limit(1))


# ---- the head outside


def take_head(session: Session, outside: Outside, *, now: datetime) -> AuditHeadSent | None:
    """Store today's head and send the errand that carries it outside; None if that was done or is under way.

    A head that could not be delivered is tried again every half an hour, for as long as it is today's.
    """
    if not outside.anywhere:
        return None
    today = local_date(now)
    which = (AuditHeadSent.day == today, _not_yet(outside))
    held = leases.take(session, AuditHeadSent, *which, length=AGAIN_AFTER, now=now, taken_at=now)
    if held is None and session.get(AuditHeadSent, today) is None and (head := audit.head(session)) is not None:
        first = AuditHeadSent(day=today, seq=head.seq, hash=head.hash, taken_at=now)
        held = leases.add(session, first, length=AGAIN_AFTER, now=now)
    if held is None:
        return None
    outbox.put(session, TOPIC, now=now, day=today.isoformat())
    return held.row


def heads(session: Session) -> Sequence[AuditHeadSent]:
    """Return the newest heads, newest first."""
    return session.scalars(select(AuditHeadSent).order_by(AuditHeadSent.day.desc()).limit(SHOWN)).all()


def last_outside(session: Session) -> date | None:
    """Return the newest day whose head was sent, by mail or into the file."""
    there = or_(AuditHeadSent.mailed_at.is_not(None), AuditHeadSent.filed_at.is_not(None))
    return session.scalar(select(AuditHeadSent.day).where(there).order_by(AuditHeadSent.day.desc()).limit(1))


def was_filed(session: Session) -> bool:
    """Return whether a head was ever added to the file outside."""
    return session.scalar(select(AuditHeadSent.day).where(AuditHeadSent.filed_at.is_not(None)).limit(1)) is not None


def sent_heads(session: Session) -> list[Head]:
    """Return every head that is known as sent, to be found by a check."""
    return [Head(row.seq, row.hash) for row in session.execute(select(AuditHeadSent.seq, AuditHeadSent.hash))]


def _not_yet(outside: Outside) -> ColumnElement[bool]:
    """Return the condition that the head of a day has not come everywhere it goes."""
    missing = [(outside.mail, AuditHeadSent.mailed_at), (outside.file, AuditHeadSent.filed_at)]
    return or_(*(there_at.is_(None) for goes, there_at in missing if goes))
