"""Deleting a member: the registration, everything that was written, and the keys it was sealed with.

What is left are the codes and dates of the records for the figures, joined to nobody, the hash of the user number so
that none is given twice, and one entry each in the ledger and the trail. The address of the last mail lies apart, under
a key of its own, for a day at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.keeping.retention import RecordClass
from callcenter.domain.members.deletion import Why
from callcenter.domain.members.inactivity import until_morning
from callcenter.models.base import Base, new_id
from callcenter.models.cases.casework import Viewer
from callcenter.models.cases.continuity import Promise
from callcenter.models.delivery.notices import Notice
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Farewell, Member, UserNumber
from callcenter.models.members.threads import Thread
from callcenter.models.records import Consultation
from callcenter.services.cases import shredding
from callcenter.services.cases.shredding import Shredded
from callcenter.services.members import mails
from callcenter.services.members.accounts.signing_in import login_of
from callcenter.services.staff import sign_in_delays
from callcenter.services.trail.audit import Actor, Subject

FAREWELL_KEPT = timedelta(hours=25)
"""A mail is tried for a day; after that its address goes, whether it was sent or not."""

UNTRACKED = {"synchronize_session": False}


class AlreadyDeleted(HelplineError):
    """Raised when somebody else has just deleted the member."""

    message = "この登録は、もう消されています。"


@dataclass(frozen=True)
class Deleted:
    """How much went with one member."""

    id_hash: str
    threads: int
    messages: int
    consultations: int
    """Records of staff."""


def delete_member(
    session: Session, member: Member, *, by: Actor, why: Why, now: datetime, due_on: date | None = None
) -> Deleted:
    """Delete a member wholly; *member* is not to be used afterwards.

    Whoever commits this calls ``models.engines.forget_overwritten`` next, so that SQLite's log keeps nothing either.
    """
    session.flush()
    threads = lock(session, member)
    _forget_misses(session, member)
    answers = select(Consultation).where(Consultation.thread_id.in_(threads)).with_for_update(of=Consultation)
    records = session.scalars(answers).all()
    _say_farewell(session, member, now, until_morning(now) if why is Why.INACTIVE else timedelta(0))
    incidents = _forget_records(session, records, now)
    shredding.destroy_keys(session, [member, *records], now)
    _forget_mentions(session, member, threads)
    went = _delete_rows(session, member, threads)
    session.expunge(member)
    gone = Shredded(shredding.id_hash("member", member.id), len(records), 1, incidents)
    counts: dict[str, int] = {"threads": went["threads"], "messages": went["messages"]}
    shredding.note(
        session,
        Subject("member", member.id),
        gone,
        by=by,
        now=now,
        record_class=RecordClass.MAIL,
        due_on=due_on,
        why=why.value,
        **counts,
    )
    return Deleted(gone.id_hash, **counts, consultations=len(records))


def lock(session: Session, member: Member) -> Sequence[str]:
    """Lock a member and the consultations in the order in which others do, and return the ids of the latter.

    Whoever writes in a thread locks the thread first, and the member by what points to it; so a consultation that is
    being sent is there before this returns, or is refused after.
    """
    theirs = select(Thread.id).where(Thread.member_id == member.id).order_by(Thread.id).with_for_update()
    session.scalars(theirs).all()
    anew = select(Member).where(Member.id == member.id).with_for_update(of=Member)
    if session.scalar(anew.execution_options(populate_existing=True)) is None:
        raise AlreadyDeleted
    return session.scalars(theirs).all()


def forget_farewell(session: Session, farewell: Farewell, *, now: datetime) -> None:
    """Delete an address once its mail was sent or given up, with its key."""
    farewell.data_key.destroy(now)
    session.flush()
    session.delete(farewell)


def forget_farewells(session: Session, *, now: datetime) -> int:
    """Delete the addresses whose mail nobody sends any more, and return how many there were."""
    old = session.scalars(select(Farewell).where(Farewell.made_at <= now - FAREWELL_KEPT)).all()
    for farewell in old:
        forget_farewell(session, farewell, now=now)
    return len(old)


def _say_farewell(session: Session, member: Member, now: datetime, after: timedelta) -> None:
    """Keep the address for one mail, if they take notices and their mail server took the last one."""
    if not member.notices or member.mail_refused_at is not None:
        return
    key = DataKey.fresh(ring_of(session))
    farewell = Farewell(id=new_id(), data_key=key, named_subject=member.named_subject, made_at=now + after)
    session.add(farewell)
    farewell.address = member.address
    mails.put_farewell(session, farewell, now=now, after=after)


def _forget_misses(session: Session, member: Member) -> None:
    """Forget wrong passwords; those from a browser that was signed in before go by themselves within a day."""
    sign_in_delays.forget(session, sign_in_delays.tried(session, login_of(member.number or ""), None))


def _forget_records(session: Session, records: Sequence[Consultation], now: datetime) -> int:
    """Make the records tell of nobody, also where they were joined to a person; return how many incidents went."""
    ids = [one.id for one in records]
    for one in records:
        one.case_id = one.person_id = one.linked_at = one.linked_by = None
    session.execute(
        update(Promise)
        .where(Promise.consultation_id.in_(ids))
        .values(consultation_id=None)
        .execution_options(**UNTRACKED)
    )
    return shredding.forget_contacts(session, records, now)


def _forget_mentions(session: Session, member: Member, threads: Sequence[str]) -> None:
    """Delete what names the member or a thread without a foreign key; a mail that is on its way finds nobody."""
    errands = OutboxMessage.facts["member"].as_string() == member.id
    _delete(session, OutboxMessage, OutboxMessage.topic == mails.TOPIC, errands)
    _delete(session, Viewer, Viewer.subject_id.in_(threads))
    _delete(session, Notice, Notice.subject_id.in_([member.id, *threads]))


def _delete_rows(session: Session, member: Member, threads: Sequence[str]) -> Counter[str]:
    """Delete every row that points to the member or to a thread, of whichever table, and count them by table."""
    numbers = update(UserNumber).where(UserNumber.member_id == member.id).values(member_id=None)
    session.execute(numbers.execution_options(**UNTRACKED))
    went = Counter[str]()
    for table in reversed(Base.metadata.sorted_tables):
        if points := _pointing(table, member, threads):
            went[table.name] = _count(session.execute(delete(table).where(or_(*points))))
    session.execute(delete(cast(Table, Member.__table__)).where(Member.id == member.id))
    return went


def _pointing(table: Table, member: Member, threads: Sequence[str]) -> list[ColumnElement[bool]]:
    ids = {"members": [member.id], "threads": threads}
    return [
        key.parent.in_(ids[target])
        for key in table.foreign_keys
        if (target := key.target_fullname.partition(".")[0]) in ids
    ]


def _count(result: Any) -> int:
    return cast(CursorResult[Any], result).rowcount


def _delete(session: Session, model: type[Base], *conditions: ColumnElement[bool]) -> None:
    session.execute(delete(model).where(*conditions).execution_options(**UNTRACKED))
