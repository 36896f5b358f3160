"""Closing a case and reopening it; both keep their reason and remove nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.cases.states import CaseState, CloseReason, HandoverState
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import said
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case
from callcenter.models.cases.casework import CaseClosing, CaseHandover
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, casework
from callcenter.services.records import viewers
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject


class StillWritten(HelplineError):
    """Raised when a record of the case is a draft."""

    message = "書きかけの記録があります。先にその記録を閉じてください。"


class StillAsked(HelplineError):
    """Raised when a hand-over waits for its answer."""

    message = "引きつぎの返事を待っています。先に取り下げるか、返事をもらってください。"


class SayWhy(HelplineError):
    """Raised when その他 was chosen without words."""

    message = "「その他」を選んだときは、ひとこと理由を書いてください。"


def close(session: Session, case_id: str, reason: CloseReason, note: str, *, by: Staff, now: datetime) -> CaseClosing:
    """Close a case and drop its follow-up; closing twice is closing once."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    standing = current_closing(session, case)
    if case.state is CaseState.CLOSED and standing is not None:
        return standing
    if reason is CloseReason.OTHER and not said(note):
        raise SayWhy
    _check_settled(session, case)
    closing = CaseClosing(
        id=new_id(),
        data_key_id=case.data_key_id,
        data_key=case.data_key,
        case_id=case.id,
        reason=reason,
        closed_at=now,
        closed_by=by.id,
    )
    session.add(closing)
    closing.note = said(note) or None
    case.state, case.follow_up_on = CaseState.CLOSED, None
    casework.record_act(session, case, "case.close", by=by, now=now, facts={"reason": reason.value})
    return closing


def reopen(session: Session, case_id: str, note: str, *, by: Staff, now: datetime) -> Case:
    """Reopen a case; the closing stays in its history."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    if case.state is CaseState.CLOSED:
        _open(session, case, said(note) or None, by=by.id, now=now)
        casework.record_act(session, case, "case.reopen", by=by, now=now)
    return case


def reopen_for_contact(session: Session, case: Case, *, now: datetime) -> None:
    """Reopen a case because somebody of it called."""
    if case.state is CaseState.CLOSED:
        _open(session, case, None, by=None, now=now)
        subject = Subject("case", case.id)
        audit.record(session, actor=SYSTEM, action="case.reopen", subject=subject, now=now)
        viewers.refresh_viewers(session, subject, now=now)


def current_closing(session: Session, case: Case) -> CaseClosing | None:
    """Return the closing in force."""
    query = select(CaseClosing).where(CaseClosing.case_id == case.id, CaseClosing.reopened_at.is_(None))
    return session.scalar(query)


def history(session: Session, case: Case) -> list[CaseClosing]:
    """Return every closing, oldest first."""
    query = select(CaseClosing).where(CaseClosing.case_id == case.id)
    return list(session.scalars(query.order_by(CaseClosing.closed_at, CaseClosing.id)))


def _open(session: Session, case: Case, note: str | None, *, by: str | None, now: datetime) -> None:
    case.state = CaseState.OPEN
    closing = current_closing(session, case)
    if closing is not None:
        closing.reopened_at, closing.reopened_by, closing.reopen_note = now, by, note


def _check_settled(session: Session, case: Case) -> None:
    draft = select(Consultation.id).where(
        Consultation.case_id == case.id, Consultation.state == ConsultationState.DRAFT
    )
    if session.scalar(draft.limit(1)) is not None:
        raise StillWritten
    asked = select(CaseHandover.id).where(CaseHandover.case_id == case.id, CaseHandover.state == HandoverState.PENDING)
    if session.scalar(asked.limit(1)) is not None:
        raise StillAsked
