"""Looking after the trail: it is walked every night and when an auditor asks, and its head goes outside once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from callcenter.domain.audit_heads import Head
from callcenter.domain.permissions import Action, check
from callcenter.domain.times import local_date
from callcenter.models.audit_watch import AuditCheck, AuditHeadSent
from callcenter.models.base import new_id
from callcenter.models.people import Staff
from callcenter.services import audit, leases, nightly, outbox
from callcenter.services.audit import SYSTEM, Subject, staff_member

TOPIC = "audit_head"
LEFT_LYING = timedelta(minutes=15)
"""A walk that was begun so long ago belonged to a worker that died."""
AGAIN_AFTER = timedelta(minutes=30)
"""How long after a failed sending the head of a day is sent again."""
SHOWN = 30


@dataclass(frozen=True)
class Outside:
    """Where the heads go, as the operator has set it."""

    mail: bool
    file: bool

    @property
    def anywhere(self) -> bool:
        return self.mail or self.file


# ---- walking the chain


def ask_check(session: Session, *, by: Staff, now: datetime) -> AuditCheck:
    """Ask for a walk along the chain; while one is waiting, asking again is asking once."""
    check(by.role, Action.SEE_TRAIL)
    waiting = session.scalar(select(AuditCheck).where(AuditCheck.ended_at.is_(None)).limit(1))
    if waiting is not None:
        return waiting
    asked = AuditCheck(id=new_id(), asked_at=now, asked_by=by.id)
    session.add(asked)
    subject = Subject("audit")
    audit.record(session, actor=staff_member(by.id), action="audit.check", subject=subject, now=now)
    return asked


def plan_nightly(session: Session, *, now: datetime) -> bool:
    """Plan tonight's walk; False by day or if it was planned."""
    turn = nightly.take(session, "audit_check", now=now)
    if turn is None:
        return False
    session.add(AuditCheck(id=new_id(), asked_at=now))
    nightly.finish(session, turn, "planned", now=now)
    return True


def is_asked(session: Session) -> bool:
    """Whether a walk waits to be taken."""
    return session.scalar(select(AuditCheck.id).where(AuditCheck.ended_at.is_(None)).limit(1)) is not None


def take_check(session: Session, *, now: datetime) -> str | None:
    """Take the oldest walk that nobody is on, and return its id."""
    free = or_(AuditCheck.begun_at.is_(None), AuditCheck.begun_at <= now - LEFT_LYING)
    query = select(AuditCheck).where(AuditCheck.ended_at.is_(None), free).order_by(AuditCheck.asked_at).limit(1)
    found = session.scalar(query.with_for_update(skip_locked=True))
    if found is None:
        return None
    found.begun_at = now
    return found.id


def end_check(session: Session, check_id: str, seq: int, bad_seq: int | None, *, now: datetime) -> None:
    """Note how the walk ended."""
    row = session.get_one(AuditCheck, check_id)
    row.ended_at, row.seq, row.bad_seq = now, seq, bad_seq
    facts = {"seq": seq, "bad": bad_seq}
    audit.record(session, actor=SYSTEM, action="audit.checked", subject=Subject("audit"), facts=facts, now=now)


def checks(session: Session) -> Sequence[AuditCheck]:
    """Return the newest walks, newest first."""
    query = select(AuditCheck).options(joinedload(AuditCheck.asker))
    return session.scalars(query.order_by(AuditCheck.asked_at.desc(), AuditCheck.id.desc()).limit(SHOWN)).all()


def last_whole(session: Session) -> AuditCheck | None:
    """Return the newest walk that came to its end."""
    ended = select(AuditCheck).where(AuditCheck.ended_at.is_not(None))
    return session.scalar(ended.order_by(AuditCheck.ended_at.desc()).limit(1))


# ---- the head outside


def take_head(session: Session, outside: Outside, *, now: datetime) -> AuditHeadSent | None:
    """Take the head of today and write the errand that carries it outside; None if that was done, or is in hand.

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
    """Return the newest day whose head went outside, by mail or into the file."""
    there = or_(AuditHeadSent.mailed_at.is_not(None), AuditHeadSent.filed_at.is_not(None))
    return session.scalar(select(AuditHeadSent.day).where(there).order_by(AuditHeadSent.day.desc()).limit(1))


def sent_heads(session: Session) -> list[Head]:
    """Return every head that is noted as sent, to be met by a walk along the chain."""
    return [Head(row.seq, row.hash) for row in session.execute(select(AuditHeadSent.seq, AuditHeadSent.hash))]


def _not_yet(outside: Outside) -> ColumnElement[bool]:
    """Return the condition that the head of a day has not come everywhere it goes."""
    missing = [(outside.mail, AuditHeadSent.mailed_at), (outside.file, AuditHeadSent.filed_at)]
    return or_(*(there_at.is_(None) for goes, there_at in missing if goes))
