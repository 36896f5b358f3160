"""The wall inside a family, and making entries one or parting them again: the acts beside a record."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from callcenter.casefile.blueprint import bp
from callcenter.casefile.forms import MergeForm, ShareForm, UnmergeForm, WallForm
from callcenter.casefile.person import page
from callcenter.casefile.person.thread import beside
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

    return beside(record_id, act, form, "reason")


@bp.post("/records/<record_id>/share")
@staff_who_may(Action.WRITE)
def share(record_id: str) -> Answer:
    """Say what of one of their consultations may be told in the family."""
    form = ShareForm()

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        parts = form.part.data or ()
        wall.share(session, form.consultation.data or "", parts, beside=record, by=by, now=now)

    return beside(record_id, act, form)


@bp.post("/records/<record_id>/merge")
@staff_who_may(Action.WRITE)
def merge(record_id: str) -> Answer:
    """The person, or the family, has a second entry: make them one."""
    form = MergeForm()

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        other = cases.get_person(session, form.other.data or "")
        if form.kind.data is MergeKind.PEOPLE:
            merging.merge_people(session, person.id, other.id, by=by, now=now)
        else:
            merging.merge_cases(session, person.case_id, other.case_id, by=by, now=now)

    return beside(record_id, act, form)


@bp.post("/records/<record_id>/unmerge")
@staff_who_may(Action.WRITE)
def unmerge(record_id: str) -> Answer:
    """Part what was made one; what was written since goes where the counsellor says."""
    form = UnmergeForm()

    def act(session: Session, _record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        merging.undo(session, form.merge.data or "", back=form.back.data or [], by=by, now=now)

    return beside(record_id, act, form)


@bp.post("/records/<record_id>/not-sure")
@staff_who_may(Action.WRITE)
def not_sure(record_id: str) -> Answer:
    """まだわからない, perhaps this person; or they wish to stay anonymous."""
    doubt, maybe = request.form.get("doubt", LinkState.UNSURE.value), request.form.get("maybe") or None
    if doubt not in (LinkState.UNSURE, LinkState.ANONYMOUS):
        raise UnknownChoice
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        linking.record_doubt(session, record_id, LinkState(doubt), maybe=maybe, by=staff, now=now)
        answer = page.answer(session, record_id)
    return answer()


@bp.post("/records/<record_id>/attach")
@staff_who_may(Action.WRITE)
def attach(record_id: str) -> Answer:
    """An earlier contact that belonged to nobody was theirs, too; or it was not after all."""
    chosen, undone = request.form.get("consultation", ""), request.form.get("act") == "undo"

    def act(session: Session, record: Consultation, _person: Person, by: Staff, now: datetime) -> None:
        if undone:
            linking.unlink(session, chosen, by=by, now=now)
        else:
            linking.attach_earlier(session, chosen, record.id, by=by, now=now)

    return beside(record_id, act)
