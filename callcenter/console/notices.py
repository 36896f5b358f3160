"""Notices of what colleagues ask of a counsellor, shown until they are seen."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.models.cases.casework import CaseHandover
from callcenter.services.delivery import notices
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.frame import Say
from callcenter.ui.kit.answers import from_script
from callcenter.ui.notices import OPERATOR, sentences

HANDOVER = {
    "case.hand_over": "{by}が、ケースの引きつぎをお願いしています。",
    "case.hand_over.accepted": "{by}が、ケースの引きつぎを受けました。",
    "case.hand_over.declined": "{by}が、ケースの引きつぎを見送りました。担当は、いまのままです。",
    "case.hand_over.withdrawn": "{by}が、ケースの引きつぎのお願いを取り下げました。",
}


@bp.get("/notices")
@staff_who_may(Action.CARE, quiet=True)
def told() -> str:
    """Return the notices alone, for pages that show them as they come."""
    with reading() as session:
        found = sentences(session, me().staff_id)
    return render_template("parts/staff/notices.html", notices=found, seen="console.seen")


@bp.post("/notices/<notice_id>/seen")
@staff_who_may(Action.CARE)
def seen(notice_id: str) -> Response:
    """Mark a notice as seen."""
    with unit_of_work() as session:
        notices.mark_seen(session, notice_id, me().staff_id, now=ports().clock.now())
    return Response(status=204) if from_script() else redirect(url_for("casefile.caseload_page"), 303)


def about_a_handover(session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice of a hand-over; the name of the caller is on the case's page only."""
    asked = session.get(CaseHandover, notice.subject_id)
    href = url_for("casefile.case", case_id=asked.case_id) if asked else None
    return HANDOVER[notice.kind].format(by=notice.by or OPERATOR), href


SAYINGS: dict[str, Say] = {"case.hand_over": about_a_handover}
