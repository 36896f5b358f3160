"""Everything that is stored of a member, for the member, as plain values; ``own_paper`` puts it on pages.

No secret is in it: neither a password's hash nor what a link or a cookie holds. What staff noted for themselves is
not the member's to take along from here; the copy says how it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import in_japan
from callcenter.domain.members import user_numbers
from callcenter.domain.members.joining import JoinConsent
from callcenter.domain.members.registration import PERIODS, PREFECTURES, RELATIONS, SEXES
from callcenter.domain.records.record_codes import Relation
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.members.accounts import Member, MemberHold, MemberJoin, MemberLink, MemberSession
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.models.trail.audit import ActorKind
from callcenter.services.members import mails, own
from callcenter.services.members.mails import MailKind
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

TITLE = "自分の記録"
MARK = "取扱注意"
CLOSING = (
    "相談員が手もとに書いた記録は、ここには入っていません。ご覧になりたいときは、相談の中で、そうお書きください。",
    "この写しには、ほかの人に知られたくないことが書かれているかもしれません。置き場所に、お気をつけください。",
)

UNDER_WAY, NOT_SENT = "送る準備をしています", "送れませんでした"
RESULTS = {
    "done": "送りました",
    "refused": "宛先で受け取られませんでした",
    "gone": "送る前に、いらなくなりました",
    "not_wanted": "送る前に、いらなくなりました",
}
"""How a mail went, by what its errand came to."""

Values = dict[str, Any]


def gather(session: Session, member: Member) -> Values:
    """Return everything that is stored of a member, oldest first."""
    threads = reversed(own.threads(session, member))
    return {
        "registration": _registration(member),
        "consultations": [_thread(one, own.messages(session, member, one)) for one in threads],
        "drafts": [_draft(one) for one in reversed(own.drafts(session, member))],
        "sessions": [_session(one) for one in _rows(session, member, MemberSession, MemberSession.began_at)],
        "links": [_link(one) for one in _rows(session, member, MemberLink, MemberLink.made_at)],
        "mails": [_mail(one) for one in _mails(session, member)],
        "joins": [_join(one) for one in _rows(session, member, MemberJoin, MemberJoin.joined_at)],
        "holds": [_hold(one) for one in _rows(session, member, MemberHold, MemberHold.set_at)],
    }


def as_json(gathered: Mapping[str, Any], *, service: str, now: datetime) -> bytes:
    """Return the whole as UTF-8 JSON, with moments on Japan's clock."""
    whole = {"title": TITLE, "mark": MARK, "service": service, "made_at": now, **gathered, "closing": CLOSING}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_iso).encode()


def record_export(session: Session, member: Member, kind: str, *, now: datetime) -> None:
    """Record that a member took a copy, before they have it; *kind* is pdf or json."""
    actor, subject = Actor(ActorKind.MEMBER, member.id), Subject("member", member.id)
    audit.record(session, actor=actor, action="member.export", subject=subject, facts={"format": kind}, now=now)


def _registration(member: Member) -> Values:
    return {
        "number": user_numbers.shown(member.number or ""),
        "nickname": member.nickname,
        "relation": _label(RELATIONS, member.relation),
        "prefecture": _label(PREFECTURES, member.prefecture),
        "age": member.age,
        "sex": _label(SEXES, member.sex),
        "period": _label(PERIODS, member.period),
        "subject_age": member.subject_age,
        "subject_sex": _label(SEXES, member.subject_sex) if member.relation != Relation.SELF else None,
        "told_on": member.told_on,
        "address": member.address,
        "new_address": member.new_address,
        "registered_at": member.registered_at,
        "last_sent_on": member.last_sent_on,
        "password_changed_at": member.password_changed_at,
        "signed_in_at": member.signed_in_at,
        "resets_by_mail": member.resets_by_mail,
        "notices": member.notices,
        "notice_links": member.notice_links,
        "named_subject": member.named_subject,
        "mail_refused_at": member.mail_refused_at,
        "warned_on": member.warned_on,
    }


def _thread(thread: Thread, messages: Sequence[Message]) -> Values:
    return {
        "subject": thread.subject,
        "state": thread.state.label,
        "opened_at": thread.opened_at,
        "last_sent_at": thread.last_sent_at,
        "waiting_since": thread.waiting_since,
        "target_on": thread.target_on,
        "answered_at": thread.answered_at,
        "messages": [
            {
                "author": one.author.label,
                "sent_at": one.sent_at,
                "receipt": one.receipt,
                "seen_at": one.seen_at,
                "text": one.text,
            }
            for one in messages
        ],
    }


def _draft(draft: MemberDraft) -> Values:
    return {
        "subject": draft.subject,
        "text": draft.text,
        "saved_at": draft.saved_at,
        "late": draft.late,
        "further": draft.thread_id is not None,
    }


def _session(row: MemberSession) -> Values:
    return {
        "began_at": row.began_at,
        "seen_at": row.seen_at,
        "over_at": row.over_at,
        "registering": row.registering,
    }


def _link(row: MemberLink) -> Values:
    return {
        "kind": row.kind.label,
        "made_at": row.made_at,
        "until": row.until,
        "used_at": row.used_at,
    }


def _mail(row: OutboxMessage) -> Values:
    return {
        "kind": MailKind(row.facts["kind"]).label,
        "put_at": row.created_at,
        "done_at": row.done_at,
        "result": UNDER_WAY if row.done_at is None else RESULTS.get(row.result or "", NOT_SENT),
        "attempts": row.attempts,
    }


def _join(row: MemberJoin) -> Values:
    return {"consent": JoinConsent(row.consent).label, "joined_at": row.joined_at, "parted_at": row.parted_at}


def _hold(row: MemberHold) -> Values:
    return {"until": row.until, "set_at": row.set_at, "lifted_at": row.lifted_at}


def _rows(session: Session, member: Member, model: Any, order: Any) -> Sequence[Any]:
    return session.scalars(select(model).where(model.member_id == member.id).order_by(order, model.id)).all()


def _mails(session: Session, member: Member) -> Sequence[OutboxMessage]:
    mine = OutboxMessage.facts["member"].as_string() == member.id
    return session.scalars(select(OutboxMessage).where(OutboxMessage.topic == mails.TOPIC, mine)).all()


def _label(words: Mapping[Any, str], code: str) -> str:
    return next((label for one, label in words.items() if one == code), code)


def _iso(value: date | datetime) -> str:
    return in_japan(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
