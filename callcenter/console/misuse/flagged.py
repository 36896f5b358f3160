"""What a counsellor sees of a flag on the caller's number, and the form for misuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from callcenter.console.forms import IncidentForm
from callcenter.context import settings
from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.domain.errors import HelplineError
from callcenter.domain.misuse.flags import FLAG_CHOICES, NotTheCallAtHand
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.misuse import flags, incidents


@dataclass(frozen=True)
class Flagged:
    """A flag as this reader may see it; its reason only if they made it or supervise."""

    until: date
    reason: str | None


@dataclass(frozen=True)
class Noted:
    """An incident that was recorded, without its words."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Part:
    """The part of the record about misuse of the line."""

    record_id: str
    key: str
    """Names the incident that the form will make, so that pressing twice makes one."""
    noted: tuple[Noted, ...]
    flag: Flagged | None
    why_not: str | None
    """Why the number behind the call cannot be flagged; None if it can."""
    form: IncidentForm
    saved: str | None = None

    days = tuple((days, f"{days}日間") for days in FLAG_CHOICES)


def of_call(session: Session, call: Call, staff: Staff, *, now: datetime) -> Flagged | None:
    """Return the flag in force on the caller's number, as *staff* may see it."""
    found = flags.of_call(session, call, now=now, policy=settings().policy)
    if found is None:
        return None
    knows = may(staff.role, Action.KNOW_FLAG, {Condition.OWN} if found.made_by == staff.id else set())
    return Flagged(found.until, found.reason.label if knows else None)


def part(
    session: Session,
    record: Consultation,
    staff: Staff,
    *,
    now: datetime,
    sent: IncidentForm | None = None,
    saved: str | None = None,
) -> Part | None:
    """Return the part for a record of a call; other contacts have none."""
    call = session.get(Call, record.call_id) if record.call_id else None
    if call is None:
        return None
    return Part(
        record_id=record.id,
        key=new_id(),
        noted=tuple(Noted(one.at, one.kind.label) for one in incidents.of_record(session, record.id)),
        flag=of_call(session, call, staff, now=now),
        why_not=_why_not(session, call, staff),
        form=sent or IncidentForm(formdata=None),
        saved=saved,
    )


def _why_not(session: Session, call: Call, staff: Staff) -> str | None:
    try:
        flags.check_can_flag(session, call, policy=settings().policy)
    except HelplineError as cannot:
        return cannot.message
    return None if flags.is_at_hand(session, call, staff) else NotTheCallAtHand.message
