"""Alarms about mail that waits: words of danger in it, and a day before the reply is meant to be there.

A look every few seconds raises and ends them, so that none depends on who wrote or answered at which moment; a reply
ends them at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calendar.times import local_date
from callcenter.domain.members.reply_target import alarm_on
from callcenter.domain.members.threads import WAITING
from callcenter.models.members.threads import Thread
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import alarms

KINDS = (AlarmKind.MAIL_RISK, AlarmKind.MAIL_DUE)


def watch(session: Session, *, now: datetime) -> None:
    """Raise an alarm for each consultation that is one, and end those that are none any more."""
    wanted = _wanted(session, now)
    for kind in KINDS:
        ids = wanted[kind]
        on = {alarm.subject_id for alarm in alarms.open_of_kind(session, kind)}
        for thread_id in sorted(ids - on):
            alarms.raise_alarm(session, kind, thread_id, now=now)
        for thread_id in sorted(on - ids):
            alarms.end(session, kind, thread_id, now=now)


def end(session: Session, thread: Thread, *, now: datetime) -> None:
    """End every alarm about a consultation that was answered."""
    for kind in KINDS:
        alarms.end(session, kind, thread.id, now=now)


def _wanted(session: Session, now: datetime) -> dict[AlarmKind, set[str]]:
    query = select(Thread.id, Thread.risk_words, Thread.target_on).where(Thread.state.in_(WAITING))
    urgent = query.where(Thread.risk_words | Thread.target_on.is_not(None))
    rows, calendar = session.execute(urgent).all(), opening_hours.load(session)
    today = local_date(now)
    return {
        AlarmKind.MAIL_RISK: {row.id for row in rows if row.risk_words},
        AlarmKind.MAIL_DUE: {row.id for row in rows if row.target_on and alarm_on(calendar, row.target_on) <= today},
    }
