"""The alarm that the telephone company does not answer, as errands that rest and the comparison of rows show."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.models.delivery.chores import Chore
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import alarms, outbox

COMPARISON = "reconcile"
"""The chore that asks the telephone company every few minutes, whether anybody calls or not."""

TRIES = 4
"""An errand that rested so often was asked for over some fifteen seconds."""
COMPARED_LATE = timedelta(minutes=5)
"""Two runs of the comparison that came to nothing."""

ANSWERED = ("done", "gone", "refused")
"""How an errand ends to which the telephone company said something."""


def watch(session: Session, *, now: datetime) -> None:
    """Raise the alarm or end it, as the telephone company answers now."""
    alarm = alarms.find_open(session, AlarmKind.TELEPHONY)
    if alarm is None:
        if _is_silent(session):
            alarms.raise_alarm(session, AlarmKind.TELEPHONY, now=now)
    elif _has_answered(session, since=alarm.raised_at):
        alarms.end(session, AlarmKind.TELEPHONY, now=now)


def _is_silent(session: Session) -> bool:
    rests = select(OutboxMessage.id).where(
        OutboxMessage.done_at.is_(None), OutboxMessage.attempts >= TRIES, OutboxMessage.result == outbox.NO_ANSWER
    )
    compared = session.get(Chore, COMPARISON)
    if compared is not None and compared.whole_at is not None and compared.lease is None:
        in_vain = compared.begun_at - compared.whole_at >= COMPARED_LATE
    else:
        in_vain = False
    return in_vain or bool(session.scalar(select(rests.exists())))


def _has_answered(session: Session, *, since: datetime) -> bool:
    compared = session.get(Chore, COMPARISON)
    if compared is not None and compared.whole_at is not None and compared.whole_at >= since:
        return True
    answered = select(OutboxMessage.id).where(
        OutboxMessage.done_at > since,
        OutboxMessage.result.in_(ANSWERED),
        OutboxMessage.topic.not_in(outbox.SLOW | outbox.MEMBERS),
    )
    return bool(session.scalar(select(answered.exists())))
