"""The telephone desk's page, and the parts of it that a script asks for."""

from __future__ import annotations

from flask import render_template

from callcenter.console import desk, drawing
from callcenter.console.blueprint import bp
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.duty.presence import BOUND
from callcenter.models.calls.calls import Presence
from callcenter.services.access import on_the_line
from callcenter.ui.access import myself, note_activity, staff_who_may


@bp.get("/")
@staff_who_may(Action.SEE_LINE)
def board() -> str:
    """Show the record of my call or of the call I write up; else what to do next."""
    with unit_of_work() as session:
        staff = myself(session)
        record = on_the_line.record_at_hand(session, session.get(Presence, staff.id))
        if record is not None:
            draw = drawing.gather(session, record.id)
        else:
            draw = drawing.without_record(desk.build(session, staff, now=ports().clock.now()).given())
    return draw()


@bp.get("/records/<record_id>")
@staff_who_may(Action.WRITE)
def record(record_id: str) -> str:
    """Show one record, mine or (for a supervisor) anybody's."""
    with unit_of_work() as session:
        draw = drawing.gather(session, record_id)
    return draw()


@bp.get("/fragment/line")
@staff_who_may(Action.SEE_LINE, quiet=True)
def live_parts() -> str:
    """Return what changes by itself: call bar, queue, colleagues, drafts."""
    with reading() as session:
        seen = desk.build(session, myself(session), now=ports().clock.now())
    if seen.work in BOUND:  # who talks at a telephone has no heartbeat here, and is at work all the same
        note_activity()
    return render_template("console/live_parts.html", **seen.given())
