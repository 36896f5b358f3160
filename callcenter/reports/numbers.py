"""A caller's number for a supervisor: asked for with a reason, shown on one page, in no address and in no log."""

from __future__ import annotations

from flask import render_template, request

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.break_glass import LONGEST, ReasonMissing, ReasonTooLong
from callcenter.domain.access.permissions import Action
from callcenter.domain.phone_numbers import display
from callcenter.reports.blueprint import bp
from callcenter.services.misuse import caller_numbers
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem


@bp.get("/records/<record_id>/number")
@staff_who_may(Action.REVEAL_NUMBER)
def number_form(record_id: str) -> str:
    """Where the reason goes; nothing is shown yet."""
    return _draw(record_id)


@bp.post("/records/<record_id>/number")
@staff_who_may(Action.REVEAL_NUMBER)
def reveal_number(record_id: str) -> str | tuple[str, int]:
    """Show the number on this answer alone: it is not kept by the browser, and another look asks again."""
    reason = request.form.get("reason", "")
    try:
        with unit_of_work() as session:
            number = caller_numbers.reveal(session, record_id, reason, by=myself(session), now=ports().clock.now())
    except (ReasonMissing, ReasonTooLong) as wrong:
        return _draw(record_id, reason, [Problem("reason", wrong.message)]), 422
    return render_template("reports/number.html", record_id=record_id, number=display(number))


def _draw(record_id: str, reason: str = "", problems: list[Problem] | None = None) -> str:
    with reading() as session:
        caller_numbers.check_kept(session, record_id, by=myself(session))
    given = {"record_id": record_id, "reason": reason, "problems": problems or [], "longest": LONGEST}
    return render_template("reports/number_form.html", **given)
