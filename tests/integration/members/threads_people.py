"""Who takes part in a consultation by mail in these tests: members, counsellors, a supervisor, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.duty.presence import Work
from callcenter.domain.members import receipts
from callcenter.domain.members.joining import JoinConsent
from callcenter.domain.members.threads import Written
from callcenter.domain.policy import Policy
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Presence
from callcenter.models.cases.cases import Person
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.staff.accounts import Staff
from callcenter.services.calendar import opening_hours
from callcenter.services.members import consulting
from callcenter.services.members.answering import claims, joining, reading, replying
from callcenter.services.members.answering.replying import Seen
from tests.integration.people import NOW, member

STORY = "このごろ、夜に外を歩いています。"
REPLY = "お便りをありがとうございます。夜の散歩のこと、聞かせてください。"
ALONE = Policy()
"""Replies go without a supervisor."""
CHECKED = Policy(reply_approval=True)
CLAIM = timedelta(minutes=30)


@dataclass(frozen=True)
class Office:
    """Two counsellors and a supervisor."""

    sato: Staff
    ono: Staff
    chief: Staff


def staffed(session: Session) -> Office:
    return Office(member(session, "佐藤"), member(session, "小野"), member(session, "統括の林", Role.SUPERVISOR))


def writer(session: Session, nickname: str = "ハル", *, now: datetime = NOW, **told: object) -> Member:
    """Somebody who registered on the day, 31 years old, and writes about themselves unless told otherwise."""
    given: dict[str, object] = {
        "relation": "self",
        "prefecture": "13",
        "age": 31,
        "sex": "no_answer",
        "period": "3_5",
        "told_on": now.date(),
    }
    one = Member(
        id=new_id(),
        data_key=DataKey.fresh(ring_of(session)),
        registered_at=now,
        registered_on=now.date(),
        address_hash=new_id().encode(),
        ring_key_id="test",
        password_hash="!",
        **given | told,
    )
    session.add(one)
    one.nickname, one.number, one.address = nickname, "K7M2QX9PA", "haru@example.org"
    session.flush()
    return one


def writes(
    session: Session,
    who: Member,
    text: str = STORY,
    *,
    now: datetime = NOW,
    policy: Policy = ALONE,
    into: Thread | None = None,
) -> Thread:
    """Let a member send a consultation, or go on in one."""
    written = Written(receipts.new_form_key(), text, thread_id=into.id if into else None)
    calendar = opening_hours.load(session)
    message = consulting.send(session, who, written, calendar=calendar, policy=policy, now=now)
    session.flush()
    return session.get_one(Thread, message.thread_id)


def replies(
    session: Session,
    thread: Thread,
    by: Staff,
    text: str = REPLY,
    *,
    now: datetime = NOW,
    next_step: str = "様子を聞く",
) -> Seen:
    """Claim and read it, write a reply and its record, and look at it as it will be read."""
    replying.begin(session, thread.id, by=by, now=now)
    reading.open_thread(session, thread.id, by=by, now=now)
    fields = {"reply": text, "next_step": next_step}
    replying.save(session, thread.id, version_of(session, thread), fields, by=by, now=now)
    return seen(session, thread, by, now=now)


def answers(session: Session, thread: Thread, by: Staff, text: str = REPLY, *, now: datetime = NOW) -> Message:
    return replying.send(session, thread.id, replies(session, thread, by, text, now=now), by=by, now=now, policy=ALONE)


def seen(session: Session, thread: Thread, by: Staff, *, now: datetime = NOW) -> Seen:
    """Open it and return what is then in sight."""
    opened = reading.open_thread(session, thread.id, by=by, now=now)
    assert opened.draft is not None
    assert opened.newest is not None
    return Seen(opened.draft.id, opened.draft.version, opened.newest)


def draft_of(session: Session, thread: Thread) -> ReplyDraft:
    found = claims.open_draft(session, thread)
    assert found is not None
    return found


def version_of(session: Session, thread: Thread) -> int:
    """The version at which a page that is opened now would see everything."""
    from callcenter.services.records import consultations

    return consultations.get_record(session, draft_of(session, thread).consultation_id).version


def sent(session: Session, thread: Thread) -> list[str]:
    """What was answered, oldest first."""
    query = select(Message).where(Message.thread_id == thread.id, Message.author == "staff")
    return [one.text or "" for one in session.scalars(query.order_by(Message.sent_at, Message.id))]


def talks(session: Session, staff: Staff, work: Work = Work.ON_CALL, *, since: datetime = NOW) -> Presence:
    """Let a counsellor be with a caller, or no longer."""
    row = session.get(Presence, staff.id)
    if row is None:
        row = Presence(staff_id=staff.id, work=work, contact=Contact.BROWSER, since=since, idle_since=since)
        session.add(row)
    row.work, row.since = work, since
    session.flush()
    return row


def joins(session: Session, thread: Thread, person: Person, by: Staff, *, now: datetime = NOW) -> None:
    joining.join(session, thread.id, person.id, JoinConsent.WRITTEN, by=by, now=now)
    session.flush()
