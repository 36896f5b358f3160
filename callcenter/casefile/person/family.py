"""Actions beside a record: opening the wall, sharing parts, merging entries and undoing that."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from callcenter.casefile.blueprint import bp
from callcenter.casefile.forms import MergeForm, ShareForm, UnmergeForm, WallForm
from callcenter.casefile.person import page
from callcenter.casefile.person.thread import act_on_person
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.cases.linking import LinkState, MergeKind
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking, merging, wall
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer
from callcenter.ui.kit.sent import UnknownChoice


@bp.post("/records/<record_id>/wall")
@staff_who_may(Action.WRITE)
def open_wall(record_id: str) -> Answer:
    """Open what others of the family said, with a reason, for this record."""
    form = WallForm()

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        wall.open_for(session, record.id, form.reason.data or "", by=by, now=now)

    return act_on_person(record_id, act, form, "reason")


@bp.post("/records/<record_id>/wall/close")
@staff_who_may(Action.WRITE)
def close_wall(record_id: str) -> Answer:
    """Close again what was opened of the family, before the record is finished."""

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        wall.close_for(session, record.id, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/share")
@staff_who_may(Action.WRITE)
def share(record_id: str) -> Answer:
    """Set which parts of one of their consultations are shared in the family."""
    form = ShareForm()

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        parts = form.part.data or ()
        wall.share(session, form.consultation.data or "", parts, beside=record, by=by, now=now)

    return act_on_person(record_id, act, form)


@bp.post("/records/<record_id>/merge")
@staff_who_may(Action.WRITE)
def merge(record_id: str) -> Answer:
    """Merge a second entry of the person or family."""
    form = MergeForm()

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        other = cases.get_person(session, form.other.data or "")
        if form.kind.data is MergeKind.PEOPLE:
            merging.merge_people(session, person.id, other.id, by=by, now=now)
        else:
            merging.merge_cases(session, person.case_id, other.case_id, by=by, now=now)

    return act_on_person(record_id, act, form)


@bp.post("/records/<record_id>/unmerge")
@staff_who_may(Action.WRITE)
def unmerge(record_id: str) -> Answer:
    """Undo a merge; what was written since goes where the counsellor says."""
    form = UnmergeForm()

    def act(session: Session, _record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        merging.undo(session, form.merge.data or "", back=form.back.data or [], by=by, now=now)

    return act_on_person(record_id, act, form)


@bp.post("/records/<record_id>/not-sure")
@staff_who_may(Action.WRITE)
def not_sure(record_id: str) -> Answer:
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
def attach(record_id: str) -> Answer:
    """Link an earlier unlinked consultation to the person, or take that back."""
    chosen, undone = request.form.get("consultation", ""), request.form.get("act") == "undo"

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        if undone:
            linking.unlink(session, chosen, by=by, now=now)
        else:
            linking.attach_earlier(session, chosen, record.id, by=by, now=now)

    return act_on_person(record_id, act)
