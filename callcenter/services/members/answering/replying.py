"""Writing a reply by mail, and sending it.

Reply and record of a round are written together and share the record's version, so that each field, the reply being
one of them, is saved by itself and a colleague's newer text is never overwritten. Sending is one step: the message, the
finished record, the answered consultation, the trail and the notice stand or fall together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, Condition, check
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.claims import LetGo, NotWaiting
from callcenter.domain.members.replies import (
    CANNOT,
    ApprovalNeeded,
    ChangedMeanwhile,
    DraftTooLong,
    Line,
    NoReplyYet,
    ReplyTemplate,
    ReplyTooLong,
    WithSupervisor,
    WroteMeanwhile,
    with_template,
    words_of,
)
from callcenter.domain.members.threads import LONGEST_DRAFT, LONGEST_TEXT, WAITING, Author, ThreadState, as_typed
from callcenter.domain.policy import Policy
from callcenter.domain.records.record_codes import Channel, MissingField, Outcome, check_finished
from callcenter.domain.typed_text import said, storable
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import Message, ReplyDraft, Thread
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import casework, consents, linking
from callcenter.services.delivery import live
from callcenter.services.members import mails
from callcenter.services.members.answering import claims, joined, reading, registration, watching
from callcenter.services.records import consultations, record_fields
from callcenter.services.records.consultations import Saved
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

REPLY = "reply"
"""The reply among the fields that are saved."""


@dataclass(frozen=True)
class Seen:
    """What somebody looked at before they press: which reply, at which version, and the newest letter they read."""

    draft_id: str
    version: int
    letter_id: str


def begin(session: Session, thread_id: str, *, by: Staff, now: datetime) -> ReplyDraft:
    """Claim the consultation and return the reply of this round, begun by whomever; its record goes on with *by*."""
    thread = claims.take(session, thread_id, by=by, now=now)
    reading.check(session, thread, by=by)
    draft = claims.open_draft(session, thread)
    if draft is None:
        return _open_round(session, thread, by, now)
    record = consultations.get_record(session, draft.consultation_id)
    consultations.hand_over(session, record, by.id, by=staff_member(by.id), now=now)
    return draft


def save(
    session: Session, thread_id: str, version: int, changes: Mapping[str, Any], *, by: Staff, now: datetime
) -> Saved:
    """Save fields of reply and record that were last seen at *version*, as ``consultations.save_draft`` does.

    It keeps the claim. Raises ``LostClaim``, ``LetGo``, ``WithSupervisor`` or ``NotWaiting``, and stores nothing then.
    """
    rest = dict(changes)
    text = _reply(rest.pop(REPLY)) if REPLY in rest else None
    thread, draft = _mine(session, thread_id, by, now)
    record = consultations.lock_own(session, draft.consultation_id, by)
    conflicts = {} if text is None else _save_reply(session, thread, draft, record, version, text, by, now)
    saved = Saved(record.version, record.saved_at)
    if rest:
        saved = consultations.save_draft(session, record.id, version, rest, by=by, now=now)
    if conflicts and joined.is_walled(session, by, thread.member_id):
        return Saved(saved.version, saved.saved_at, saved.conflicts, saved.held | conflicts.keys())
    return Saved(saved.version, saved.saved_at, saved.conflicts | conflicts, saved.held)


def insert_template(
    session: Session, thread_id: str, template: ReplyTemplate, lines: list[Line], *, by: Staff, now: datetime
) -> None:
    """Add the words of a template below the reply; one that cannot answer is an outcome of the record, too."""
    _, draft = _mine(session, thread_id, by, now)
    record = consultations.lock_own(session, draft.consultation_id, by)
    changes: dict[str, Any] = {REPLY: with_template(draft.text or "", words_of(template, lines))}
    outcomes = record_fields.current(record, "outcomes")
    if template in CANNOT and CANNOT[template] not in outcomes:
        changes["outcomes"] = [*(one for one in outcomes if one != Outcome.UNKNOWN), CANNOT[template].value]
    draft.template = template.value
    save(session, thread_id, record.version, changes, by=by, now=now)


def record_of(session: Session, thread_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Return the record of the reply that *by* writes, locked for writing."""
    _, draft = _mine(session, thread_id, by, now)
    return consultations.lock_for_writing(session, draft.consultation_id, by)


def send(session: Session, thread_id: str, seen: Seen, *, by: Staff, now: datetime, policy: Policy) -> Message:
    """Send the reply as it was looked at; sending it again sends nothing again.

    Raises what ``check_ready`` says, ``ApprovalNeeded``, or what ``save`` raises.
    """
    thread = claims.lock(session, thread_id)
    earlier = sent_as(session, thread, seen.draft_id)
    if earlier is not None:
        return earlier
    if policy.reply_approval:
        raise ApprovalNeeded
    thread, draft = _mine(session, thread_id, by, now)
    reading.check(session, thread, by=by)
    check_ready(session, thread, draft, seen)
    return deliver(session, thread, draft, by=by, now=now)


def sent_as(session: Session, thread: Thread, draft_id: str) -> Message | None:
    """Return the message that this reply became; whatever happens, the database holds one of each."""
    query = select(Message).where(Message.member_id == thread.member_id, Message.sent_key == draft_id)
    return session.scalar(query.where(Message.thread_id == thread.id))


