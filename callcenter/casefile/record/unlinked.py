"""The list of unlinked consultations, as a page and beside a record."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from callcenter.casefile.blueprint import bp
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action, Condition, may
from callcenter.models.staff.accounts import Staff
from callcenter.services.records import consultations, unlinked
from callcenter.services.records.unlinked import AT_ONCE, UnlinkedFilter
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.paging import before_moment
from callcenter.ui.kit.sent import choice

TITLES: dict[UnlinkedFilter, str] = {
    UnlinkedFilter.ALL: "すべて",
    UnlinkedFilter.SILENT: "無言だった電話",
    UnlinkedFilter.UNSURE: "まだわからない",
}


@bp.get("/unlinked")
@staff_who_may(Action.FIND)
def unlinked_page() -> str:
    """Show the unlinked consultations (つないでいない記録): time, length and what helped."""
    with unit_of_work() as session:
        given = _given(session, None)
    return render_template("casefile/record/unlinked.html", **given)


@bp.post("/records/<record_id>/unlinked")
@staff_who_may(Action.WRITE)
def unlinked_beside(record_id: str) -> str:
    """Show them beside a record; one of them may have been the same person."""
    with unit_of_work() as session:
        record = consultations.lock_for_writing(session, record_id, myself(session))
        given = _given(session, record.id)
    return render_template("casefile/record/unlinked_beside.html", record_id=record_id, **given)


def _given(session: Session, record_id: str | None) -> dict[str, Any]:
    which, staff, now = _which(), myself(session), ports().clock.now()
    found = unlinked.listed(session, which=which, before=before_moment(), without=record_id)
    facts = {"found": len(found), "which": which.value}
    actor = staff_member(staff.id)
    audit.record(session, actor=actor, action="unlinked.list", subject=Subject("consultation"), facts=facts, now=now)
    return {
        "found": found,
        "which": which,
        "titles": TITLES,
        "older_before": found[-1].at if len(found) == AT_ONCE else None,
        "mine": {one.id for one in found if _may_open(one.counsellor_id, staff)},
    }


def _may_open(counsellor_id: str, staff: Staff) -> bool:
    """Return whether the record can be opened from here, as it belongs to no case."""
    return may(staff.role, Action.OPEN, {Condition.OWN} if counsellor_id == staff.id else set())


def _which() -> UnlinkedFilter:
    return choice(UnlinkedFilter, request.values.get("show", UnlinkedFilter.ALL.value))
