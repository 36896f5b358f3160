"""The record of a consultation: opening a draft, saving it, finishing it, reading earlier ones.

Every write and every opening leaves an audit entry in its transaction, so also reading needs one
that is committed. *by* is the signed-in member of staff; what they may do is decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from callcenter.domain.access.permissions import Action, Condition, may, roles_that_may
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.records.record_codes import QUICK_FINISHES, Channel, Outcome, check_finished
from callcenter.domain.staff.roles import NotAllowed, NotYours
from callcenter.models.base import new_id
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.access import on_the_line, reach
from callcenter.services.delivery import live
from callcenter.services.records import record_fields, viewers
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor, Subject, staff_member

EARLIER_AT_ONCE = 20

UNDO_WITHIN = timedelta(seconds=30)
"""So long may the finish of a record be taken back; the page offers it for ten seconds."""


class NoSuchConsultation(HelplineError):
    """Raised when a record does not exist."""

    message = "相談記録が見つかりません。一覧からもう一度開いてください。"


class NotQuick(HelplineError):
    """Raised when an outcome needs words and does not allow a quick finish."""

    message = "短い記録で閉じられるのは、無言・かけまちがい・切断だけです。"


class TooLateToReopen(HelplineError):
    """Raised when a record was finished too long ago, or by somebody else."""

    message = "取り消せる時間を過ぎました。閉じた記録も、あとから直せます。"


@dataclass(frozen=True)
class Saved:
    """The result of a save; ``conflicts`` holds, by field, a colleague's newer value that was kept.

    ``held`` are the fields of such values that cannot be handed out now: the wall of the family stands before them.
    """

    version: int
    saved_at: datetime
    conflicts: dict[str, Any] = field(default_factory=dict)
    held: frozenset[str] = frozenset()


def open_draft(
    session: Session,
    *,
    call_id: str | None,
    channel: Channel,
    counsellor_id: str,
    hint: str | None,
    now: datetime,
    first: bool = False,
) -> Consultation:
    """Return the record of a contact, created on first use; a call has exactly one.

    If the call went on to another counsellor, the record goes with it, with all that was written. *first* says that
    the call was nobody's before. Of two who open it in one moment the later one's transaction is undone by the
    database (``IntegrityError``) and finds the record when it tries again.
    """
    known = None if first else _of_call(session, call_id)
    if known is not None:
        known.state, known.finished_at = ConsultationState.DRAFT, None  # the contact goes on
        return hand_over(session, known, counsellor_id, now=now)
    draft = Consultation(
        id=new_id(),
        data_key=DataKey.fresh(ring_of(session)),
        call_id=call_id,
        channel=channel,
        counsellor_id=counsellor_id,
        hint=hint,
        local_date=local_date(now),
        opened_at=now,
        saved_at=now,
    )
    session.add(draft)
    facts = {"channel": channel, "call": call_id}
    _record(session, draft, "consultation.open_draft", by=counsellor_id, facts=facts, now=now)
    return draft


def save_draft(
    session: Session, consultation_id: str, version: int, changes: Mapping[str, Any], *, by: Staff, now: datetime
) -> Saved:
    """Save *changes* (field to value) made on *version*, field by field.

    A field that somebody else wrote since then keeps the newer value and is returned as a conflict;
    the other fields are saved. A finished record may still be corrected, so that nothing typed is lost; for the same
    reason what is typed is taken behind the wall of a family too, and only nothing is handed out from there.
    """
    consultation = lock_own(session, consultation_id, by)
    wanted = record_fields.with_bands({name: record_fields.read(name, value) for name, value in changes.items()})
    seen = version if version <= consultation.version else 0  # nobody has seen the future
    changed, conflicts = {}, {}
    for name, value in wanted.items():
        stored = record_fields.current(consultation, name)
        if value == stored:
            continue
        if consultation.field_versions.get(name, 0) > seen and name not in consultation.prefilled:
            conflicts[name] = stored
        else:
            changed[name] = value
    if changed:
        _apply(session, consultation, changed, by=by, now=now)
    if conflicts and on_the_line.is_shut(session, by, consultation):
        return Saved(consultation.version, consultation.saved_at, held=frozenset(conflicts))
    record_reading(session, consultation, conflicts, by=by, now=now)
    return Saved(consultation.version, consultation.saved_at, conflicts)


def finish(
    session: Session, consultation_id: str, *, by: Staff, now: datetime, quick: Outcome | None = None
) -> Consultation:
    """Finish the record; ``MissingField`` if 次回 is empty, unless a *quick* outcome says all. Twice is once."""
    consultation = lock_for_writing(session, consultation_id, by)
    if consultation.state is ConsultationState.FINISHED:
        return consultation
    outcomes = record_fields.current(consultation, "outcomes")
    if quick is not None:
        if quick not in QUICK_FINISHES:
            raise NotQuick
        outcomes = sorted({*outcomes, quick.value})
    check_finished(next_step=consultation.next_step or "", outcomes=[Outcome(code) for code in outcomes])
    if outcomes != record_fields.current(consultation, "outcomes"):
        _apply(session, consultation, {"outcomes": outcomes}, by=by, now=now)
    consultation.state = ConsultationState.FINISHED
    consultation.finished_at = now
    _record(session, consultation, "consultation.finish", by=by.id, facts={"quick": quick}, now=now)
    return consultation


def reopen(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Make a record that *by* finished a moment ago a draft again, without its quick outcome. Twice is once."""
    consultation = lock_for_writing(session, consultation_id, by)
    if consultation.state is not ConsultationState.FINISHED:
        return consultation
    finished = _last_finish(session, consultation)
    if finished is None or finished.actor_id != by.id or now - finished.at > UNDO_WITHIN:
        raise TooLateToReopen
    quick, outcomes = finished.facts.get("quick"), record_fields.current(consultation, "outcomes")
    if quick in outcomes:
        _apply(session, consultation, {"outcomes": [one for one in outcomes if one != quick]}, by=by, now=now)
    consultation.state, consultation.finished_at = ConsultationState.DRAFT, None
    _record(session, consultation, "consultation.reopen", by=by.id, now=now)
    return consultation


