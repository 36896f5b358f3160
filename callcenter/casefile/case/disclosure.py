"""Disclosing a case to the person it is about: decide part by part, then PDF or JSON."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import render_template, request, session
from werkzeug.wrappers import Response

from callcenter.adapters import pdf
from callcenter.casefile import words
from callcenter.casefile.blueprint import bp
from callcenter.casefile.forms import DisclosureForm
from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.keeping.disclosure import ReasonFirst, check_reason, decide
from callcenter.services.keeping import disclosures
from callcenter.services.keeping.disclosures import Copy, Draft
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import again
from callcenter.ui.staff.login_flow import is_proven, requires_recent_proof

KINDS = {"pdf": "application/pdf", "json": "application/json", "review": "application/pdf"}


@bp.get("/cases/<case_id>/disclosure")
@staff_who_may(Action.EXPORT)
@requires_recent_proof("casefile.disclosure")
def disclosure(case_id: str) -> str:
    """Show every part of the case with its proposed mark; needs a recent proof of identity."""
    session["disclosing"] = case_id
    draft = _gathered(case_id)
    return _draw(draft, _form(draft))


@bp.post("/cases/<case_id>/disclosure")
@staff_who_may(Action.EXPORT)
def disclose(case_id: str) -> Response | str | tuple[str, int]:
    """Make the file as decided; it is recorded before anybody has it.

    Deciding part by part takes longer than a proof of identity holds, so it is asked for once more, and what was
    decided is kept meanwhile.
    """
    if session.get("disclosing") != case_id:
        return disclosure(case_id)
    if not is_proven():
        return again(render_template("casefile/case/disclosure_proof.html", case_id=case_id, sent=_sent()))
    kind = request.form.get("kind", "")
    draft = _gathered(case_id)
    form = _form(draft)
    if not form.validate():
        return again(_draw(draft, form))
    try:
        reason = check_reason(form.reason.data or "")
    except ReasonFirst as missing:
        form.refuse(missing, "reason")
        return again(_draw(draft, form))
    for_review, now = kind == "review", ports().clock.now()
    decided = decide(draft.sections, form.marks, (form.phrases.data or "").splitlines(), for_review=for_review)
    service = settings().service_name
    made = disclosures.document(draft, decided, service=service, for_review=for_review, now=now)
    # Setting the pages takes a moment, in which no transaction shall wait.
    body = disclosures.as_json(made) if kind == "json" else pdf.disclosure(made)
    kind = kind if kind in KINDS else "pdf"
    with unit_of_work() as database:
        by = myself(database)
        actor = staff_member(by.id)
        disclosures.record_export(database, draft, decided, Copy(kind, body, reason), by=by, actor=actor, now=now)
    return _file(body, kind, f"{local_date(now):%Y%m%d}")


def _sent() -> list[tuple[str, str]]:
    """Return what was decided, to be sent once more."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _gathered(case_id: str) -> Draft:
    names, person = settings().policy.disclose_staff_names, request.values.get("person") or None
    with unit_of_work() as database:
        return disclosures.gather(database, case_id, person, names=names, by=myself(database), now=ports().clock.now())


def _form(draft: Draft) -> DisclosureForm:
    return DisclosureForm.over(piece for section in draft.sections for piece in section.pieces)


def _draw(draft: Draft, form: DisclosureForm) -> str:
    return render_template("casefile/case/disclosure.html", draft=draft, words=words, form=form)


def _file(body: bytes, kind: str, day: str) -> Response:
    ending, name = ("json" if kind == "json" else "pdf"), ("review" if kind == "review" else "disclosure")
    answer = FlaskResponse(body, mimetype=KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day}.{ending}"'
    return answer
