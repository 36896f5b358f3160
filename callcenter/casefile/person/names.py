"""The nicknames of a person, on their case's page and beside a call: added, corrected, retired."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from callcenter.casefile.blueprint import bp
from callcenter.casefile.case.page import draw_case
from callcenter.casefile.forms import NameForm
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.access import on_the_line
from callcenter.services.cases import case_access, cases, wall
from callcenter.services.names import nicknames
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer, again, from_script
from callcenter.ui.kit.sent import UnknownChoice

ACTS = {
    "add": "呼び名を加えました。",
    "correct": "呼び名を直しました。",
    "retire": "この呼び名では、探せないようにしました。",
    "restore": "この呼び名でも、探せるようにしました。",
}


@bp.post("/people/<person_id>/names/<act>")
@staff_who_may(Action.CARE)
def change_names(person_id: str, act: str) -> Answer:
    """Change one name; persons behind the wall cannot be changed either."""
    if act not in ACTS:
        raise UnknownChoice
    form = NameForm()
    if not form.validate():
        return _refused(person_id, form)
    try:
        with unit_of_work() as session:
            staff = myself(session)
            person = _person(session, person_id, staff)
            case_id = case_access.lock_for_work(session, person.case_id, staff, now=ports().clock.now()).id
            _change(session, person, act, form, staff)
            names = nicknames.all_of(session, person)
    except HelplineError as refused:
        form.refuse(refused, "names")
        return _refused(person_id, form, refused)
    if from_script():
        return render_template(
            "casefile/person/names.html", person_id=person_id, names=names, name_form=NameForm(formdata=None)
        )
    flash(ACTS[act])
    return redirect(url_for("casefile.case", case_id=case_id, person=person_id, _anchor="names"), 303)


def _person(session: Session, person_id: str, staff: Staff) -> Person:
    person = cases.get_person(session, person_id)
    if wall.is_hidden(session, on_the_line.speaker_in_case(session, staff, person.case_id), person):
        raise cases.NoSuchPerson
    return person


def _change(session: Session, person: Person, act: str, form: NameForm, staff: Staff) -> None:
    by, now, chosen = staff_member(staff.id), ports().clock.now(), form.name.data or ""
    text, reading = form.name_text.data or "", form.name_reading.data or ""
    if act == "add":
        nicknames.add_nickname(session, person, text, reading, by=by, now=now, since=local_date(now))
    elif act == "correct":
        nicknames.correct(session, person, chosen, text, reading, by=by, now=now)
    elif act == "retire":
        nicknames.retire(session, person, chosen, by=by, now=now, on=local_date(now))
    else:
        nicknames.restore(session, person, chosen, by=by, now=now)


def _refused(person_id: str, form: NameForm, refused: HelplineError | None = None) -> Answer:
    """Return the page with what was typed, or the reason to a script."""
    if from_script():
        raise refused or form.refusal
    with unit_of_work() as session:
        person = _person(session, person_id, myself(session))
        case_id = person.case_id
    return again(draw_case(case_id, form))
