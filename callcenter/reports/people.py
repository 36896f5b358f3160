"""What a supervisor changes about a colleague's duty: away, offline, or off a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.duty.presence import BOUND, BUSY_WITH_A_CALLER, CHOSEN, TALKING, Work
from callcenter.models.staff.accounts import Staff
from callcenter.reports.blueprint import bp
from callcenter.services.administration import duty_changes
from callcenter.services.duty import presence
from callcenter.services.staff import accounts
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import onward
from callcenter.ui.kit.sent import UnknownChoice, choice
from callcenter.ui.state_labels import AWAY, StateLabel, state_label


@dataclass(frozen=True)
class Colleague:
    """One colleague's duty, as a supervisor may change it."""

    id: str
    name: str
    tone: StateLabel
    reason: str
    since: datetime | None
    busy: bool
    """Whether a caller or an unwritten record is with them, so that a choice waits."""
    talking: bool
    ringing: bool
    here: bool

    @classmethod
    def of(cls, session: Session, staff: Staff) -> Colleague:
        row = presence.get(session, staff.id)
        work = row.work if row else Work.OFFLINE
        return cls(
            id=staff.id,
            name=staff.name,
            tone=state_label(work),
            reason=AWAY[row.reason] if row and row.reason else "",
            since=row.since if row else None,
            busy=work in BUSY_WITH_A_CALLER,
            talking=work in TALKING,
            ringing=work in BOUND and work not in TALKING,
            here=work is not Work.OFFLINE,
        )


@bp.get("/people/<staff_id>")
@staff_who_may(Action.LEAD)
def colleague(staff_id: str) -> str:
    """Show one colleague, and what can be changed."""
    with reading() as session:
        shown = Colleague.of(session, _known(session, staff_id))
    return render_template("reports/duty/colleague.html", one=shown, now=ports().clock.now(), away=_away())


@bp.post("/people/<staff_id>/state")
@staff_who_may(Action.LEAD)
def set_colleague(staff_id: str) -> Response:
    """Set the colleague away with a reason, or offline; during a call it takes effect afterwards."""
    work, _, reason = request.form.get("to", "").partition(":")
    with unit_of_work() as session:
        staff, now, by = _known(session, staff_id), ports().clock.now(), staff_member(me().staff_id)
        if work == Work.OFFLINE:
            row = duty_changes.set_for(session, staff, Work.OFFLINE, by=by, now=now)
        elif work == Work.AWAY:
            row = duty_changes.set_for(session, staff, Work.AWAY, by=by, now=now, reason=choice(CHOSEN, reason))
        else:
            raise UnknownChoice
        waits = row.work in BOUND
    words = "いまの電話と記録が終わってから、変わります。" if waits else "変えました。"
    return onward("reports.colleague", words, staff_id=staff_id)


@bp.post("/people/<staff_id>/off")
@staff_who_may(Action.LEAD)
def take_off(staff_id: str) -> Response:
    """Take the colleague off the line at once; their caller returns to the head of the queue."""
    with unit_of_work() as session:
        staff = _known(session, staff_id)
        duty_changes.force_off(session, staff, by=staff_member(me().staff_id), now=ports().clock.now())
    words = "電話から外しました。お話し中だった方は、列の先頭でお待ちです。書きかけの記録は残っています。"
    return onward("reports.colleague", words, staff_id=staff_id)


def _known(session: Session, staff_id: str) -> Staff:
    staff = accounts.by_id(session, staff_id)
    if staff is None or not may(staff.role, Action.ANSWER):
        abort(404)
    return staff


def _away() -> dict[str, str]:
    return {reason.value: AWAY[reason] for reason in CHOSEN}
