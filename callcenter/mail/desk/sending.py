"""The reply as it will be read, and sending it: one page, one press."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.members.replies import ApprovalNeeded, ChangedMeanwhile, ReplyProblem, WroteMeanwhile
from callcenter.domain.records.record_codes import MissingField
from callcenter.mail.desk import room
from callcenter.mail.desk.blueprint import bp
from callcenter.mail.desk.room import Room
from callcenter.services.members.answering import approving, replying
from callcenter.services.members.answering import reading as letters
from callcenter.services.members.answering.replying import Seen
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import Answer, again, onward
from callcenter.ui.kit.sent import a_number

NOT_YET = (ReplyProblem, MissingField, ChangedMeanwhile, WroteMeanwhile, ApprovalNeeded)
"""What is mended on the way back to the reply, or by looking once more."""


@bp.get("/<thread_id>/preview")
@staff_who_may(Action.REPLY)
def preview(thread_id: str) -> Answer:
    """Show the reply as its reader will see it, with what is still missing."""
    return _draw(thread_id)


@bp.post("/<thread_id>/send")
@staff_who_may(Action.REPLY)
def send(thread_id: str) -> Answer:
    """Send the reply, or hand it to a supervisor where one has to read it first; sent again, nothing happens again."""
    policy = settings().policy
    try:
        with unit_of_work() as session:
            by, now = myself(session), ports().clock.now()
            if policy.reply_approval:
                approving.hand_in(session, thread_id, seen(), by=by, now=now)
            else:
                replying.send(session, thread_id, seen(), by=by, now=now, policy=policy)
    except NOT_YET as refused:
        drawn = _draw(thread_id, Problem.of(refused))
        return again(drawn) if isinstance(drawn, str) else drawn
    if policy.reply_approval:
        return onward("mail_desk.inbox", "統括に確認をたのみました。確認が終わると、返事が送られます。")
    return onward("mail_desk.inbox", "返事を送りました。おつかれさまでした。")


def seen() -> Seen:
    """Return what was looked at before the press."""
    sent = request.form
    return Seen(sent.get("draft", ""), a_number(sent.get("version")), sent.get("letter", ""))


def opened(session: Session, thread_id: str) -> Room:
    """Open a consultation for a page about its reply."""
    staff, now = myself(session), ports().clock.now()
    return room.look(session, letters.open_thread(session, thread_id, by=staff, now=now), staff, now)


def _draw(thread_id: str, problem: Problem | None = None) -> str | Response:
    with unit_of_work() as session:
        here = opened(session, thread_id)
        missing = replying.what_is_missing(session, thread_id)
    if here.reply is None or not here.claim.mine:
        return onward("mail_desk.room", thread_id=thread_id)
    problems = [problem] if problem is not None else [Problem.of(one) for one in missing]
    return render_template("mail/desk/preview.html", room=here, problems=problems, now=ports().clock.now())
