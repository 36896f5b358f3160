"""Actions on what is kept of a person: form of address, wishes, promises, caller code, usual counsellor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.person import page
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.cases.continuity import PromiseEnd, Wish
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import consents, continuity
from callcenter.services.cases.linking import NobodyYet
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.sent import UnknownChoice, a_day, choice

Act = Callable[[Session, Consultation, Person, Staff, datetime], object]


def act_on_person(record_id: str, act: Act) -> str | Response:
    """Call *act* for the person of a record that one may write in, and return the card drawn again."""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        record = consultations.lock_for_writing(session, record_id, staff)
        if record.person is None:
            raise NobodyYet
        act(session, record, record.person, staff, now)
        answer = page.gather_answer(session, record_id)
    return answer()


@bp.post("/records/<record_id>/address")
@staff_who_may(Action.WRITE)
def address(record_id: str) -> str | Response:
    """Set how to address the person."""
    text = request.form.get("how_to_address", "")

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.set_how_to_address(session, person, text, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/wishes")
@staff_who_may(Action.WRITE)
def wishes(record_id: str) -> str | Response:
    """Add or end a wish."""
    ended, note = request.form.get("end"), request.form.get("wish_note", "")
    added = choice(Wish, request.form.get("wish")) if ended is None else None

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        if ended is not None:
            continuity.end_wish(session, person, ended, by=by, now=now)
        elif added is not None:
            continuity.add_wish(session, person, added, note, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/promises")
@staff_who_may(Action.WRITE)
def promises(record_id: str) -> str | Response:
    """Add or settle a promise."""
    settled, end = request.form.get("settle"), choice(PromiseEnd, request.form.get("end", PromiseEnd.KEPT.value))
    note, due, owner_id = request.form.get("promise", ""), request.form.get("due_on"), request.form.get("owner")
    due_on = a_day(due) if due else None

    def act(session: Session, record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        if settled is not None:
            continuity.settle_promise(session, person, settled, end, by=by, now=now)
            return
        owner = _colleague(session, owner_id) if owner_id else by
        continuity.make_promise(session, person, note, due_on=due_on, owner=owner, record=record, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/caller-code")
@staff_who_may(Action.WRITE)
def caller_code(record_id: str) -> str | Response:
    """Give a (new) caller code (呼び番号), or withdraw it."""
    withdrawn = request.form.get("act") == "withdraw"

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        change = continuity.withdraw_code if withdrawn else continuity.give_code
        change(session, person, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/usual")
@staff_who_may(Action.WRITE)
def usual(record_id: str) -> str | Response:
    """Set the usual counsellor (いつもの担当), or leave it to the records."""
    chosen = request.form.get("usual", "")

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.set_usual_counsellor(
            session, person, _colleague(session, chosen) if chosen else None, by=by, now=now
        )

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/consents")
@staff_who_may(Action.WRITE)
def withdraw_consent(record_id: str) -> str | Response:
    """Withdraw the consent to joining records of several channels."""
    consent = request.form.get("withdraw", "")

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        consents.withdraw(session, person.id, consent, by=by, now=now)

    return act_on_person(record_id, act)


def _colleague(session: Session, staff_id: str) -> Staff:
    found = session.get(Staff, staff_id)
    if found is None or not found.active or not may(found.role, Action.ANSWER):
        raise UnknownChoice
    return found
