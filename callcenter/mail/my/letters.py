"""One consultation: its letters in order, what to expect, going on in it, and taking it back."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.mail.blueprint import bp
from callcenter.mail.my import words, writing
from callcenter.services.calendar import opening_hours
from callcenter.services.members import consulting, own
from callcenter.ui.access import member
from callcenter.ui.kit.answers import Answer, onward
from callcenter.ui.member.guard import this_member

WITHDRAWN = "取り下げました。相談員は、もう読みません。"


@bp.get("/my/threads/<thread_id>")
@member()
def letter(thread_id: str) -> str:
    now = ports().clock.now()
    with reading() as database:
        me = this_member(database)
        thread = own.thread(database, me, thread_id)
        unread = thread.id in own.unread(database, me)
        messages = own.messages(database, me, thread)
        draft = next((one for one in own.drafts(database, me) if one.thread_id == thread.id), None)
        page = render_template(
            "mail/my/letter.html",
            shown=words.letter(thread, unread=unread, now=now),
            messages=messages,
            newest=next((one.id for one in messages if one.seen_at is None and one.receipt is None), None),
            may_withdraw=consulting.may_be_withdrawn(thread),
            open=writing.is_open(thread),
            form=writing.form_over(draft, thread.id),
            draft=draft,
            read_next=words.read_next(opening_hours.current(database, now), now),
            lines=words.lines_open(now),
        )
    if unread:
        with unit_of_work() as database:
            me = this_member(database)
            consulting.mark_seen(database, me, own.thread(database, me, thread_id), now)
    return page


@bp.post("/my/threads/<thread_id>/withdraw")
@member()
def withdraw(thread_id: str) -> Response:
    with unit_of_work() as database:
        consulting.withdraw(database, this_member(database), thread_id, ports().clock.now())
    return onward("mail.letter", WITHDRAWN, thread_id=thread_id)


@bp.errorhandler(own.NotThere)
def not_there(error: own.NotThere) -> Answer:
    """Say the same of what is somebody else's as of what never was."""
    return render_template("mail/my/not_there.html", words=error.message), 404
