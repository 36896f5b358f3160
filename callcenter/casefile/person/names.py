"""The nicknames of a person, on their case's page and beside a call: added, corrected, retired."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.case.page import draw_case
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import case_access, cases, wall
from callcenter.services.names import nicknames
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import from_script
from callcenter.ui.kit.sent import UnknownChoice

ACTS = {
    "add": "呼び名を加えました。",
    "correct": "呼び名を直しました。",
    "retire": "この呼び名では、さがせないようにしました。",
    "restore": "この呼び名でも、さがせるようにしました。",
}

Answer = Response | str | tuple[str, int]


@bp.post("/people/<person_id>/names/<act>")
@staff_who_may(Action.CARE)
def change_names(person_id: str, act: str) -> Answer:
    """Change one name; persons behind the wall cannot be changed either."""
    if act not in ACTS:
        raise UnknownChoice
    try:
        with unit_of_work() as session:
            staff = myself(session)
            person = _person(session, person_id, staff)
            case_id = case_access.lock_for_work(session, person.case_id, staff, now=ports().clock.now()).id
            _change(session, person, act, staff)
            names = nicknames.all_of(session, person)
    except HelplineError as refused:
        return _refused(person_id, refused)
    if from_script():
        return render_template("casefile/person/names.html", person_id=person_id, names=names, typed={}, problems=())
    flash(ACTS[act])
    return redirect(url_for("casefile.case", case_id=case_id, person=person_id, _anchor="names"), 303)


def _person(session: Session, person_id: str, staff: Staff) -> Person:
    person = cases.get_person(session, person_id)
    if wall.is_hidden(session, wall.speaker_on_the_line(session, staff), person):
        raise cases.NoSuchPerson
    return person


def _change(session: Session, person: Person, act: str, staff: Staff) -> None:
    by, now, chosen = staff_member(staff.id), ports().clock.now(), request.form.get("name", "")
    text, reading = request.form.get("name_text", ""), request.form.get("name_reading", "")
    if act == "add":
        nicknames.add_nickname(session, person, text, reading, by=by, now=now, since=local_date(now))
    elif act == "correct":
        nicknames.correct(session, person, chosen, text, reading, by=by, now=now)
    elif act == "retire":
        nicknames.retire(session, person, chosen, by=by, now=now, on=local_date(now))
    else:
        nicknames.restore(session, person, chosen, by=by, now=now)


def _refused(person_id: str, refused: HelplineError) -> Answer:
    """Return the page with what was typed, or the reason to a script."""
    if from_script():
        raise refused
    with unit_of_work() as session:
        person = _person(session, person_id, myself(session))
        case_id = person.case_id
    typed: dict[str, Any] = request.form.to_dict()
    return draw_case(case_id, problems=(Problem("names", refused.message),), typed=typed), 422
