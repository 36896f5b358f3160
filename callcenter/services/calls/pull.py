"""The pull: a switch by which all new calls ring at supervisors.

It never costs a caller more than ``Policy.pull_hold``: whoever has waited so long, or has lost a
counsellor already, is offered to everybody; and while no supervisor can come at all, everybody
is rung as on any other day. So the switch may be forgotten overnight without anybody waiting in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.access.permissions import Action, check, roles_that_may
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Presence
from callcenter.models.calls.switches import LineSettings
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.duty import availability
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

SUPERVISORS = select(Staff.id).where(Staff.role.in_(roles_that_may(Action.LEAD)))
"""Who leads the line: they take calls only while the switch is on."""


@dataclass(frozen=True)
class Pull:
    """Whether new calls go to supervisors, and who decided that."""

    on: bool = False
    by: str | None = None
    """The name that colleagues see."""
    since: datetime | None = None


def state(session: Session) -> Pull:
    """Return how the switch is set."""
    query = (
        select(LineSettings.supervisors_take, LineSettings.changed_at, Staff.name)
        .outerjoin(Staff, Staff.id == LineSettings.changed_by)
        .where(LineSettings.id == 1)
    )
    row = session.execute(query).one_or_none()
    return Pull() if row is None or not row.supervisors_take else Pull(True, row.name, row.changed_at)


def switch(session: Session, *, on: bool, by: Staff, now: datetime) -> bool:
    """Set the switch; False if it is set so already. ``NotAllowed`` for anybody but a supervisor."""
    check(by.role, Action.LEAD)
    row = session.get_one(LineSettings, 1, with_for_update=True, populate_existing=True)
    if row.supervisors_take == on:
        return False
    row.supervisors_take, row.changed_by, row.changed_at = on, by.id, now
    audit.record(
        session, actor=staff_member(by.id), action="line.pull", subject=Subject("line"), facts={"on": on}, now=now
    )
    live.publish(session, live.LINE, now=now)
    return True


def is_supervisor_on_duty(session: Session, *, now: datetime, policy: Policy) -> bool:
    """Return whether any supervisor can come to a caller, now or soon."""
    query = select(Presence.staff_id).where(availability.COMING, Presence.staff_id.in_(SUPERVISORS))
    return bool(session.scalar(select(query.exists()), availability.moments(now, policy)))


def is_supervisor_free(session: Session, *, now: datetime, policy: Policy) -> bool:
    """Return whether any supervisor could be rung now."""
    query = select(Presence.staff_id).where(availability.offerable(now, policy), Presence.staff_id.in_(SUPERVISORS))
    return bool(session.scalar(select(query.exists())))


def pulled_since(session: Session, *, now: datetime, policy: Policy) -> datetime | None:
    """Return the moment after which new callers still go to supervisors only, None if none do."""
    if not state(session).on or not is_supervisor_on_duty(session, now=now, policy=policy):
        return None
    return now - policy.pull_hold


def is_pulled(call: Call, since: datetime | None) -> bool:
    """Return whether this caller goes to supervisors only, given what ``pulled_since`` returned."""
    return since is not None and call.waiting_since > since and call.priority == 0
