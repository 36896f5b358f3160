"""Actions on what is kept of a person: form of address, wishes, promises, caller code, usual counsellor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from callcenter.casefile.blueprint import bp
from callcenter.casefile.forms import AddressForm, PromiseForm, UsualForm, WishForm
from callcenter.casefile.person import page
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action, may
from callcenter.domain.cases.continuity import NoteTooLong, NothingPromised, PromiseEnd
from callcenter.domain.cases.wall import ReasonNeeded
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import consents, continuity
from callcenter.services.cases.linking import NobodyYet
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Form
from callcenter.ui.kit.answers import Answer
from callcenter.ui.kit.sent import UnknownChoice, choice

Act = Callable[[Session, Consultation, Person, Staff, datetime], object]


def act_on_person(record_id: str, act: Act, form: Form | None = None, field: str | None = None) -> Answer:
    """Call *act* for the person of a record that one may write in, and return the card drawn again.

    A *form* is looked at first; what a rule says of its text stands beside its *field*.
    """
    form = Form() if form is None else form
    if not form.validate():
        return page.refuse(record_id, form)
    try:
        with unit_of_work() as session:
            staff, now = myself(session), ports().clock.now()
            record = consultations.lock_for_writing(session, record_id, staff)
            if record.person is None:
                raise NobodyYet
            act(session, record, record.person, staff, now)
            answer = page.gather_answer(session, record_id)
    except (NoteTooLong, NothingPromised, ReasonNeeded) as refused:
        form.refuse(refused, field)
        return page.refuse(record_id, form, refused)
    return answer()


@bp.post("/records/<record_id>/address")
@staff_who_may(Action.WRITE)
def address(record_id: str) -> Answer:
    """Set how to address the person."""
    form = AddressForm()

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.set_how_to_address(session, person, form.how_to_address.data or "", by=by, now=now)

    return act_on_person(record_id, act, form, "how_to_address")


@bp.post("/records/<record_id>/wishes")
@staff_who_may(Action.WRITE)
def wishes(record_id: str) -> Answer:
    """Add or end a wish."""
    ended, form = request.form.get("end"), WishForm()

    def end(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.end_wish(session, person, ended or "", by=by, now=now)

    def add(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.add_wish(session, person, form.wish.data, form.wish_note.data or "", by=by, now=now)

    return act_on_person(record_id, add, form, "wish_note") if ended is None else act_on_person(record_id, end)


@bp.post("/records/<record_id>/promises")
@staff_who_may(Action.WRITE)
def promises(record_id: str) -> Answer:
    """Add or settle a promise."""
    settled, form = request.form.get("settle"), PromiseForm()
    ended = choice(PromiseEnd, request.form.get("end", PromiseEnd.KEPT.value))

    def settle(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        continuity.settle_promise(session, person, settled or "", ended, by=by, now=now)

    def promise(session: Session, record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        owner = _colleague(session, form.owner.data) if form.owner.data else by
        text, due_on = form.promise.data or "", form.due_on.data
        continuity.make_promise(session, person, text, due_on=due_on, owner=owner, record=record, by=by, now=now)

    return act_on_person(record_id, promise, form, "promise") if settled is None else act_on_person(record_id, settle)


@bp.post("/records/<record_id>/caller-code")
@staff_who_may(Action.WRITE)
def caller_code(record_id: str) -> Answer:
    """Give a (new) caller code (呼び番号), or withdraw it."""
    withdrawn = request.form.get("act") == "withdraw"

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        change = continuity.withdraw_code if withdrawn else continuity.give_code
        change(session, person, by=by, now=now)

    return act_on_person(record_id, act)


@bp.post("/records/<record_id>/usual")
@staff_who_may(Action.WRITE)
def usual(record_id: str) -> Answer:
    """Set the usual counsellor (いつもの担当), or leave it to the records."""
    form = UsualForm()

    def act(session: Session, _record: Consultation, person: Person, by: Staff, now: datetime) -> None:
        chosen = _colleague(session, form.usual.data) if form.usual.data else None
        continuity.set_usual_counsellor(session, person, chosen, by=by, now=now)

    return act_on_person(record_id, act, form)


@bp.post("/records/<record_id>/consents")
@staff_who_may(Action.WRITE)
def withdraw_consent(record_id: str) -> Answer:
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