def _last_finish(session: Session, consultation: Consultation) -> AuditEntry | None:
    query = select(AuditEntry).where(
        AuditEntry.subject_id == consultation.id, AuditEntry.action == "consultation.finish"
    )
    return session.scalars(query.order_by(AuditEntry.seq.desc()).limit(1)).first()


def read(session: Session, consultation_id: str, *, by: Staff, now: datetime) -> Consultation:
    """Return one record for reading, recorded in the trail; ``AccessDenied`` if the reader may not."""
    _check_may_read(by)
    consultation = session.get(Consultation, consultation_id)
    if consultation is None or consultation.purged_at is not None:
        raise NoSuchConsultation
    session.flush()
    reach.check_record(session, consultation.id, Action.OPEN, by, now=now)
    on_the_line.check_record(session, by, consultation)
    _record(session, consultation, "consultation.read", by=by.id, now=now)
    return consultation


def newer_fields(
    session: Session, consultation: Consultation, version: int, *, by: Staff, now: datetime
) -> dict[str, Any]:
    """Return the fields that were written after *version*; what leaves is recorded in the trail."""
    newer = {name for name, written in consultation.field_versions.items() if written > version}
    found = {name: record_fields.current(consultation, name) for name in newer & record_fields.FIELDS}
    record_reading(session, consultation, found, by=by, now=now)
    return found


def record_reading(
    session: Session, consultation: Consultation, fields: Collection[str], *, by: Staff, now: datetime
) -> None:
    """Record in the trail that the stored values of these *fields* were handed out; nothing for none."""
    if fields:
        _record(session, consultation, "consultation.read", by=by.id, facts={"fields": sorted(fields)}, now=now)


def get_record(session: Session, consultation_id: str) -> Consultation:
    """Return the record with that id; ``NoSuchConsultation`` if there is none."""
    found = session.get(Consultation, consultation_id)
    if found is None:
        raise NoSuchConsultation
    return found


