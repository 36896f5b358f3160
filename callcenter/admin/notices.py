"""Notices of what others decided, shown until they are seen."""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.choice import describe
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.services.calendar import special_days
from callcenter.services.delivery import notices
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.frame import Say
from callcenter.ui.kit.answers import done
from callcenter.ui.notices import OPERATOR, sentences


@bp.get("/notices")
@staff_who_may(Action.SEE_DECISIONS, quiet=True)
def told() -> str:
    """Return the notices alone, for pages that show them as they come."""
    with reading() as session:
        found = sentences(session, me().staff_id)
    return render_template("parts/staff/notices.html", notices=found, seen="admin.seen")


@bp.post("/notices/<notice_id>/seen")
@staff_who_may(Action.SEE_DECISIONS)
def seen(notice_id: str) -> Response:
    """Mark a notice as seen."""
    with unit_of_work() as session:
        notices.mark_seen(session, notice_id, me().staff_id, now=ports().clock.now())
    return done("admin.days")


def about_a_day(session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice of a decision about a day."""
    row = special_days.find(session, notice.subject_id)
    by = notice.by or OPERATOR
    if row is None:
        return f"{by}が、受付の予定を変えました。", None
    what = describe(row.day, row.special) + (f"({row.reason})" if row.reason else "")
    if notice.kind == "special_day.withdraw":
        return f"{by}が、「{what}」を取り消しました。", None
    return f"{by}が、「{what}」に決めました。", None


SAYINGS: dict[str, Say] = {"special_day": about_a_day}
