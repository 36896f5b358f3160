"""Care: reporting a hard call, and supervisors who answer."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.services.duty import care
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import done


@bp.post("/hard-call")
@staff_who_may(Action.ANSWER)
def hard_call() -> Response:
    """Report a hard call (つらかった), or withdraw that with ``undo``."""
    act = care.withdraw_hard_call if request.form.get("undo") == "1" else care.report_hard_call
    with unit_of_work() as session:
        act(session, myself(session), now=ports().clock.now())
    return done("console.board")


@bp.post("/care/<note_id>/seen")
@staff_who_may(Action.LEAD)
def note_seen(note_id: str) -> Response:
    """Store that a supervisor spoke with the counsellor (声をかけました)."""
    with unit_of_work() as session:
        care.mark_answered(session, note_id, by=myself(session), now=ports().clock.now())
    return done("console.board")


@bp.get("/care")
@staff_who_may(Action.LEAD)
def care_page() -> str:
    """Show how often each counsellor had a hard call, for those who look after them."""
    now = ports().clock.now()
    with unit_of_work() as session:  # that somebody looked is noted
        counts, notes = care.hard_call_counts(session, by=myself(session), now=now), care.open_hard_calls(session)
    return render_template("console/duty/care.html", counts=counts, notes=notes, now=now)
