"""Finding the person by the name they give, and linking the record to them."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile import words
from callcenter.casefile.blueprint import bp
from callcenter.casefile.channel_desk import ConsentQuestion, PageResults, desk_of_channel
from callcenter.casefile.forms import ConfirmForm, NewCaseForm
from callcenter.casefile.person import card, choices, cues, page
from callcenter.casefile.person.candidates import apply_hints
from callcenter.casefile.record import form
from callcenter.casefile.record.writing import save_form
from callcenter.casefile.words import name_of_person
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.cases.linking import ConsentNeeded
from callcenter.domain.names.nickname_cues import Cues
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, consents, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.names import nickname_search
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer, from_script
from callcenter.ui.kit.sent import a_moment, a_number

MOST = 9
"""As many candidates as there are keys to choose them with."""


@bp.post("/records/<record_id>/search")
@staff_who_may(Action.WRITE)
def search(record_id: str) -> str:
    """Return candidates for the name as it is typed; a POST, so that no name stands in an address or a log."""
    heard = request.form.get("nickname_heard", "")
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.find_writable(session, record_id, staff)
        linked, draw = record.person_id is not None, None
        said = cues.cues_so_far(request.form, record)
        most = nickname_search.WIDELY if request.form.get("more") else MOST
        found = _candidates(session, record, heard, said, staff, most)
        colleagues = cues.counsellors(session) if found else ()
        if heard.strip():
            nickname_search.record_search(session, found, by=staff_member(staff.id), now=ports().clock.now())
        if not from_script():
            save_form(session, record_id)
            draw = desk_of_channel(record.channel).page(session, record_id, PageResults(tuple(found), said, colleagues))
    if draw is not None:
        return draw()
    given = {"candidates": found, "record_id": record_id, "heard": heard.strip(), "linked": linked}
    given |= {"leads": (), "cues": said, "colleagues": colleagues}
    return render_template("casefile/person/search_found.html", form=form, words=words, ask=cues, **given)


def _candidates(
    session: Session, record: Consultation, heard: str, said: Cues, staff: Staff, most: int = MOST
) -> list[Candidate]:
    found = nickname_search.search(session, heard, said, limit=most + 1)
    return apply_hints(session, record, heard, found, staff, now=ports().clock.now())[:most]


@bp.post("/records/<record_id>/person")
@staff_who_may(Action.WRITE)
def confirm(record_id: str) -> Answer:
    """Link the record to the person the counsellor recognised."""
    form, shown = ConfirmForm(), PageResults()
    chosen = form.person.data or ""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        try:
            if form.consent.data:
                record = consultations.lock_for_writing(session, record_id, staff)
                person = cases.get_person(session, chosen)
                consents.give(session, person.id, record.channel, by=staff, now=now)
            linking.confirm_person(session, record_id, chosen, by=staff, now=now)
        except ConsentNeeded:  # nothing was changed yet
            shown = PageResults(asking=ConsentQuestion(chosen, name_of_person(cases.get_person(session, chosen))))
        answer = page.gather_answer(session, record_id, shown, whole=shown.asking is not None)
    return answer()


@bp.post("/records/<record_id>/new-case")
@staff_who_may(Action.WRITE)
def new_case(record_id: str) -> Answer:
    """Open a case for somebody new, under the name they gave."""
    form = NewCaseForm()
    if not form.validate():
        return page.refuse(record_id, form)
    new = NewPerson((form.nickname_heard.data or "").strip(), relation=form.new_relation.data)
    relative = form.family_of.data or ""
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()
        if relative:
            linking.open_in_case(session, record_id, relative, new, by=staff, now=now)
        else:
            linking.open_new_case(session, record_id, NewCase(new), by=staff, now=now)
        answer = page.gather_answer(session, record_id)
    return answer()


@bp.post("/records/<record_id>/unlink")
@staff_who_may(Action.WRITE)
def unlink(record_id: str) -> str | Response:
    """Unlink the record (つなぎ直す); nothing that was written is lost."""
    with unit_of_work() as session:
        staff = myself(session)
        record = linking.unlink(session, record_id, by=staff, now=ports().clock.now())
        said, heard = cues.cues_so_far(request.form, record), record.nickname_heard
        candidates = tuple(_candidates(session, record, heard, said, staff)) if heard else None
        colleagues = cues.counsellors(session) if candidates else ()
        answer = page.gather_answer(session, record_id, PageResults(candidates, said, colleagues))
    return answer()


@bp.post("/records/<record_id>/earlier")
@staff_who_may(Action.WRITE)
def earlier(record_id: str) -> str:
    """Return still earlier consultations; a POST, as every opening is written into the trail."""
    before, depth = a_moment(request.form.get("before")), a_number(request.form.get("depth"), otherwise=1)
    now, draw = ports().clock.now(), None
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.lock_for_writing(session, record_id, staff)
        past, lists = (
            card.earlier_contacts(session, record, staff, now=now, before=before),
            choices.form_choices(session),
        )
        if not from_script():
            draw = desk_of_channel(record.channel).page(session, record_id, PageResults(past=past))
    if draw is not None:
        return draw()
    given = {"past": past, "record_id": record_id, "depth": depth, "beside": lists}
    return render_template("casefile/person/earlier.html", **given)
