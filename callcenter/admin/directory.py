"""The directory as supervisors and administrators keep it: entries, their history, and when they were checked."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.directory.institutions import Entry, EntryIncomplete, InstitutionKind, read_entry
from callcenter.domain.errors import HelplineError
from callcenter.domain.places import municipalities, prefectures_for_choice
from callcenter.domain.records.consultations import Topic
from callcenter.models.directory import Institution
from callcenter.services.directory import institutions as services
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.checked import unchecked_for
from callcenter.ui.forms import Problem


@bp.get("/directory")
@staff_who_may(Action.KEEP_DIRECTORY)
def directory() -> str:
    """Every entry; those to be checked again say for how long nobody has."""
    with reading() as session:
        rows = [(row, unchecked_for(row.verified_on)) for row in services.everything(session)]
        return render_template("admin/directory.html", rows=rows, kinds=list(InstitutionKind))


@bp.get("/directory/new")
@staff_who_may(Action.KEEP_DIRECTORY)
def new_institution() -> str:
    return _form(None, Entry(kind="", name=""))


@bp.post("/directory/new")
@staff_who_may(Action.KEEP_DIRECTORY)
def add_institution() -> Response | tuple[str, int]:
    """Add an entry."""
    try:
        entry = read_entry(request.form, request.form.getlist("topics"))
    except EntryIncomplete as wrong:
        return _form(None, _typed(), Problem(wrong.field, wrong.message)), 422
    with unit_of_work() as session:
        services.add(session, entry, by=myself(session), now=ports().clock.now())
    flash("窓口を加えました。")
    return redirect(url_for("admin.directory"), 303)


@bp.get("/directory/<institution_id>")
@staff_who_may(Action.KEEP_DIRECTORY)
def institution(institution_id: str) -> str:
    """One entry with its history."""
    with reading() as session:
        row = services.entry_with(session, institution_id)
        return _form(row, Entry.of(row), history=services.history(session, institution_id))


@bp.post("/directory/<institution_id>")
@staff_who_may(Action.KEEP_DIRECTORY)
def change_institution(institution_id: str) -> Response | tuple[str, int]:
    """Save a change, check an entry, take it out or bring it back."""
    what, now = request.form.get("what", "save"), ports().clock.now()
    try:
        with unit_of_work() as session:
            by = myself(session)
            if what == "verify":
                services.verify(session, institution_id, by=by, now=now)
            elif what in ("retire", "back"):
                services.retire(session, institution_id, back=what == "back", by=by, now=now)
            else:
                entry = read_entry(request.form, request.form.getlist("topics"))
                seen, verified = request.form.get("version", 0, int), "verified" in request.form
                services.change(session, institution_id, seen, entry, verified=verified, by=by, now=now)
    except HelplineError as wrong:
        problem = Problem(getattr(wrong, "field", None), wrong.message)
        with reading() as session:
            row = services.entry_with(session, institution_id)
            return _form(row, _typed(), problem, history=services.history(session, institution_id)), 422
    said = {"verify": "今日、確認しました。", "retire": "一覧から外しました。", "back": "一覧にもどしました。"}
    flash(said.get(what, "保存しました。"))
    return redirect(url_for("admin.institution", institution_id=institution_id), 303)


def _form(row: Institution | None, entry: Entry, problem: Problem | None = None, history: Any = ()) -> str:
    return render_template(
        "admin/institution.html",
        row=row,
        entry=entry,
        stale=unchecked_for(row.verified_on) if row else None,
        history=history,
        problems=[problem] if problem else [],
        kinds=[("", "選んでください"), *((kind.value, kind.label) for kind in InstitutionKind)],
        topics=[(topic.value, topic.label) for topic in Topic if topic is not Topic.UNKNOWN],
        prefectures=[("unknown", "どこでも"), *((one.value, one.label) for one in prefectures_for_choice())],
        municipalities=[("unknown", "どこでも"), *((one.code, one.name) for one in municipalities().values())],
    )


def _typed() -> Entry:
    """Return what was typed, as it stands, so that nothing has to be written twice."""
    sent = request.form
    return Entry(
        kind=sent.get("kind", ""),
        name=sent.get("name", ""),
        kana=sent.get("kana", ""),
        number=sent.get("number", ""),
        hours=sent.get("hours", ""),
        opens=sent.get("opens", ""),
        cost=sent.get("cost", ""),
        for_whom=sent.get("for_whom", ""),
        topics=tuple(sent.getlist("topics")),
        prefecture=sent.get("prefecture", ""),
        municipality=sent.get("municipality", ""),
        note=sent.get("note", ""),
        source=sent.get("source", ""),
    )