def drafts_of(session: Session, counsellor_id: str) -> Sequence[Consultation]:
    """Return a counsellor's own drafts, newest first; listing them opens none.

    The record of a reply that is being written stands in the list of mail instead.
    """
    drafts = select(Consultation).where(
        Consultation.counsellor_id == counsellor_id,
        Consultation.thread_id.is_(None),
        Consultation.state == ConsultationState.DRAFT,
        Consultation.purged_at.is_(None),
    )
    return session.scalars(drafts.order_by(Consultation.opened_at.desc())).all()


def of_call(session: Session, call_id: str) -> Consultation | None:
    """Return the record of a call, without opening it."""
    return session.scalar(select(Consultation).where(Consultation.call_id == call_id))


def channel_of(session: Session, consultation_id: str) -> str | None:
    """Return on which channel the contact was, without opening the record; None if there is no such record."""
    return session.scalar(select(Consultation.channel).where(Consultation.id == consultation_id))


def hand_over(
    session: Session, record: Consultation, counsellor_id: str, *, by: Actor = SYSTEM, now: datetime
) -> Consultation:
    """Hand the record to the counsellor who goes on with its contact, with all that was written."""
    if record.counsellor_id != counsellor_id:
        facts = {"from": record.counsellor_id, "to": counsellor_id}
        record.counsellor_id = counsellor_id
        subject = Subject("consultation", record.id)
        audit.record(session, actor=by, action="consultation.hand_over", subject=subject, facts=facts, now=now)
    return record


def lock_for_writing(session: Session, consultation_id: str, by: Staff) -> Consultation:
    """Return the record locked for writing, or raise ``NotAllowed``, ``NotYours`` or ``BehindTheWall``."""
    consultation = lock_own(session, consultation_id, by)
    on_the_line.check_record(session, by, consultation)
    return consultation


def find_writable(session: Session, consultation_id: str, by: Staff) -> Consultation:
    """Return the record as ``lock_for_writing`` does, without locking it."""
    query = select(Consultation).where(Consultation.id == consultation_id).options(lazyload("*"))
    consultation = _writable(session.scalar(query), by)
    on_the_line.check_record(session, by, consultation)
    return consultation


def lock_own(session: Session, consultation_id: str, by: Staff) -> Consultation:
    """Return the record locked for writing, on whichever side of the wall it is: what is typed is taken there too."""
    query = select(Consultation).where(Consultation.id == consultation_id).with_for_update(of=Consultation)
    return _writable(session.scalar(query.execution_options(populate_existing=True)), by)


def _writable(consultation: Consultation | None, by: Staff) -> Consultation:
    _check_may_read(by)
    if consultation is None or consultation.purged_at is not None:
        raise NoSuchConsultation
    owns = {Condition.OWN} if consultation.counsellor_id == by.id else set[Condition]()
    if not may(by.role, Action.WRITE, owns):
        raise NotYours
    return consultation


def _check_may_read(by: Staff) -> None:
    if by.role not in roles_that_may(Action.OPEN):
        raise NotAllowed


def _of_call(session: Session, call_id: str | None) -> Consultation | None:
    return None if call_id is None else of_call(session, call_id)


def _apply(session: Session, consultation: Consultation, changed: dict[str, Any], *, by: Staff, now: datetime) -> None:
    consultation.version += 1
    consultation.saved_at = now
    # A new dictionary, as a change inside a JSON value would go unnoticed.
    consultation.field_versions = consultation.field_versions | dict.fromkeys(changed, consultation.version)
    # What is chosen now was heard today, not taken over.
    consultation.prefilled = {name: day for name, day in consultation.prefilled.items() if name not in changed}
    consultation.reviewed_at = consultation.reviewed_by = None  # what was read through was another text
    for name, value in changed.items():
        record_fields.write(consultation, name, value, now=now)
    facts = {"fields": sorted(changed), "version": consultation.version}
    _record(session, consultation, "consultation.save", by=by.id, facts=facts, now=now)
    viewers.refresh_viewers(session, Subject("consultation", consultation.id), but=by.id, now=now)
    if "risk" in changed:
        live.publish(session, live.LINE, now=now)  # supervisors see a life in danger at once


def _record(
    session: Session,
    consultation: Consultation,
    action: str,
    *,
    by: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    subject = Subject("consultation", consultation.id)
    audit.record(session, actor=staff_member(by), action=action, subject=subject, facts=facts, now=now)
