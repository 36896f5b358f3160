"""Actions beside a record: opening the wall, sharing parts, merging entries and undoing that."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.person import page
from callcenter.casefile.person.thread import act_on_person
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.cases.linking import LinkState, MergeKind
from callcenter.domain.cases.wall import Part
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking, merging, wall
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.sent import UnknownChoice, choice


@bp.post("/records/<record_id>/wall")
@staff_who_may(Action.WRITE)
def open_wall(record_id: str) -> str | Response:
    """Open what others of the family said, with a reason, for this record."""
    reason = request.form.get("reason", "")

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        wall.open_for(session, record.id, reason, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/share")
@staff_who_may(Action.WRITE)
def share(record_id: str) -> str | Response:
    """Set which parts of one of their consultations are shared in the family."""
    chosen, parts = request.form.get("consultation", ""), [choice(Part, one) for one in request.form.getlist("part")]

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        wall.share(session, chosen, parts, beside=record, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/merge")
@staff_who_may(Action.WRITE)
def merge(record_id: str) -> str | Response:
    """Merge a second entry of the person or family."""
    other_id, kind = request.form.get("other", ""), choice(MergeKind, request.form.get("kind"))

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        other = cases.get_person(session, other_id)
        if kind is MergeKind.PEOPLE:
            merging.merge_people(session, person.id, other.id, by=by, now=now)
        else:
            merging.merge_cases(session, person.case_id, other.case_id, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/unmerge")
@staff_who_may(Action.WRITE)
def unmerge(record_id: str) -> str | Response:
    """Undo a merge; what was written since goes where the counsellor says."""
    merge_id, back = request.form.get("merge", ""), request.form.getlist("back")

    def act(session: Session, _record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        merging.undo(session, merge_id, back=back, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/not-sure")
@staff_who_may(Action.WRITE)
def not_sure(record_id: str) -> str | Response:
    """Store that it is unsure who called (まだわからない), or that they wish to stay anonymous."""
    doubt, maybe = request.form.get("doubt", LinkState.UNSURE.value), request.form.get("maybe") or None
    if doubt not in (LinkState.UNSURE, LinkState.ANONYMOUS):
        raise UnknownChoice
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        linking.record_doubt(session, record_id, LinkState(doubt), maybe=maybe, by=staff, now=now)
        answer = page.gather_answer(session, record_id)
    return answer()


@bp.post("/records/<record_id>/attach")
@staff_who_may(Action.WRITE)
def attach(record_id: str) -> str | Response:
    """Link an earlier unlinked consultation to the person, or take that back."""
    chosen, undone = request.form.get("consultation", ""), request.form.get("act") == "undo"

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        if undone:
            linking.unlink(session, chosen, by=by, now=now)
        else:
            linking.attach_earlier(session, chosen, record.id, by=by, now=now)

    return act_on_person(record_id, act)
