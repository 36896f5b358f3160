"""Alarms: raised once a spell, shown and sounding until somebody has seen them, mailed, and over when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from callcenter.domain.alarms import LINE, AlarmKind, AlarmNews
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.delivery.alarms import Alarm, AlarmWatcher
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live, outbox

MAIL = "alarm_mail"
"""The errand that mails an alarm."""

WATCH_NOTED_EVERY = timedelta(seconds=8)
"""So often at most an open page is written down, however often it asks."""
WATCHES_FOR = timedelta(seconds=25)
"""A page that asked so lately is taken to be open still."""
KEPT = timedelta(days=90)
"""So long one can look up who saw an alarm that is over."""


@dataclass(frozen=True)
class ShownAlarm:
    """An alarm as pages show it; *by* raised it and *seen_by* saw it, by name."""

    id: str
    kind: AlarmKind
    subject_id: str
    by: str | None
    raised_at: datetime
    seen_by: str | None
    seen_at: datetime | None
    sounds: bool


def raise_alarm(
    session: Session, kind: AlarmKind, subject_id: str = LINE, *, by: str | None = None, now: datetime
) -> bool:
    """Raise the alarm; False if it is on already, and then nothing happens."""
    if find_open(session, kind, subject_id) is not None:
        return False
    alarm = Alarm(id=new_id(), kind=kind, subject_id=subject_id, by_id=by, raised_at=now, told_at=now)
    try:
        with session.begin_nested():
            session.add(alarm)
    except IntegrityError:  # somebody else raised it in the same moment
        return False
    _tell(session, alarm, AlarmNews.RAISED, now=now)
    return True


def end(session: Session, kind: AlarmKind, subject_id: str = LINE, *, now: datetime) -> bool:
    """End the alarm; False if it is not on."""
    on = update(Alarm).where(Alarm.kind == kind, Alarm.subject_id == subject_id, Alarm.over_at.is_(None))
    alarm = session.scalar(on.values(over_at=now).returning(Alarm).execution_options(populate_existing=True))
    if alarm is not None:
        _tell(session, alarm, AlarmNews.OVER, now=now)
    return alarm is not None


def find_open(session: Session, kind: AlarmKind, subject_id: str = LINE) -> Alarm | None:
    """Return the alarm that is on, if it is."""
    on = select(Alarm).where(Alarm.kind == kind, Alarm.subject_id == subject_id, Alarm.over_at.is_(None))
    return session.scalar(on)


def open_of_kind(session: Session, kind: AlarmKind) -> list[Alarm]:
    """Return the alarms of that kind that are on, oldest first."""
    on = select(Alarm).where(Alarm.kind == kind, Alarm.over_at.is_(None)).order_by(Alarm.raised_at, Alarm.id)
    return list(session.scalars(on))


def sounds(alarm: Alarm) -> bool:
    """Return whether nobody has seen the alarm since it last began to sound."""
    return alarm.over_at is None and (alarm.seen_at is None or alarm.seen_at < alarm.told_at)


def mark_seen(session: Session, alarm_id: str, *, by: str, now: datetime) -> Alarm | None:
    """Store who has seen the alarm, for everybody; None if it no longer sounds, or there is none."""
    unseen = or_(Alarm.seen_at.is_(None), Alarm.seen_at < Alarm.told_at)
    still = update(Alarm).where(Alarm.id == alarm_id, Alarm.over_at.is_(None), unseen)
    seen = still.values(seen_at=now, seen_by_id=by).returning(Alarm).execution_options(populate_existing=True)
    alarm = session.scalar(seen)
    if alarm is not None:
        _hint(session, alarm, now=now)
    return alarm


def note_mailed(session: Session, alarm_id: str, *, now: datetime) -> None:
    """Store that the alarm was mailed, so that its end is mailed too."""
    session.execute(update(Alarm).where(Alarm.id == alarm_id, Alarm.mailed_at.is_(None)).values(mailed_at=now))


def sound_again(session: Session, alarm: Alarm, *, now: datetime) -> None:
    """Let an alarm that was seen sound again, as it is still so."""
    alarm.told_at, alarm.rung_at = now, None
    _tell(session, alarm, AlarmNews.AGAIN, now=now)


def remind(session: Session, *, now: datetime, policy: Policy) -> None:
    """Let every alarm sound again that somebody saw a while ago and that is still so."""
    still_so = (Alarm.over_at.is_(None), Alarm.kind.in_([kind for kind in AlarmKind if kind.again]))
    long_seen = select(Alarm).where(
        *still_so, Alarm.seen_at >= Alarm.told_at, Alarm.seen_at <= now - policy.alarm_again
    )
    for alarm in session.scalars(long_seen.with_for_update(skip_locked=True)).all():
        sound_again(session, alarm, now=now)


def shown(session: Session, kind: AlarmKind | None = None, subject_id: str | None = None) -> list[ShownAlarm]:
    """Return every alarm that is on, of one kind about one subject if given, a counsellor's call first."""
    actor, seer = aliased(Staff), aliased(Staff)
    which = [] if kind is None else [Alarm.kind == kind, Alarm.subject_id == subject_id]
    query = (
        select(Alarm, actor.name, seer.name)
        .outerjoin(actor, actor.id == Alarm.by_id)
        .outerjoin(seer, seer.id == Alarm.seen_by_id)
        .where(Alarm.over_at.is_(None), *which)
        .order_by(Alarm.kind != AlarmKind.HELP, Alarm.raised_at, Alarm.id)
    )
    return [
        ShownAlarm(one.id, one.kind, one.subject_id, by, one.raised_at, seen_by, one.seen_at, sounds(one))
        for one, by, seen_by in session.execute(query)
    ]


def is_watch_noted(session: Session, staff_id: str, *, now: datetime) -> bool:
    """Return whether this person's open page is written down as well as it need be."""
    row = session.get(AlarmWatcher, staff_id)
    return row is not None and abs(now - row.looked_at) < WATCH_NOTED_EVERY


def note_watch(session: Session, staff_id: str, *, now: datetime) -> None:
    """Write down that this person has a page open that shows alarms and sounds."""
    row = session.get(AlarmWatcher, staff_id)
    if row is not None:
        row.looked_at = now
        return
    try:
        with session.begin_nested():
            session.add(AlarmWatcher(staff_id=staff_id, looked_at=now))
    except IntegrityError:
        return  # another page of theirs was quicker


def somebody_watches(session: Session, *, now: datetime) -> bool:
    """Return whether an alarm would show and sound on somebody's open page."""
    return bool(session.scalar(select(watchers(now).exists())))


def watchers(now: datetime) -> Select[str]:
    """Return the query for the ids of those on whose open page an alarm would show and sound."""
    return select(AlarmWatcher.staff_id).where(AlarmWatcher.looked_at.between(now - WATCHES_FOR, now + WATCHES_FOR))


def forget(session: Session, *, now: datetime) -> None:
    """Delete alarms that were over long ago."""
    session.execute(delete(Alarm).where(Alarm.over_at < now - KEPT))


def _tell(session: Session, alarm: Alarm, news: AlarmNews, *, now: datetime) -> None:
    outbox.put(session, MAIL, now=now, alarm=alarm.id, news=news)
    _hint(session, alarm, now=now)


def _hint(session: Session, alarm: Alarm, *, now: datetime) -> None:
    live.publish(session, live.LINE, now=now)
    if alarm.by_id is not None:
        live.publish(session, live.staff_topic(alarm.by_id), now=now)
