"""The two-year rule: which members are due, deleting them in batches, and telling them a month before.

What a member has sent is asked of the messages too: a day that was noted wrongly deletes nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.codes import Code
from callcenter.domain.members import inactivity as rule
from callcenter.domain.members.deletion import Why
from callcenter.domain.members.inactivity import Held
from callcenter.domain.members.threads import WAITING, Author
from callcenter.models.cases.cases import Person
from callcenter.models.keeping.retention import RetentionHold
from callcenter.models.members.accounts import Member, MemberHold, MemberJoin
from callcenter.models.members.threads import Message, Thread
from callcenter.models.records import UNKNOWN, Consultation, ConsultationState
from callcenter.services.keeping import holds, member_holds
from callcenter.services.keeping.ageing import oldest_first
from callcenter.services.members import deleting, mails
from callcenter.services.members.deleting import AlreadyDeleted, Deleted
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

AT_ONCE = 50
"""Members that go in one transaction."""


class MemberState(Code):
    """How things stand with a member, as far as staff may know it without opening anything."""

    REGISTERED = "registered", "登録だけ"
    WAITING = "waiting", "返事を待っている"
    ACTIVE = "active", "相談したことがある"
    DUE = "due", "2年間ご相談がない"


@dataclass(frozen=True)
class Registered:
    """A member as staff may know them."""

    member_id: str
    registered_on: date
    last_sent_on: date | None
    state: MemberState

    def as_json(self) -> dict[str, str | None]:
        """Return what ``callcenter members list --json`` prints: never a name, number or address."""
        return {
            "member": self.member_id,
            "registered_on": self.registered_on.isoformat(),
            "last_sent_on": _iso(self.last_sent_on),
            "state": self.state.value,
        }


@dataclass(frozen=True)
class Due:
    """A member whose two years are over, or will be on ``due_on``."""

    member_id: str
    last_sent_on: date | None
    due_on: date
    held: Held | None

    def as_json(self) -> dict[str, str | None]:
        """Return what ``callcenter members purge --json`` prints: never a name, number or address."""
        return {
            "member": self.member_id,
            "last_sent_on": _iso(self.last_sent_on),
            "due_on": self.due_on.isoformat(),
            "held": self.held.value if self.held else None,
        }


def due(session: Session, *, on: date) -> Iterator[Due]:
    """Yield who is due on a day, held or not, the longest silence first."""
    for member in _silent_since(session, rule.newest_due(on)):
        if (found := _due(session, member, on)) is not None:
            yield found


def coming(session: Session, *, today: date, days: timedelta = rule.WARNED_BEFORE) -> Iterator[Due]:
    """Yield who will be due within *days*, held or not then."""
    for member in _silent_since(session, rule.newest_due(today + days)):
        due_on, sent_on = _due_on(session, member)
        if today < due_on <= today + days:
            yield Due(member.id, sent_on, due_on, _held(session, member, due_on))


def purge(session: Session, found: Iterable[Due], *, by: Actor, now: datetime) -> list[Deleted]:
    """Delete who is still due and not held once they are locked."""
    gone = (_let_go(session, one.member_id, by, now) for one in found)
    return [deleted for deleted in gone if deleted is not None]


def warn(session: Session, found: Iterable[Due], *, by: Actor, now: datetime) -> int:
    """Tell members of their coming deletion, unless they were told of it before; return how many were told."""
    return sum(_warn(session, one, by, now) for one in found)


def unwarned(session: Session, *, today: date) -> Iterator[Due]:
    """Yield who is to be told now: late rather than never, if no worker ran on their day."""
    for one in coming(session, today=today):
        member = session.get_one(Member, one.member_id)
        if one.held is None and _takes_mail(member) and rule.warn_again(one.due_on, member.warned_on):
            yield one


def members(session: Session, *, today: date) -> Iterator[Registered]:
    """Yield every member, the longest silence first."""
    of_members = select(Message.member_id, func.max(Message.sent_on)).where(Message.author == Author.MEMBER)
    sent = dict(session.execute(of_members.group_by(Message.member_id)).all())
    waiting = set(session.scalars(select(Thread.member_id).where(Thread.state.in_(WAITING)).distinct()))
    for member in _silent_since(session, today):
        sent_on = _last(member.last_sent_on, sent.get(member.id))
        if rule.purge_on(member.registered_on, sent_on) <= today:
            state = MemberState.DUE
        elif member.id in waiting:
            state = MemberState.WAITING
        else:
            state = MemberState.REGISTERED if sent_on is None else MemberState.ACTIVE
        yield Registered(member.id, member.registered_on, sent_on, state)


def _silent_since(session: Session, newest: date) -> Iterator[Member]:
    sent_late = Member.last_sent_on > Member.registered_on
    base = case((sent_late, Member.last_sent_on), else_=Member.registered_on)
    sent_before = or_(Member.last_sent_on.is_(None), Member.last_sent_on <= newest)
    query = select(Member).where(Member.registered_on <= newest, sent_before)
    return oldest_first(session, query, base, Member.id, at_once=AT_ONCE)


def _due(session: Session, member: Member, on: date) -> Due | None:
    due_on, sent_on = _due_on(session, member)
    return Due(member.id, sent_on, due_on, _held(session, member, on)) if due_on <= on else None


def _due_on(session: Session, member: Member) -> tuple[date, date | None]:
    """Return the day on which a member is due, and the last day on which they sent something."""
    sent = select(func.max(Message.sent_on)).where(Message.member_id == member.id, Message.author == Author.MEMBER)
    sent_on = _last(member.last_sent_on, session.scalar(sent))
    return rule.purge_on(member.registered_on, sent_on), sent_on


def _last(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _held(session: Session, member: Member, on: date) -> Held | None:
    if _is_held(session, member, on):
        return Held.HOLD
    if _waits(session, member):
        return Held.UNANSWERED
    return Held.SAFETY if _in_danger(session, member) else None


def _is_held(session: Session, member: Member, on: date) -> bool:
    """Return whether a hold stands on the member, or on a case of which their consultations are a part."""
    own = exists().where(MemberHold.member_id == member.id, member_holds.standing(on))
    joined = select(Person.case_id).join(MemberJoin, MemberJoin.person_id == Person.id)
    joined = joined.where(MemberJoin.member_id == member.id, MemberJoin.parted_at.is_(None))
    answered = select(Consultation.case_id).where(_replies(member), Consultation.case_id.is_not(None))
    whole = exists().where(
        or_(RetentionHold.case_id.in_(joined), RetentionHold.case_id.in_(answered)), holds.standing(on)
    )
    return bool(session.scalar(select(or_(own, whole))))


def _waits(session: Session, member: Member) -> bool:
    waiting = exists().where(Thread.member_id == member.id, Thread.state.in_(WAITING))
    return bool(session.scalar(select(waiting)))


def _in_danger(session: Session, member: Member) -> bool:
    """Return whether staff noted a danger in a record that they have not finished.

    Whatever goes on after that, a supervisor holds; a danger that was noted and finished years ago keeps nobody.
    """
    open_still = and_(Consultation.state == ConsultationState.DRAFT, Consultation.risk.not_in((UNKNOWN, "none")))
    return bool(session.scalar(select(exists().where(_replies(member), open_still))))


def _replies(member: Member) -> ColumnElement[bool]:
    theirs = select(Thread.id).where(Thread.member_id == member.id)
    return and_(Consultation.thread_id.in_(theirs), Consultation.purged_at.is_(None))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _takes_mail(member: Member) -> bool:
    return member.notices and member.mail_refused_at is None


def _locked(session: Session, member_id: str) -> Member | None:
    """Return a member with everything about it locked and read anew; None if it was deleted."""
    member = session.get(Member, member_id)
    if member is None:
        return None
    try:
        deleting.lock(session, member)
    except AlreadyDeleted:
        return None
    return member


def _let_go(session: Session, member_id: str, by: Actor, now: datetime) -> Deleted | None:
    member = _locked(session, member_id)
    found = None if member is None else _due(session, member, local_date(now))
    if member is None or found is None or found.held is not None:
        return None
    return deleting.delete_member(session, member, by=by, why=Why.INACTIVE, now=now, due_on=found.due_on)


def _warn(session: Session, one: Due, by: Actor, now: datetime) -> bool:
    member, today = _locked(session, one.member_id), local_date(now)
    if member is None:
        return False
    due_on = _due_on(session, member)[0]
    told = due_on == one.due_on and today < due_on and rule.warn_again(due_on, member.warned_on)
    if told:
        member.warned_on = today
        mails.put_warning(session, member, now=now, after=rule.until_morning(now))
        subject, facts = Subject("member", member.id), {"on": due_on.isoformat()}
        audit.record(session, actor=by, action="member.warn", subject=subject, facts=facts, now=now)
    return told
