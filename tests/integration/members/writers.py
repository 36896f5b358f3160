"""What members of the tests write, and the replies that they get."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.domain.calendar.holidays_jp import shipped_holidays
from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calendar.times import local_date
from callcenter.domain.members import receipts
from callcenter.domain.members.threads import Author, ThreadState, Written
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, Thread
from callcenter.services.members import consulting
from tests.integration.people import NOW

DAYS = Calendar(holidays=shipped_holidays())


def send(
    session: Session,
    member: Member,
    text: str = "眠れない日がつづいています。",
    *,
    form_key: str | None = None,
    seen: str | None = None,
    policy: Policy = Policy(),  # noqa: B008  # frozen
    now: datetime = NOW,
    **written: Any,
) -> Message:
    """What the member writes, from a form drawn anew unless its key is given."""
    sheet = Written(form_key or receipts.new_form_key(), text, **written)
    return consulting.send(session, member, sheet, seen=seen, calendar=DAYS, policy=policy, now=now)


def thread_of(session: Session, message: Message) -> Thread:
    return session.get_one(Thread, message.thread_id)


def answered(session: Session, thread: Thread, text: str = "お便りを読みました。", now: datetime = NOW) -> Message:
    """The reply as the mail desk leaves it."""
    reply = Message(
        id=new_id(),
        data_key=thread.data_key,
        thread_id=thread.id,
        member_id=thread.member_id,
        author=Author.STAFF,
        sent_at=now,
        sent_on=local_date(now),
    )
    session.add(reply)
    reply.text = text
    thread.state, thread.answered_at = ThreadState.ANSWERED, now
    thread.waiting_since = thread.target_on = thread.claimed_by = thread.claimed_until = None
    thread.risk_words = False
    session.flush()
    return reply
