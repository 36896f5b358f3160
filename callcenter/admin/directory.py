"""The directory: entries, their history, and when they were checked."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.forms import InstitutionForm
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.directory.institutions import InstitutionKind
from callcenter.domain.errors import HelplineError
from callcenter.models.directory import Institution
from callcenter.services.directory import institutions as services
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.checked import unchecked_for
from callcenter.ui.kit.answers import again, onward

SAID = {"verify": "今日、確認しました。", "retire": "一覧から外しました。", "back": "一覧に戻しました。"}


@bp.get("/directory")
@staff_who_may(Action.KEEP_DIRECTORY)
def directory() -> str:
    """Show every entry; those to be checked again say for how long nobody did."""
    with reading() as session:
        rows = [(row, unchecked_for(row.verified_on)) for row in services.everything(session)]
        return render_template("admin/directory/directory.html", rows=rows, kinds=list(InstitutionKind))


@bp.get("/directory/new")
@staff_who_may(Action.KEEP_DIRECTORY)
def new_institution() -> str:
    return _draw(None, InstitutionForm())


@bp.post("/directory/new")
@staff_who_may(Action.KEEP_DIRECTORY)
def add_institution() -> Response | tuple[str, int]:
    """Add an entry."""
    form = InstitutionForm()
    entry = form.entry()
    if entry is None:
        return again(_draw(None, form))
    with unit_of_work() as session:
        services.add(session, entry, by=myself(session), now=ports().clock.now())
    return onward("admin.directory", "窓口を加えました。")


@bp.get("/directory/<institution_id>")
@staff_who_may(Action.KEEP_DIRECTORY)
def institution(institution_id: str) -> str:
    """Show one entry with its history."""
    with reading() as session:
        row = services.entry_with(session, institution_id)
        return _draw(row, InstitutionForm.of(row), history=services.history(session, institution_id))


@bp.post("/directory/<institution_id>")
@staff_who_may(Action.KEEP_DIRECTORY)
def change_institution(institution_id: str) -> Response | tuple[str, int]:
    """Save a change, check an entry, retire it or bring it back."""
    what, now = request.form.get("what", "save"), ports().clock.now()
    if what not in SAID:
        return _save(institution_id)
    with unit_of_work() as session:
        by = myself(session)
        if what == "verify":
            services.verify(session, institution_id, by=by, now=now)
        else:
            services.retire(session, institution_id, back=what == "back", by=by, now=now)
    return onward("admin.institution", SAID[what], institution_id=institution_id)


def _save(institution_id: str) -> Response | tuple[str, int]:
    form, now = InstitutionForm(), ports().clock.now()
    entry, seen, verified = form.entry(), form.version.data or 0, form.verified.data
    try:
        if entry is not None:
            with unit_of_work() as session:
                services.change(session, institution_id, seen, entry, verified=verified, by=myself(session), now=now)
    except HelplineError as refused:
        form.refuse(refused)
    if form.problems:
        with reading() as session:
            row = services.entry_with(session, institution_id)
            return again(_draw(row, form, history=services.history(session, institution_id)))
    return onward("admin.institution", "保存しました。", institution_id=institution_id)


def _draw(row: Institution | None, form: InstitutionForm, history: Any = ()) -> str:
    stale = unchecked_for(row.verified_on) if row else None
    return render_template("admin/directory/institution.html", row=row, form=form, stale=stale, history=history)
