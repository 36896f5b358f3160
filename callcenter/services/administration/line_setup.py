"""Putting right what is set up wrongly at the telephone company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.administration.line_setup import WANTED_DIALING, Change, Target
from callcenter.domain.ports import LineSetup
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject


def write(setup: LineSetup, changes: Sequence[Change]) -> None:
    """Write *changes*, each part of the account once; may raise the errors of ``domain.ports``."""
    for e164 in dict.fromkeys(change.e164 for change in changes if change.target is Target.NUMBER):
        values = {change.field: change.value for change in changes if change.e164 == e164 and change.field}
        setup.set_number(e164, values)
    if any(change.target is Target.DIALING for change in changes):
        setup.allow_dialing(WANTED_DIALING)
    if any(change.target is Target.RECORDING for change in changes):
        setup.stop_recording()


def record(session: Session, changes: Sequence[Change], *, by: Actor, now: datetime) -> None:
    """Note in the trail what was written; the parts' names, never a number or an address."""
    parts = sorted({change.field or change.target.value for change in changes})
    facts = {"written": parts, "count": len(changes)}
    audit.record(session, actor=by, action="line.set_up", subject=Subject("line"), facts=facts, now=now)