def check_ready(session: Session, thread: Thread, draft: ReplyDraft, seen: Seen) -> None:
    """Raise unless the reply can go to its reader as somebody looked at it.

    ``ChangedMeanwhile``, ``WroteMeanwhile``, ``NoReplyYet``, ``ReplyTooLong``, or ``MissingField`` of the record.
    """
    if draft.id != seen.draft_id or draft.version != seen.version:
        raise ChangedMeanwhile
    if reading.newest_of_member(session, thread) != seen.letter_id:
        raise WroteMeanwhile
    for missing in _missing(session, draft):
        raise missing


def what_is_missing(session: Session, thread_id: str) -> list[HelplineError]:
    """Return what reply and record still lack before they can go, for a page that says so beforehand."""
    draft = claims.open_draft(session, reading.find(session, thread_id))
    return [] if draft is None else list(_missing(session, draft))


def _missing(session: Session, draft: ReplyDraft) -> Iterator[HelplineError]:
    text = draft.text or ""
    if len(text) > LONGEST_TEXT:
        yield ReplyTooLong()
    if not said(text):
        yield NoReplyYet()
    record = consultations.get_record(session, draft.consultation_id)
    try:
        check_finished(next_step=record.next_step or "", outcomes=())
    except MissingField as missing:
        yield missing


def deliver(session: Session, thread: Thread, draft: ReplyDraft, *, by: Staff, now: datetime) -> Message:
    """Send a reply that is ready, finish its record, and let the member know."""
    record = consultations.finish(session, draft.consultation_id, by=by, now=now)
    casework.follow_up_after_danger(session, record, by=by, now=now)
    message = Message(
        id=new_id(),
        data_key=thread.data_key,
        thread_id=thread.id,
        member_id=thread.member_id,
        author=Author.STAFF,
        sent_at=now,
        sent_on=local_date(now),
        sent_key=draft.id,
        consultation_id=record.id,
    )
    session.add(message)
    message.text = said(draft.text or "")
    draft.sent_at, draft.text, draft.remark = now, None, None
    claims.drop(session, thread)
    thread.state, thread.answered_at = ThreadState.ANSWERED, now
    thread.waiting_since, thread.target_on, thread.risk_words = None, None, False
    session.flush()
    watching.end(session, thread, now=now)
    note(session, thread, "reply.send", by, now, {"message": message.id, "record": record.id})
    mails.put_reply(session, message, now=now)
    return message


def link_record(session: Session, record: Consultation, member: Member, *, by: Staff, now: datetime) -> None:
    """Link the record of a round to the person the member is joined to, while that person's consent stands.

    Which of the family writes is certain: the member signed in, so nothing of the wall depends on a guess.
    """
    person = joined.person_of(session, member.id)
    agreed = {one.channel for one in consents.standing(session, person.id)} if person is not None else set()
    if person is not None and Channel.MAIL in agreed:
        linking.link(session, record, person, by, now)
    registration.prefill(session, record, member, now=now)


def note(
    session: Session, thread: Thread, action: str, by: Staff, now: datetime, facts: Mapping[str, str | int | None]
) -> None:
    """Record an act on a reply, and let every mail desk look again."""
    live.publish(session, live.MAIL, now=now)
    _record(session, thread, action, by, now, facts)


def _record(
    session: Session, thread: Thread, action: str, by: Staff, now: datetime, facts: Mapping[str, str | int | None]
) -> None:
    subject = Subject("thread", thread.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts, now=now)


def _open_round(session: Session, thread: Thread, by: Staff, now: datetime) -> ReplyDraft:
    member = session.get_one(Member, thread.member_id)
    record = consultations.open_draft(
        session, call_id=None, channel=Channel.MAIL, counsellor_id=by.id, hint=None, now=now
    )
    record.thread_id, record.demo = thread.id, member.demo
    session.flush()
    link_record(session, record, member, by=by, now=now)
    draft = ReplyDraft(
        id=new_id(),
        data_key=thread.data_key,
        thread_id=thread.id,
        consultation_id=record.id,
        author_id=by.id,
        version=record.version,
        saved_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def _mine(session: Session, thread_id: str, by: Staff, now: datetime) -> tuple[Thread, ReplyDraft]:
    """Return a consultation whose claim *by* holds anew, and its reply."""
    thread = claims.lock(session, thread_id)
    claims.renew(session, thread, by=by, now=now)
    check(by.role, Action.REPLY, {Condition.OWN})
    if thread.state not in WAITING:
        raise NotWaiting
    draft = claims.open_draft(session, thread)
    if draft is None:
        raise LetGo
    if draft.submitted_at is not None:
        raise WithSupervisor
    return thread, draft


def _reply(sent: Any) -> str:
    if not isinstance(sent, str):
        raise record_fields.NoSuchField
    text = as_typed(sent)
    if len(text) > LONGEST_DRAFT:
        raise DraftTooLong
    return storable(text)


def _save_reply(
    session: Session,
    thread: Thread,
    draft: ReplyDraft,
    record: Consultation,
    version: int,
    text: str,
    by: Staff,
    now: datetime,
) -> dict[str, str]:
    """Store the reply, unless it was changed after *version*; return the newer one then."""
    stored = draft.text or ""
    seen = version if version <= record.version else 0  # nobody has seen the future
    if text == stored:
        return {}
    if draft.version > seen:
        return {REPLY: stored}
    record.version += 1
    record.saved_at = now
    draft.version, draft.saved_at, draft.author_id, draft.text = record.version, now, by.id, text
    draft.approved_at = draft.approved_by = None
    if text.strip() and thread.state is not ThreadState.ANSWERING:
        thread.state = ThreadState.ANSWERING
        live.publish(session, live.MAIL, now=now)
    session.flush()
    _record(session, thread, "reply.save", by, now, {"version": draft.version})
    return {}
