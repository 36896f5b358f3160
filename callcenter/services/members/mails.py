"""Mails to members: which one, to whom, as an errand of the outbox; what they say is in ``domain.members.mail_texts``.

An errand holds ids and a code only. Address, number and link are read when it is carried out, so that a member who is
gone by then, or has switched notices off, gets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callcenter.domain.codes import Code
from callcenter.models.members.accounts import Farewell, Member, MemberLink
from callcenter.models.members.threads import Message
from callcenter.services.delivery import outbox
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject

TOPIC = "member_mail"


class MailKind(Code):
    """What a mail to a member is about."""

    NUMBER = "number", "利用者番号"
    REPLY = "reply", "返信のお知らせ"
    WARNING = "warning", "消去の前のお知らせ"
    FAREWELL = "farewell", "消去の完了"
    RESET = "reset", "パスワードの再設定"
    ADDRESS = "address", "メールアドレスの確認"
    DEVICE = "device", "新しい機器の確認"


def put_link(session: Session, kind: MailKind, link: MemberLink, *, now: datetime) -> None:
    """Mail a single-use link: with the user number (M1), for a reset (M5), a new address or a new browser."""
    outbox.put(session, TOPIC, kind=kind.value, member=link.member_id, link=link.id, now=now)


def put_number(session: Session, member: Member, *, now: datetime) -> None:
    """Mail the user number again, without a link, to a member who has a password already."""
    outbox.put(session, TOPIC, kind=MailKind.NUMBER.value, member=member.id, now=now)


def put_reply(session: Session, message: Message, *, now: datetime) -> None:
    """Mail that there is a reply (M2)."""
    outbox.put(session, TOPIC, kind=MailKind.REPLY.value, member=message.member_id, message=message.id, now=now)


def put_warning(session: Session, member: Member, *, now: datetime, after: timedelta = timedelta(0)) -> None:
    """Mail that the registration will be deleted (M3)."""
    outbox.put(session, TOPIC, kind=MailKind.WARNING.value, member=member.id, now=now, after=after)


def note_delivery(session: Session, member_id: str, *, refused: bool, now: datetime) -> None:
    """Store that a mail reached its server, or never will, for the member's own page and for staff."""
    member = session.get(Member, member_id)
    if member is None or (not refused and member.mail_refused_at is None):
        return
    member.mail_refused_at = now if refused else None
    if refused:
        subject = Subject("member", member_id)
        audit.record(session, actor=SYSTEM, action="member.mail_refused", subject=subject, now=now)


def put_farewell(session: Session, farewell: Farewell, *, now: datetime, after: timedelta = timedelta(0)) -> None:
    """Mail that registration and records are deleted (M4)."""
    outbox.put(session, TOPIC, kind=MailKind.FAREWELL.value, farewell=farewell.id, now=now, after=after)
