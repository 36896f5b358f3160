"""Holds on the deletion of members: keeping one beyond the two years, with a reason and until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.domain.keeping.retention import HoldReason, check_hold
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member, MemberHold
from callcenter.services.keeping.holds import NoSuchHold
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


class NobodyToHold(HelplineError):
    """Raised when there is no member by that id."""

    message = "その利用者は見つかりません。もう消されたのかもしれません。"


def find(session: Session, member_id: str, *, locked: bool = False) -> Member:
    """Return a member by id, for a decision about how long they are kept."""
    member = session.get(Member, member_id, with_for_update={"of": Member} if locked else None)
    if member is None:
        raise NobodyToHold
    return member


def place_hold(
    session: Session, member_id: str, reason: HoldReason, note: str, until: date, *, by: Actor, now: datetime
) -> MemberHold:
    """Keep the member through *until*; several holds may stand at once."""
    text = check_hold(note, until, today=local_date(now))
    member = find(session, member_id, locked=True)
    row = MemberHold(
        id=new_id(),
        data_key=member.data_key,
        member_id=member.id,
        reason=reason,
        until=until,
        set_at=now,
        set_by=by.id,
    )
    session.add(row)
    row.note = text
    facts = {"hold": row.id, "reason": reason.value, "until": until.isoformat()}
    audit.record(session, actor=by, action="member.hold", subject=Subject("member", member.id), facts=facts, now=now)
    return row


def lift(session: Session, hold_id: str, *, by: Actor, now: datetime) -> None:
    """End a hold now."""
    row = session.get(MemberHold, hold_id, with_for_update={"of": MemberHold})
    if row is None or row.lifted_at is not None:
        raise NoSuchHold
    row.lifted_at, row.lifted_by = now, by.id
    facts = {"hold": row.id}
    audit.record(
        session, actor=by, action="member.lift", subject=Subject("member", row.member_id), facts=facts, now=now
    )


def standing(on: date) -> ColumnElement[bool]:
    """Return the condition for holds in force on a day."""
    return and_(MemberHold.lifted_at.is_(None), MemberHold.until >= on)


def listed(session: Session, *, today: date) -> Sequence[MemberHold]:
    """Return the holds in force, the first to end first."""
    query = select(MemberHold).where(standing(today))
    return session.scalars(query.order_by(MemberHold.until, MemberHold.id)).all()
