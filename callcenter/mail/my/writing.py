"""Writing: a new consultation or a further message, read again before it is sent.

The form carries a key by which it is sent once only, and by which its draft is kept; every step works without
scripts. What is posted after the session ended by itself is kept as a draft before anybody is asked to sign in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.calendar.times import clock_digits
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import receipts, risk_words
from callcenter.domain.members.threads import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    NoLongerOpen,
    ThreadState,
    Written,
)
from callcenter.mail.blueprint import bp
from callcenter.mail.my import words
from callcenter.models.base import DatabaseAway, DatabaseBusy
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft, Thread
from callcenter.services.calendar import opening_hours
from callcenter.services.members import consulting, drafts, own
from callcenter.services.members.accounts.sessions import SignedInMember
from callcenter.services.members.consulting import SentAlready
from callcenter.ui.access import member
from callcenter.ui.errors import from_database
from callcenter.ui.forms import Form
from callcenter.ui.kit.answers import Answer, again, from_script
from callcenter.ui.member.guard import me_member, this_member
from callcenter.ui.staff.signin import limiter

CARRIED = ("csrf_token", "form_key", "seen", "thread", "subject", "do", "step")
"""What a form holds beside its text; a password is never sent back to a page."""
OFTEN = "100 per 10 minutes"
"""Nobody writes so much by hand."""
SAVED_OFTEN = "600 per 10 minutes"
KEPT = "{at}に、下書きに保存しました。"
EMPTY = "何も書かれていないため、下書きには残していません。"
GONE_OUT = "この文は、もう届いています。"
FURTHER = "前の文は、もう届いています。書き直したことは、続きの下書きに残しました。"
NEW_INSTEAD = "この相談は取り下げてあるため、書いたことを新しい相談の下書きに残しました。"


class WritingForm(Form):
    """A letter; the rules look at it when it is sent."""

    subject = StringField("題", description=f"なくてもかまいません。{LONGEST_SUBJECT}文字までです。")
    text = TextAreaField(
        "お便り", description=f"{LONGEST_TEXT:,}文字まで書けます。ひとことでも、まとまっていなくても大丈夫です。"
    )
    form_key = HiddenField()
    thread = HiddenField()
    seen = HiddenField()


def member_id() -> str:
    """Return whose posts are counted together."""
    return f"member {me_member().id}"


def kept_late(who: SignedInMember, form: Mapping[str, str]) -> str | None:
    """Keep what was posted after the session had ended, and return where it is gone on with.

    Where it cannot be kept, the answer holds the text, so that it can be copied.
    """
    written = _written(form, form.get("thread") or None)
    try:
        with unit_of_work() as database:
            found = database.get(Member, who.id)
            if found is None:
                return None
            draft = drafts.keep(database, found, written, seen=form.get("seen"), late=True, now=ports().clock.now())
            return None if draft is None else address_of(draft)
    except SentAlready:
        return None  # it had arrived before the session ended
    except HelplineError as refused:
        page = render_template("mail/my/not_kept.html", words=refused.message, text=written.text)
        abort(make_response(page, 409))


@bp.get("/my/new")
@member()
def new() -> str:
    return _opened(None)


@bp.post("/my/new")
@member(late=kept_late)
@limiter.limit(OFTEN, key_func=member_id)
def write_new() -> Answer:
    return _taken(None)


@bp.get("/my/threads/<thread_id>/write")
@member()
def further(thread_id: str) -> str:
    return _opened(thread_id)


@bp.post("/my/threads/<thread_id>/write")
@member(late=kept_late)
@limiter.limit(OFTEN, key_func=member_id)
def write_further(thread_id: str) -> Answer:
    return _taken(thread_id)


@bp.post("/my/drafts/keep")
@member(late=kept_late)
@limiter.limit(SAVED_OFTEN, key_func=member_id)
def keep() -> Response:
    """Keep a draft for a script, which goes on in the draft that it is told."""
    now = ports().clock.now()
    with unit_of_work() as database:
        written = _written(request.form, request.form.get("thread") or None)
        draft = drafts.keep(database, this_member(database), written, seen=request.form.get("seen"), now=now)
        form_key, seen = (written.form_key, "") if draft is None else (draft.form_key, own.version(draft))
    return jsonify(saved_at=clock_digits(now) if draft else None, form_key=form_key, seen=seen)


@bp.errorhandler(DatabaseAway)
@bp.errorhandler(DatabaseBusy)
def text_in_hand(error: DatabaseAway | DatabaseBusy) -> Answer:
    """Give what was written back to its writer, to be sent again, while the database does not answer."""
    answer = from_database(error)
    if not request.form.get("text") or from_script():
        return answer
    fields = [(name, request.form[name]) for name in CARRIED if name in request.form]
    answer.set_data(render_template("mail/my/in_hand.html", fields=fields, text=request.form["text"]))
    return answer


@bp.get("/my/read/<form_key>")
@member()
def read_again(form_key: str) -> Answer:
    """Show a letter as it will be sent; once it was sent, lead to its receipt."""
    with reading() as database:
        me = this_member(database)
        draft = own.draft_of_form(database, me.id, form_key)
        if draft is None:
            message = consulting.sent_by(database, me, form_key)
            if message is None:
                raise own.NotThere
            return redirect(url_for("mail.sent", message_id=message.id))
        return render_template(
            "mail/my/read_again.html", draft=draft, seen=own.version(draft), write_on=address_of(draft)
        )


@bp.get("/my/sent/<message_id>")
@member()
def sent(message_id: str) -> str:
    now = ports().clock.now()
    with reading() as database:
        me = this_member(database)
        message = own.message(database, me, message_id)
        thread = own.thread(database, me, message.thread_id)
        return render_template(
            "mail/my/sent.html",
            me=me,
            message=message,
            expect=words.expect(thread, now),
            read_next=words.read_next(opening_hours.current(database, now), now),
            in_danger=risk_words.found(message.text or ""),
            lines=words.lines_open(now),
        )


def form_over(draft: MemberDraft | None, thread_id: str | None) -> WritingForm:
    """Return a form that goes on in *draft*, or an empty one under a new key."""
    if draft is None:
        return WritingForm(None, form_key=receipts.new_form_key(), thread=thread_id or "", seen="")
    return WritingForm(
        None,
        subject=draft.subject or "",
        text=draft.text or "",
        form_key=draft.form_key,
        thread=draft.thread_id or "",
        seen=own.version(draft),
    )


def is_open(thread: Thread) -> bool:
    """Return whether a further message can be written."""
    return thread.state is not ThreadState.WITHDRAWN


def address_of(draft: MemberDraft) -> str:
    """Return where a draft is gone on with."""
    if draft.thread_id is None:
        return url_for("mail.new", draft=draft.id)
    return url_for("mail.further", thread_id=draft.thread_id, draft=draft.id)


def _opened(thread_id: str | None) -> str:
    with reading() as database:
        wanted = request.args.get("draft")
        draft = own.draft(database, this_member(database), wanted) if wanted else None
        if draft is not None and draft.thread_id != thread_id:
            raise own.NotThere
        form, late = form_over(draft, thread_id), draft is not None and draft.late
    return _draw(form, thread_id, late=late)


def _draw(form: WritingForm, thread_id: str | None, *, late: bool = False) -> str:
    now = ports().clock.now()
    with reading() as database:
        me = this_member(database)
        thread = own.thread(database, me, thread_id) if thread_id else None
        kept = next((one for one in own.drafts(database, me) if one.thread_id == thread_id), None)
        return render_template(
            "mail/my/write.html",
            form=form,
            thread_id=thread_id,
            about=words.title(thread, now) if thread else None,
            late=late,
            kept=address_of(kept) if kept is not None and kept.form_key != form.form_key.data else None,
            read_next=words.read_next(opening_hours.current(database, now), now),
            lines=words.lines_open(now),
        )


def _taken(thread_id: str | None) -> Answer:
    """Take the form one step further: by the button that was pressed, else to be read again."""
    written, form = _written(request.form, thread_id), WritingForm()
    form.form_key.data = written.form_key
    steps = {"send": _send, "draft": _keep}
    return steps.get(request.form.get("do", ""), _read_again)(form, written)


def _read_again(form: WritingForm, written: Written) -> Answer:
    """Keep what was written until it is sent, and lead to the page on which it is read again."""
    now = ports().clock.now()
    try:
        consulting.checked_subject(written.subject)
        consulting.checked_text(written.text)
        with unit_of_work() as database:
            me, seen = this_member(database), form.seen.data
            draft = drafts.keep(database, me, written, seen=seen, sending=True, now=now)
            form_key = written.form_key if draft is None else draft.form_key
    except SentAlready as before:
        return _go_further(written, before)
    except HelplineError as refused:
        return _refused(form, written, refused)
    return redirect(url_for("mail.read_again", form_key=form_key), 303)


def _keep(form: WritingForm, written: Written) -> Answer:
    """Keep a draft at the press of the button, and go on in it."""
    now = ports().clock.now()
    try:
        with unit_of_work() as database:
            draft = drafts.keep(database, this_member(database), written, seen=form.seen.data, now=now)
            to = address_of(draft) if draft else None
    except SentAlready as before:
        return _go_further(written, before)
    except HelplineError as refused:
        return _refused(form, written, refused)
    flash(EMPTY if to is None else KEPT.format(at=clock_digits(now)))
    return redirect(to or url_for("mail.home"), 303)


def _send(form: WritingForm, written: Written) -> Answer:
    now = ports().clock.now()
    try:
        with unit_of_work() as database:
            days = opening_hours.current(database, now)
            me, policy = this_member(database), settings().policy
            sent = consulting.send(database, me, written, seen=form.seen.data, calendar=days, policy=policy, now=now)
            to = url_for("mail.sent", message_id=sent.id)
    except SentAlready as before:
        return _go_further(written, before)
    except NoLongerOpen:
        return _begin_anew(form, written)
    except HelplineError as refused:
        return _refused(form, written, refused)
    return redirect(to, 303)


def _go_further(written: Written, before: SentAlready) -> Answer:
    """Lead to what this form has sent before; what was changed since waits there as a draft."""
    with unit_of_work() as database:
        draft = drafts.keep_as_further(database, this_member(database), written, before, now=ports().clock.now())
        to = address_of(draft) if draft else url_for("mail.letter", thread_id=before.earlier.thread_id)
    flash(FURTHER if draft else GONE_OUT)
    return redirect(to, 303)


def _begin_anew(form: WritingForm, written: Written) -> Answer:
    """Keep what was written to a consultation that was withdrawn meanwhile as a draft of a new one."""
    anew = replace(written, thread_id=None)
    try:
        with unit_of_work() as database:
            draft = drafts.keep(database, this_member(database), anew, seen=form.seen.data, now=ports().clock.now())
            to = address_of(draft) if draft else url_for("mail.new")
    except HelplineError as refused:
        return _refused(form, written, refused)
    flash(NEW_INSTEAD)
    return redirect(to, 303)


def _refused(form: WritingForm, written: Written, refused: HelplineError) -> Answer:
    form.refuse(refused)
    return again(_draw(form, written.thread_id))


def _written(form: Mapping[str, str], thread_id: str | None) -> Written:
    """Return what a form holds; one with a key that is none of ours gets a key of its own."""
    key = form.get("form_key", "")
    form_key = key if receipts.is_form_key(key) else receipts.new_form_key()
    return Written(form_key, form.get("text", ""), form.get("subject", ""), thread_id)
