"""Members of the mail consultation as the tests make them, and what they and staff have written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.members import addresses
from callcenter.domain.members.threads import Author, LinkKind, ThreadState
from callcenter.domain.records.record_codes import Channel
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Member, MemberJoin, MemberLink, MemberSession, UserNumber
from callcenter.models.members.threads import MemberDraft, Message, ReplyDraft, Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.members.accounts import hashes
from callcenter.services.records import consultations
from tests.integration.people import NOW, member

NUMBER = "K7M2QX9PA"


@dataclass(frozen=True)
class Writing:
    """What a member is called, where mail reaches them, and what they write."""

    number: str = NUMBER
    nickname: str = "ハマナスの灯台"
    address: str = "hamanasu.todai@example.jp"
    text: str = "カナリアは夜明けに図書館で鳴いた"
    reply: str = "灯台守は鐘を三度鳴らした"
    draft: str = "書きかけの渡り鳥の手紙"
    reply_draft: str = "返事の下書きの沈む夕日"


def registered(session: Session, days_ago: int = 0, writing: Writing | None = None, now: datetime = NOW) -> Member:
    """Somebody who registered so long ago and has written nothing."""
    said, then, ring = writing or Writing(new_id()[-9:].upper()), now - timedelta(days=days_ago), ring_of(session)
    member = Member(
        id=new_id(),
        data_key=DataKey.fresh(ring),
        registered_at=then,
        registered_on=local_date(then),
        told_on=local_date(then),
        address_hash=ring.blind_index(hashes.ADDRESS, addresses.compared(said.address)),
        ring_key_id=ring.current_id,
        relation="self",
        prefecture="13",
        age=31,
        sex="unknown",
        period="y5",
        password_hash="$argon2id$canary",
    )
    session.add(member)
    member.nickname, member.number, member.address = said.nickname, said.number, said.address
    session.add(UserNumber(number_hash=ring.blind_index(hashes.NUMBER, said.number), member_id=member.id))
    session.flush()
    return member


def consultation(
    session: Session, member: Member, days_ago: int = 0, writing: Writing | None = None, now: datetime = NOW
) -> Thread:
    """A consultation that the member has sent and nobody has answered."""
    then = now - timedelta(days=days_ago)
    thread = Thread(
        id=new_id(),
        data_key=member.data_key,
        member_id=member.id,
        state=ThreadState.RECEIVED,
        opened_at=then,
        last_sent_at=then,
        waiting_since=then,
    )
    session.add(thread)
    thread.subject = (writing or Writing()).text
    member.last_sent_on = max(local_date(then), member.last_sent_on or local_date(then))
    session.flush()
    _message(session, thread, Author.MEMBER, (writing or Writing()).text, then)
    return thread


def reply(
    session: Session, thread: Thread, by: Staff, days_ago: int = 0, writing: Writing | None = None, now: datetime = NOW
) -> Consultation:
    """A reply of staff, with its record; the thread waits for nothing afterwards."""
    then, said = now - timedelta(days=days_ago), writing or Writing()
    record = consultations.open_draft(
        session, call_id=None, channel=Channel.MAIL, counsellor_id=by.id, hint=None, now=then
    )
    record.thread_id, record.nickname_heard, record.story = thread.id, said.nickname, said.text
    session.flush()
    _message(session, thread, Author.STAFF, said.reply, then, record.id)
    thread.state, thread.waiting_since, thread.answered_at = ThreadState.ANSWERED, None, then
    session.flush()
    return record


def everything(session: Session, by: Staff, writing: Writing, days_ago: int = 0) -> Member:
    """A member with something of every kind: an answered consultation, drafts of both sides, a link and a session."""
    member = registered(session, days_ago, writing)
    thread = consultation(session, member, days_ago, writing)
    record = reply(session, thread, by, days_ago, writing)
    then = NOW - timedelta(days=days_ago)
    draft = MemberDraft(id=new_id(), data_key=member.data_key, member_id=member.id, form_key=new_id(), saved_at=then)
    answer = ReplyDraft(
        id=new_id(),
        data_key=member.data_key,
        thread_id=thread.id,
        consultation_id=record.id,
        author_id=by.id,
        saved_at=then,
    )
    session.add_all((draft, answer))
    draft.text, answer.text = writing.draft, writing.reply_draft
    session.add(
        MemberLink(
            id=new_id(),
            member_id=member.id,
            kind=LinkKind.RESET,
            token_hash=new_id(),
            made_at=then,
            until=then + timedelta(minutes=30),
        )
    )
    session.add(MemberSession(id=new_id(), member_id=member.id, token_hash=new_id(), began_at=then, seen_at=then))
    session.flush()
    return member


def _message(
    session: Session, thread: Thread, author: Author, text: str, then: datetime, record: str | None = None
) -> None:
    message = Message(
        id=new_id(),
        data_key=thread.data_key,
        thread_id=thread.id,
        member_id=thread.member_id,
        author=author,
        sent_at=then,
        sent_on=local_date(then),
        consultation_id=record,
    )
    session.add(message)
    message.text = text
    session.flush()


def answered(session: Session, days_ago: int) -> Member:
    """Somebody whose one consultation was answered at once, and who wrote nothing since."""
    one = registered(session, days_ago + 100)
    reply(session, consultation(session, one, days_ago), member(session, new_id()), days_ago)
    return one


def join_of(one: Member, case: Case, session: Session) -> MemberJoin:
    by = session.scalars(select(Staff.id).limit(1)).one()
    join = MemberJoin(
        id=new_id(), member_id=one.id, person_id=case.people[0].id, consent="written", joined_at=NOW, joined_by=by
    )
    session.add(join)
    session.flush()
    return join
