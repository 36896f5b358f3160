"""Who opened which record, openings with a reason, and their review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.break_glass import ReasonMissing, ReasonTooLong, ReviewVerdict
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date, short_date
from callcenter.models.access import ReasonedAccess
from callcenter.models.cases.family import WallOpening
from callcenter.models.staff.accounts import Staff
from callcenter.reports.blueprint import bp
from callcenter.reports.forms import ReviewForm
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import Target
from callcenter.services.cases import wall
from callcenter.services.delivery.notices import UnseenNotice
from callcenter.services.records import consultations
from callcenter.services.trail import readers
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.frame import Say
from callcenter.ui.kit.answers import again, onward
from callcenter.ui.kit.paging import before_number, days_asked
from callcenter.ui.kit.sent import UnknownChoice
from callcenter.ui.notices import OPERATOR

NOTE_NEEDED = "「必要な閲覧だった」以外を選ぶときは、このあとどうするかを、ひとこと書いてください。"
GONE = "(記録とともに消えました)"
USUAL_DAYS = 7
"""What a page of readers begins with."""


@dataclass(frozen=True)
class Glass:
    """One opening with a reason, for its review."""

    id: str
    by: str
    at: datetime
    reason: str
    target: Target
    due_on: date
    late: bool
    mine: bool
    verdict: ReviewVerdict | None
    reviewer: str | None
    reviewed_at: datetime | None
    note: str

    @classmethod
    def of(cls, access: ReasonedAccess, staff_id: str, today: date) -> Glass:
        due = access.review_due_on or today
        gone = access.data_key.wrapped is None
        return cls(
            id=access.id,
            by=access.staff.name,
            at=access.at,
            reason=GONE if gone else access.reason or "",
            target=break_glass.target_of(access),
            due_on=due,
            late=access.reviewed_at is None and due < today,
            mine=access.staff_id == staff_id,
            verdict=access.verdict,
            reviewer=access.reviewer.name if access.reviewer else None,
            reviewed_at=access.reviewed_at,
            note="" if gone else access.note or "",
        )


@dataclass(frozen=True)
class Wall:
    """One opening of the wall in a family."""

    by: str
    at: datetime
    closed_at: datetime | None
    reason: str
    record_id: str

    @classmethod
    def of(cls, session: Session, opening: WallOpening) -> Wall:
        gone = opening.data_key.wrapped is None
        return cls(
            by=session.get_one(Staff, opening.staff_id).name,
            at=opening.at,
            closed_at=opening.closed_at,
            reason=GONE if gone else opening.reason or GONE,
            record_id=opening.consultation_id,
        )


@bp.get("/break-glass")
@staff_who_may(Action.REVIEW)
def break_glass_list() -> str:
    """Show the openings with a reason: first those awaiting review, then the latest reviews."""
    return _draw()


@bp.post("/break-glass/<access_id>/review")
@staff_who_may(Action.REVIEW)
def review_break_glass(access_id: str) -> Response | tuple[str, int]:
    """Store the verdict on an opening."""
    form = ReviewForm()
    valid, note = form.validate(), form.note.data or ""
    if form.verdict.data is None:
        raise UnknownChoice
    if not valid:
        return again(_draw(access_id, form))
    try:
        with unit_of_work() as session:
            break_glass.review(session, access_id, form.verdict.data, note, by=myself(session), now=ports().clock.now())
    except (ReasonMissing, ReasonTooLong) as refused:
        form.add("note", NOTE_NEEDED if isinstance(refused, ReasonMissing) else refused.message)
        return again(_draw(access_id, form))
    return onward("reports.break_glass_list", "確認を残しました。")


def about_a_breaking(session: Session, notice: UnseenNotice) -> tuple[str, str | None]:
    """Return the notice of a break-glass opening; the reason is on the page only."""
    access = break_glass.find(session, notice.subject_id)
    due = (
        f"{short_date(access.review_due_on)}までに、理由を確認してください。" if access and access.review_due_on else ""
    )
    return f"{notice.by or OPERATOR}が、担当ではない記録を理由を書いて開きました。{due}", url_for(
        "reports.break_glass_list"
    )


def _draw(sent_for: str | None = None, form: ReviewForm | None = None) -> str:
    """Draw the list; the *form* sent for one opening keeps what was typed and its problems."""
    with reading() as session:
        staff, today = myself(session), local_date(ports().clock.now())
        waiting = [Glass.of(one, staff.id, today) for one in break_glass.awaiting_review(session)]
        done = [Glass.of(one, staff.id, today) for one in break_glass.reviewed(session)]
        walls = [Wall.of(session, one) for one in wall.latest_openings(session)]
    form, empty = form or ReviewForm(formdata=None), ReviewForm(formdata=None)
    given = {"waiting": waiting, "done": done, "walls": walls}
    return render_template("reports/access/break_glass.html", sent_for=sent_for, form=form, empty_form=empty, **given)


@bp.get("/readers")
@staff_who_may(Action.SEE_READERS)
def readers_page() -> str:
    """Show who opened what, by member of staff and period."""
    today = local_date(ports().clock.now())
    first, last = days_asked(today, USUAL_DAYS)
    who, without_own = request.args.get("who") or None, request.args.get("own") != "1"
    with reading() as session:
        page = readers.of_reader(
            session, who, first, last, by=myself(session), before=before_number(), without_own=without_own
        )
        people = [(one.id, one.name) for one in readers.possible_readers(session)]
    asked = {"who": who or "", "from": first.isoformat(), "to": last.isoformat(), "own": "" if without_own else "1"}
    return render_template("reports/access/readers.html", page=page, people=people, asked=asked)


@bp.get("/readers/record/<record_id>")
@staff_who_may(Action.SEE_READERS)
def readers_of_record(record_id: str) -> str:
    """Show who opened this record, its case, or an incident in it."""
    with reading() as session:
        record = consultations.get_record(session, record_id)
        page = readers.of_record(session, record, by=myself(session), before=before_number())
    return render_template("reports/access/readers_of.html", page=page, target=Target("record", record_id))


@bp.get("/readers/case/<case_id>")
@staff_who_may(Action.SEE_READERS)
def readers_of_case(case_id: str) -> str:
    """Show who opened this case, or a record in it."""
    with reading() as session:
        page = readers.of_case(session, case_id, by=myself(session), before=before_number())
    return render_template("reports/access/readers_of.html", page=page, target=Target("case", case_id))


SAYINGS: dict[str, Say] = {break_glass.NOTICE: about_a_breaking}
