"""The live board, whole or in parts, and the switch of the pull."""

from __future__ import annotations

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.reports import board_data
from callcenter.reports.blueprint import bp
from callcenter.services.calls import escalation, pull, unattended
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.frame import Say
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


def about_the_line(_session: Session, _notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice that nobody can come to callers."""
    text = "電話をかけてきた方がいますが、いま、出られる人がいません。"
    return text, url_for("reports.board")


def about_rings(_session: Session, _notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice that rings for a caller stay unanswered."""
    text = "お待ちの方への呼び出しに、つづけて、だれも出られていません。"
    return text, url_for("reports.board")


SAYINGS: dict[str, Say] = {unattended.NOTICE: about_the_line, escalation.NOTICE: about_rings}
