"""The telephone desk's one page, and the parts of it that a script asks for."""

from __future__ import annotations

from flask import render_template

from callcenter.console import desk, drawing
from callcenter.console.blueprint import bp
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.duty.presence import BOUND
from callcenter.models.calls.calls import Presence
from callcenter.services.cases import wall
from callcenter.ui.access import myself, note_activity, staff_who_may


@bp.get("/")
@staff_who_may(Action.SEE_LINE)
def board() -> str:
    """The record of the call I am in or have to write up; otherwise what to do next."""
    with unit_of_work() as session:
        staff = myself(session)
        record = wall.record_at_hand(session, session.get(Presence, staff.id))
        if record is not None:
            draw = drawing.around(session, record.id)
        else:
            draw = drawing.without_record(desk.look(session, staff, now=ports().clock.now()).given())
    return draw()


@bp.get("/records/<record_id>")
@staff_who_may(Action.WRITE)
def record(record_id: str) -> str:
    """One record, mine or (for a supervisor) anybody's."""
    with unit_of_work() as session:
        draw = drawing.around(session, record_id)
    return draw()


@bp.get("/fragment/line")
@staff_who_may(Action.SEE_LINE, quiet=True)
def live_parts() -> str:
    """What changes by itself: call bar, queue, colleagues, drafts."""
    with reading() as session:
        seen = desk.look(session, myself(session), now=ports().clock.now())
    if seen.work in BOUND:  # who talks at a telephone has no heartbeat here, and is at work all the same
        note_activity()
    return render_template("console/live.html", **seen.given())
