"""Saving reply and record while they are written; whatever cannot be stored is shown back, never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from callcenter.casefile.record.form import TEXTS, changes
from callcenter.casefile.record.writing import NotASave, as_saved, save_each, sent_fields
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.replies import Line, ReplyTemplate
from callcenter.domain.staff.roles import NotYours
from callcenter.mail.desk.blueprint import bp
from callcenter.services.directory import institutions
from callcenter.services.members.answering import claims, replying
from callcenter.services.members.answering.replying import REPLY
from callcenter.services.records import prefill
from callcenter.services.records.consultations import Saved
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import Answer, from_script, onward
from callcenter.ui.kit.sent import a_number, choice

LINES_NAMED = 5
"""Other lines in a reply that cannot answer; more would read like a table."""


class WrittenInTwoPlaces(HelplineError):
    """Raised where the reply was changed in another window, and this form was sent without scripts."""

    message = "ほかの画面で、返事が書き直されています。下の文は、まだ保存されていません。"


@bp.post("/<thread_id>/save")
@staff_who_may(Action.REPLY)
def save(thread_id: str) -> Answer:
    """Save what was typed: field by field for a script, the whole form without one."""
    if not from_script():
        return save_and(thread_id, lambda: onward("mail_desk.room", "保存しました。", thread_id=thread_id))
    fields, seen = sent_fields()
    with unit_of_work() as session:
        staff, now = myself(session), ports().clock.now()

        def save_group(version: int, group: Mapping[str, Any]) -> Saved:
            return replying.save(session, thread_id, version, group, by=staff, now=now)

        saved = save_each(fields, seen, save_group, now=now)
    return as_saved(fields, saved)


@bp.post("/<thread_id>/preview")
@staff_who_may(Action.REPLY)
def to_preview(thread_id: str) -> Answer:
    """Save, and lead to the reply as it will be read."""
    return save_and(thread_id, lambda: redirect(url_for("mail_desk.preview", thread_id=thread_id), 303))


@bp.post("/<thread_id>/to-join")
@staff_who_may(Action.REPLY)
def to_join(thread_id: str) -> Answer:
    """Save, and lead to the page on which the member is joined to a person."""
    return save_and(thread_id, lambda: redirect(url_for("mail_desk.join", thread_id=thread_id), 303))


@bp.post("/<thread_id>/let-go")
@staff_who_may(Action.REPLY)
def let_go(thread_id: str) -> Answer:
    """Save, and give the claim back."""

    def give_back() -> Response:
        with unit_of_work() as session:
            claims.let_go(session, thread_id, by=myself(session), now=ports().clock.now())
        return onward("mail_desk.inbox", "担当から外れました。書いた文は残っていて、次に担当する人が続きから書けます。")

    return save_and(thread_id, give_back)


@bp.post("/<thread_id>/template")
@staff_who_may(Action.REPLY)
def template(thread_id: str) -> Answer:
    """Save, and add the words of a template below the reply."""
    wanted = choice(ReplyTemplate, request.form.get("template"))

    def insert() -> Response:
        with unit_of_work() as session:
            now = ports().clock.now()
            there = institutions.lines_at_hand(session, shipped_helplines(), now=now)[:LINES_NAMED]
            lines: list[Line] = [(line.name, line.number, line.hours) for line, _ in there]
            replying.insert_template(session, thread_id, wanted, lines, by=myself(session), now=now)
        return redirect(url_for("mail_desk.room", thread_id=thread_id, _anchor=REPLY), 303)

    return save_and(thread_id, insert)


@bp.post("/<thread_id>/same-today")
@staff_who_may(Action.REPLY)
def same_today(thread_id: str) -> Answer:
    """Save, and store that what was told at the registration holds today, too."""
    wanted = request.form.get("confirm", "")

    def confirm() -> Response:
        with unit_of_work() as session:
            record = replying.record_of(session, thread_id, by=myself(session), now=ports().clock.now())
            prefill.confirm(session, record, wanted, by=myself(session), now=ports().clock.now())
        return redirect(url_for("mail_desk.room", thread_id=thread_id, _anchor=wanted), 303)

    return save_and(thread_id, confirm)


def save_and(thread_id: str, then: Callable[[], Response]) -> Answer:
    """Save the whole form, then do *then*; what could not be saved is shown back, to be copied."""
    sent = changes(request.form)
    if REPLY in request.form:
        sent[REPLY] = request.form[REPLY]
    if not sent:
        raise NotASave
    version = a_number(request.form.get("version"))
    try:
        with unit_of_work() as session:
            saved = replying.save(session, thread_id, version, sent, by=myself(session), now=ports().clock.now())
        if REPLY in saved.conflicts or REPLY in saved.held:
            raise WrittenInTwoPlaces
    except HelplineError as refused:
        return _shown_back(thread_id, refused), 403 if isinstance(refused, NotYours) else 409
    if saved.conflicts:
        flash("ほかの画面で書いた欄は、そのままにしました。")
    return then()


def _shown_back(thread_id: str, refused: HelplineError) -> str:
    """Return everything that was typed, with why it is not stored and what to do."""
    labels = {REPLY: "返事", **{name: label for name, label, _ in TEXTS}}
    typed = [(name, label, request.form[name]) for name, label in labels.items() if request.form.get(name, "").strip()]
    return render_template("mail/desk/room/kept.html", thread_id=thread_id, why=refused.message, typed=typed)
