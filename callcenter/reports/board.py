"""The live board, drawn whole or in its parts, and the switch that stands on it."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.reports import line_now
from callcenter.reports.blueprint import bp, done, for_supervisors, in_the_background, myself
from callcenter.services.calls import pull


@bp.get("/board")
@for_supervisors
def board() -> str:
    """The line as it is now."""
    return _draw("reports/board.html")


@bp.get("/board/parts")
@in_the_background
def board_parts() -> str:
    """What changes on the board by itself."""
    return _draw("reports/board_parts.html")


@bp.post("/board/pull")
@for_supervisors
def pull_calls() -> Response:
    """Pull all new calls to supervisors, or let them go to everybody again."""
    with unit_of_work() as session:
        pull.switch(session, on=request.form.get("on") == "1", by=myself(session), now=ports().clock.now())
    return done()


def _draw(template: str) -> str:
    with reading() as session:
        now = line_now.build(session, myself(session), now=ports().clock.now(), policy=settings().policy)
    return render_template(template, board=now)
