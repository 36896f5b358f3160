"""Replies that wait for a supervisor: the list, and one of them as it will be read."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.replies import RemarkNeeded, RemarkTooLong
from callcenter.mail.desk.blueprint import bp
from callcenter.mail.desk.forms import RemarkForm
from callcenter.mail.desk.sending import NOT_YET, opened, seen
from callcenter.services.members.answering import approving
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import Answer, again, onward


@bp.get("/approvals")
@staff_who_may(Action.APPROVE_REPLY)
def approvals() -> str:
    """Show which replies wait, without a word of them."""
    with reading() as session:
        found = approving.waiting(session, by=myself(session))
    return render_template("mail/desk/approvals.html", found=found, now=ports().clock.now())


@bp.get("/approvals/<thread_id>")
@staff_who_may(Action.APPROVE_REPLY)
def approval(thread_id: str) -> str | Response:
    """Show a reply as its reader will see it, beside what it answers."""
    return _draw(thread_id, RemarkForm(formdata=None))


@bp.post("/approvals/<thread_id>/approve")
@staff_who_may(Action.APPROVE_REPLY)
def approve(thread_id: str) -> Answer:
    """Send it."""
    try:
        with unit_of_work() as session:
            approving.approve(session, thread_id, seen(), by=myself(session), now=ports().clock.now())
    except NOT_YET as refused:
        return _again(thread_id, RemarkForm(formdata=None), refused)
    return onward("mail_desk.approvals", "返事を送りました。")


@bp.post("/approvals/<thread_id>/hand-back")
@staff_who_may(Action.APPROVE_REPLY)
def hand_back(thread_id: str) -> Answer:
    """Hand it back to who wrote it, with a remark."""
    form = RemarkForm()
    if not form.validate():
        return _again(thread_id, form)
    try:
        with unit_of_work() as session:
            by, now = myself(session), ports().clock.now()
            approving.hand_back(session, thread_id, form.remark.data or "", by=by, now=now)
    except (RemarkNeeded, RemarkTooLong) as refused:
        form.refuse(refused)
        return _again(thread_id, form)
    return onward("mail_desk.approvals", "書いた人に戻しました。お知らせが届きます。")


def _again(thread_id: str, form: RemarkForm, refused: HelplineError | None = None) -> Answer:
    drawn = _draw(thread_id, form, refused)
    return again(drawn) if isinstance(drawn, str) else drawn


def _draw(thread_id: str, form: RemarkForm, refused: HelplineError | None = None) -> str | Response:
    with unit_of_work() as session:
        here = opened(session, thread_id)
        own = here.reply is not None and approving.is_own(session, here.thread_id, by=myself(session))
    if here.reply is None or not here.reply.handed_in:
        return onward("mail_desk.approvals", "この返事は、もう確認を待っていません。")
    problems = [*form.problems, *([] if refused is None else [Problem.of(refused)])]
    return render_template("mail/desk/approval.html", room=here, form=form, own=own, problems=problems)
