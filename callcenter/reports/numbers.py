"""Showing a caller's number to a supervisor: with a reason, on one page, in no address and no log."""

from __future__ import annotations

from flask import render_template

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.break_glass import LONGEST, ReasonMissing, ReasonTooLong
from callcenter.domain.access.permissions import Action
from callcenter.domain.phone_numbers import display
from callcenter.reports.blueprint import bp
from callcenter.reports.forms import NumberForm
from callcenter.services.misuse import caller_numbers
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import again


@bp.get("/records/<record_id>/number")
@staff_who_may(Action.REVEAL_NUMBER)
def number_form(record_id: str) -> str:
    """Show the form for the reason, and no number yet."""
    return _draw(record_id, NumberForm())


@bp.post("/records/<record_id>/number")
@staff_who_may(Action.REVEAL_NUMBER)
def reveal_number(record_id: str) -> str | tuple[str, int]:
    """Show the number on this answer alone, which the browser does not keep."""
    form, now = NumberForm(), ports().clock.now()
    if not form.validate():
        return again(_draw(record_id, form))
    try:
        with unit_of_work() as session:
            number = caller_numbers.reveal(session, record_id, form.reason.data or "", by=myself(session), now=now)
    except (ReasonMissing, ReasonTooLong) as refused:
        form.refuse(refused)
        return again(_draw(record_id, form))
    return render_template("reports/access/number.html", record_id=record_id, number=display(number))


def _draw(record_id: str, form: NumberForm) -> str:
    with reading() as session:
        caller_numbers.check_kept(session, record_id, by=myself(session))
    return render_template("reports/access/number_form.html", record_id=record_id, form=form, longest=LONGEST)
