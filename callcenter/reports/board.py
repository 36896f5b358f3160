"""The live board, whole or in parts, and the switch of the pull."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.reports import board_data
from callcenter.reports.blueprint import bp
from callcenter.services.calls import pull
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import done


@bp.get("/board")
@staff_who_may(Action.LEAD)
def board() -> str:
    """Show the line as it is now."""
    return _draw("reports/board/board.html")


@bp.get("/board/parts")
@staff_who_may(Action.LEAD, quiet=True)
def board_parts() -> str:
    """Return the parts of the board that change by themselves."""
    return _draw("reports/board/parts.html")


@bp.post("/board/pull")
@staff_who_may(Action.LEAD)
def pull_calls() -> Response:
    """Pull all new calls to supervisors, or stop that."""
    with unit_of_work() as session:
        pull.switch(session, on=request.form.get("on") == "1", by=myself(session), now=ports().clock.now())
    return done("reports.board")


def _draw(template: str) -> str:
    with reading() as session:
        now = board_data.build(session, myself(session), now=ports().clock.now(), policy=settings().policy)
    return render_template(template, board=now)
