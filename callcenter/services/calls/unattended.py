"""The alarm that callers meet a line at which nobody can come to them: raised once a spell, withdrawn afterwards.

A spell begins when a caller has waited for ``Policy.nobody_after`` and nobody can come, and ends when somebody can,
or when the line is closed and nobody waits any more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import OPEN_OFFERS, CallState
from callcenter.domain.policy import Policy
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.calls.switches import LineSettings
from callcenter.services.calendar import opening_hours
from callcenter.services.delivery import alarms
from callcenter.services.duty import availability

_RUNG = select(Offer.call_id).where(Offer.state.in_(OPEN_OFFERS))
_WAITS = Call.state == CallState.WAITING
_FOR_LONG = func.coalesce(Call.requeued_at, Call.waiting_since) <= bindparam("told_since")
_WAITS_IN_VAIN = select(Call.id).where(_WAITS, _FOR_LONG, Call.id.not_in(_RUNG)).exists()
_LINE = select(
    LineSettings.unattended_since,
    select(Presence.staff_id).where(availability.COMING).exists().label("somebody_comes"),
    _WAITS_IN_VAIN.label("waits_in_vain"),
    select(Call.id).where(_WAITS).exists().label("somebody_waits"),
).where(LineSettings.id == 1)


def watch(session: Session, *, now: datetime, policy: Policy) -> None:
    """Raise the alarm or withdraw it, as the line is now; usually it is neither, and nothing is locked."""
    asked = availability.moments(now, policy) | {"told_since": now - policy.nobody_after}
    line = session.execute(_LINE, asked).one()
    if line.waits_in_vain and not line.somebody_comes:
        raise_alarm(session, now=now)
    elif line.unattended_since is not None and (
        line.somebody_comes or not (line.somebody_waits or opening_hours.state(session, now).open)
    ):
        _withdraw(session, now=now)


def raise_alarm(session: Session, *, now: datetime) -> None:
    """Raise the alarm; in a spell that is known already nothing happens."""
    spell = update(LineSettings).where(LineSettings.id == 1, LineSettings.unattended_since.is_(None))
    if session.scalar(spell.values(unattended_since=now).returning(LineSettings.id)) is not None:
        alarms.raise_alarm(session, AlarmKind.UNATTENDED, now=now)


def _withdraw(session: Session, *, now: datetime) -> None:
    spell = update(LineSettings).where(LineSettings.id == 1, LineSettings.unattended_since.is_not(None))
    if session.scalar(spell.values(unattended_since=None).returning(LineSettings.id)) is not None:
        alarms.end(session, AlarmKind.UNATTENDED, now=now)
