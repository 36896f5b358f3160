"""Handing a case over: one counsellor asks with a note, the colleague accepts or declines, both are notified."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, may, roles_that_may
from callcenter.domain.cases.states import CaseState, HandoverState
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.roles import NotAllowed
from callcenter.domain.typed_text import said
from callcenter.models.base import new_id
from callcenter.models.cases.cases import Case
from callcenter.models.cases.casework import CaseHandover
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, casework
from callcenter.services.cases.casework import CaseIsClosed
from callcenter.services.delivery import notices

LONGEST_NOTE = 4000


class NoteFirst(HelplineError):
    """Raised when a hand-over has no note."""

    message = "申し送りを書いてください。次の担当が、はじめに読む文です。"


class NoteTooLong(HelplineError):
    """Raised when the note of a hand-over is too long."""

    message = f"申し送りは{LONGEST_NOTE:,}文字までにしてください。"


class NobodyToAsk(HelplineError):
    """Raised when the chosen colleague has no account or has the case already."""

    message = "引きつぐ相手を選び直してください。相談員か統括で、いまの担当ではない人を選びます。"


class AskedAlready(HelplineError):
    """Raised when a hand-over of the case is pending."""

    message = "この引きつぎは、もうお願いしています。返事を待つか、取り下げてから、もう一度お願いしてください。"


class SettledAlready(HelplineError):
    """Raised when the hand-over was answered or withdrawn meanwhile."""

    message = "この引きつぎは、もう終わっています。ページを読みこみ直してください。"


class NotYoursToAsk(NotAllowed):
    """Raised when somebody hands over a case that is not theirs."""

    message = "引きつぎをお願いできるのは、いまの担当と統括です。"


def colleagues(session: Session, case: Case) -> list[Staff]:
    """Return the colleagues to whom the case may be handed."""
    query = select(Staff).where(Staff.active, Staff.leaving.is_(False), Staff.id != (case.owner_id or ""))
    return list(session.scalars(query.where(Staff.role.in_(roles_that_may(Action.CARE))).order_by(Staff.name)))


def ask(session: Session, case_id: str, to_id: str, note: str, *, by: Staff, now: datetime) -> CaseHandover:
    """Ask a colleague to take the case; until they accept, it stays with its owner."""
    case = case_access.lock_for_work(session, case_id, by, now=now)
    if case.state is CaseState.CLOSED:
        raise CaseIsClosed
    if case.owner_id not in (by.id, None) and not may(by.role, Action.ASSIGN):
        raise NotYoursToAsk
    text = said(note)
    if not text:
        raise NoteFirst
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong
    to = session.get(Staff, to_id)
    if (
        to is None
        or not to.active
        or to.leaving
        or to.role not in roles_that_may(Action.CARE)
        or to.id == case.owner_id
    ):
        raise NobodyToAsk
    asked = _asked(session, case, to, by, now)
    asked.note = text
    casework.record_act(session, case, "case.hand_over.ask", by=by, now=now, facts={"to": to.id})
    notices.notify(session, "case.hand_over", asked.id, to=to.id, by=by.id, now=now)
    return asked


def _asked(session: Session, case: Case, to: Staff, by: Staff, now: datetime) -> CaseHandover:
    asked = CaseHandover(
        id=new_id(),
        data_key_id=case.data_key_id,
        data_key=case.data_key,
        case_id=case.id,
        from_id=by.id,
        to_id=to.id,
        asked_at=now,
    )
    try:
        with session.begin_nested():  # the database says that a case waits for one answer
            session.add(asked)
    except IntegrityError:
        raise AskedAlready from None
    return asked


def accept(session: Session, handover_id: str, *, by: Staff, now: datetime) -> CaseHandover:
    """Accept the hand-over: the case is theirs now. Accepting twice is accepting once."""
    asked = _waiting(session, handover_id, by, HandoverState.ACCEPTED)
    if asked.state is HandoverState.ACCEPTED:
        return asked
    asked.case.owner_id = by.id
    _settle(session, asked, HandoverState.ACCEPTED, by=by, to=asked.from_id, now=now)
    return asked


def decline(session: Session, handover_id: str, why: str, *, by: Staff, now: datetime) -> CaseHandover:
    """Decline the hand-over, with a word if there is one."""
    asked = _waiting(session, handover_id, by, HandoverState.DECLINED)
    if asked.state is HandoverState.DECLINED:
        return asked
    if len(why) > LONGEST_NOTE:
        raise NoteTooLong
    asked.answer = said(why) or None
    _settle(session, asked, HandoverState.DECLINED, by=by, to=asked.from_id, now=now)
    return asked


def withdraw(session: Session, handover_id: str, *, by: Staff, now: datetime) -> CaseHandover:
    """Withdraw the hand-over."""
    asked = _locked(session, handover_id)
    if asked.from_id != by.id and not may(by.role, Action.ASSIGN):
        raise NotYoursToAsk
    if asked.state is HandoverState.WITHDRAWN:
        return asked
    if asked.state is not HandoverState.PENDING:
        raise SettledAlready
    _settle(session, asked, HandoverState.WITHDRAWN, by=by, to=asked.to_id, now=now)
    return asked


def pending(session: Session, case: Case) -> CaseHandover | None:
    """Return the case's pending hand-over."""
    return session.scalar(
        select(CaseHandover).where(CaseHandover.case_id == case.id, CaseHandover.state == HandoverState.PENDING)
    )


def history(session: Session, case: Case) -> list[CaseHandover]:
    """Return every hand-over, oldest first."""
    query = select(CaseHandover).where(CaseHandover.case_id == case.id)
    return list(session.scalars(query.order_by(CaseHandover.asked_at, CaseHandover.id)))


def awaiting_answer_of(session: Session, by: Staff) -> list[CaseHandover]:
    """Return the hand-overs that wait for this person's answer, oldest first."""
    query = select(CaseHandover).where(CaseHandover.to_id == by.id, CaseHandover.state == HandoverState.PENDING)
    return list(session.scalars(query.order_by(CaseHandover.asked_at)))


def _waiting(session: Session, handover_id: str, by: Staff, wanted: HandoverState) -> CaseHandover:
    asked = _locked(session, handover_id)
    if asked.to_id != by.id:
        raise NotAllowed
    if asked.state not in (HandoverState.PENDING, wanted):
        raise SettledAlready
    return asked


def _locked(session: Session, handover_id: str) -> CaseHandover:
    query = select(CaseHandover).where(CaseHandover.id == handover_id).with_for_update(of=CaseHandover)
    asked = session.scalar(query.execution_options(populate_existing=True))
    if asked is None or asked.case.purged_at is not None:
        raise SettledAlready
    return asked


def _settle(session: Session, asked: CaseHandover, state: HandoverState, *, by: Staff, to: str, now: datetime) -> None:
    asked.state, asked.settled_at = state, now
    casework.record_act(
        session, asked.case, f"case.hand_over.{state.value}", by=by, now=now, facts={"handover": asked.id}
    )
    notices.notify(session, f"case.hand_over.{state.value}", asked.id, to=to, by=by.id, now=now)
    if state is HandoverState.WITHDRAWN:
        notices.withdraw(session, "case.hand_over", asked.id, now=now)
