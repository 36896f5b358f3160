"""Showing a caller's number to a supervisor: once, with a reason, recorded in the trail.

It is there while the call-control row keeps it (``CALL_NUMBER_DAYS``), for danger to life and for the police; nobody
is found by it, and it is written nowhere else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, open_number
from callcenter.domain.access.break_glass import AccessKind, tidy_reason
from callcenter.domain.access.permissions import Action, check
from callcenter.domain.errors import HelplineError
from callcenter.domain.phone_numbers import CallerKind
from callcenter.models.access import ReasonedAccess
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call
from callcenter.models.keys import ring_of
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.records.consultations import NoSuchConsultation
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member


class NotACall(HelplineError):
    """Raised when a record was entered afterwards or is of another channel."""

    message = "この記録は、電話につながっていないため、番号はありません。"


class NothingShown(HelplineError):
    """Raised when the caller showed no number."""

    message = "番号が通知されていない電話のため、番号はわかりません。"


class NoLongerKept(HelplineError):
    """Raised when the number is no longer kept."""

    message = "この電話の番号は、保存の期間が過ぎて、もう消えています。"


class NumberSealed(HelplineError):
    """Raised when the key of the number has left the ring."""

    message = "番号を開く鍵がありません。運用の担当者に、前の鍵を FIELD_KEYS に戻すよう頼んでください。"


def check_kept(session: Session, record_id: str, *, by: Staff) -> Call:
    """Return the call whose number could be shown, or raise why there is none."""
    check(by.role, Action.REVEAL_NUMBER)
    record = session.get(Consultation, record_id)
    if record is None:
        raise NoSuchConsultation
    call = session.get(Call, record.call_id) if record.call_id else None
    if call is None:
        raise NotACall
    if call.caller_kind is not CallerKind.NUMBER:
        raise NothingShown
    if call.caller_number is None:
        raise NoLongerKept
    return call


def reveal(session: Session, record_id: str, reason: str, *, by: Staff, now: datetime) -> str:
    """Return the number (E.164) behind the call of a record; every time needs its own reason.

    Raises ``NotAllowed``, ``NothingShown``, ``NoLongerKept``, ``ReasonMissing`` or ``ReasonTooLong``.
    """
    call, wanted = check_kept(session, record_id, by=by), tidy_reason(reason)
    try:
        number = open_number(ring_of(session), "calls", call.id, call.caller_number or b"")
    except KeyMissing:
        raise NumberSealed from None
    record = session.get_one(Consultation, record_id)
    access = ReasonedAccess(
        id=new_id(),
        data_key=record.data_key,
        kind=AccessKind.NUMBER,
        staff_id=by.id,
        consultation_id=record.id,
        at=now,
        until=now,
    )
    session.add(access)
    access.reason = wanted
    session.flush()
    facts = {"access": access.id, "call": call.id}
    subject = Subject("consultation", record.id)
    audit.record(session, actor=staff_member(by.id), action="number.reveal", subject=subject, facts=facts, now=now)
    return number
