"""The first consultation, with which the password is chosen: in the registering browser, or by a mailed link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import receipts
from callcenter.domain.members.threads import LinkKind, Written
from callcenter.mail.blueprint import bp
from callcenter.mail.forms import FirstForm
from callcenter.models.members.accounts import Member
from callcenter.services.calendar import opening_hours
from callcenter.services.members import consulting, drafts, own
from callcenter.services.members.accounts import links, passwords, signing_in
from callcenter.services.members.accounts.links import LinkOver
from callcenter.services.members.accounts.passwords import PasswordThere
from callcenter.services.staff.passwords import Hash, PasswordsBusy, checked, hashed
from callcenter.ui.access import public
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member import guard
from callcenter.ui.staff import known_browsers
from callcenter.ui.staff.signin import limiter

OVER = "登録から30分が過ぎました。お送りしたメールのリンクから、続けてください。"
BUSY = "今、たくさんの方が使っています。少しおいて、もう一度「送る」を押してください。"
KEPT = "ここまでを保存しました。あとで、同じメールのリンクから続きを書けます。"


@dataclass(frozen=True)
class Way:
    """How somebody comes to their first consultation: by the token of a link, or as who has just registered."""

    token: str | None = None

    def member(self, database: Session, *, now: datetime) -> Member:
        """Return who writes; ``LinkOver`` where the link or the half hour is over, or a password was chosen."""
        if self.token is not None:
            return links.find(database, self.token, LinkKind.FIRST, now=now)[0]
        found = guard.registering_member()
        member = None if found is None else database.get(Member, found.id)
        if member is None:
            raise LinkOver(OVER)
        if member.password_hash is not None:
            raise PasswordThere
        return member

    def use(self, database: Session, *, now: datetime) -> Member:
        """Use the link, if it is one; of two who come at once one succeeds."""
        if self.token is not None:
            return links.use(database, self.token, LinkKind.FIRST, now=now)
        return self.member(database, now=now)

    def sent_before(self, database: Session, form_key: str) -> str | None:
        """Return the id of what this form has sent already, so that pressing twice sends once."""
        if self.token is not None:
            member = links.owner(database, self.token, LinkKind.FIRST)
        else:
            found = guard.current_member()
            member = None if found is None else database.get(Member, found.id)
        sent = None if member is None else consulting.sent_by(database, member, form_key)
        return None if sent is None else sent.id

    @property
    def address(self) -> str:
        return url_for("mail.first") if self.token is None else url_for("mail.first_by_link", token=self.token)


@bp.get("/first")
@public
def first() -> Answer:
    return _show(Way())


@bp.get("/first/<token>")
@public
def first_by_link(token: str) -> Answer:
    """Show the form; looking uses up nothing, as programs that check mails follow links."""
    return _show(Way(token))


@bp.post("/first")
@public
@limiter.limit("60 per 10 minutes")
def send_first() -> Answer:
    return _take_once(Way())


@bp.post("/first/<token>")
@public
@limiter.limit("60 per 10 minutes")
def send_first_by_link(token: str) -> Answer:
    return _take_once(Way(token))


@bp.errorhandler(PasswordThere)
def password_there(error: PasswordThere) -> Response:
    """Lead to the sign-in whoever has chosen a password already, such as in another window."""
    flash(error.message)
    return redirect(url_for("mail.login"), 303)


def _show(way: Way) -> str:
    with reading() as database:
        member = way.member(database, now=ports().clock.now())
        kept = next((one for one in own.drafts(database, member) if one.thread_id is None), None)
        given = {"form_key": kept.form_key if kept else receipts.new_form_key()}
        if kept is not None:
            given |= {"subject": kept.subject or "", "text": kept.text or ""}
    return _page(way, FirstForm(data=given))


def _take_once(way: Way) -> Answer:
    """Take the form; posted again after it was sent, it gets the answer of its first time."""
    try:
        return _take(way)
    except (LinkOver, PasswordThere):
        with reading() as database:
            message_id = way.sent_before(database, request.form.get("form_key", ""))
        if message_id is None:
            raise
    return _sent(message_id)


def _take(way: Way) -> Answer:
    form, now = FirstForm(), ports().clock.now()
    with reading() as database:
        known = passwords.known_words(way.member(database, now=now), settings().service_name, settings().line_number)
    written = Written(form.form_key.data or receipts.new_form_key(), form.text.data or "", form.subject.data or "")
    if request.form.get("step") == "keep":
        return _keep(way, form, written, now=now)
    if form.validate():
        _check(form, "password", lambda typed: checked(typed, about=known), form.password.data or "")
    _check(form, "subject", consulting.checked_subject, written.subject)
    _check(form, "text", consulting.checked_text, written.text)
    if form.problems:
        return again(_page(way, form))
    try:
        password = hashed(form.password.data or "", about=known)  # no transaction is open meanwhile
    except PasswordsBusy:
        form.add(None, BUSY)  # with what was typed, which an error page would not show
        return again(_page(way, form))
    with unit_of_work() as database:
        message_id = _send(database, way, written, password, now=now)
    return _sent(message_id)


def _sent(message_id: str) -> Response:
    return redirect(url_for("mail.sent", message_id=message_id), 303)


def _check(form: FirstForm, name: str, check: Callable[[str], object], typed: str) -> None:
    try:
        check(typed)
    except HelplineError as refused:
        form.refuse(refused, name)


def _send(database: Session, way: Way, written: Written, password: Hash, *, now: datetime) -> str:
    """Set the password, send the consultation and sign its writer in, all of it or nothing."""
    member = way.use(database, now=now)
    passwords.choose_first(database, member, password, now=now)
    calendar = opening_hours.current(database, now)
    sent = consulting.send(database, member, written, calendar=calendar, policy=settings().policy, now=now)
    signing_in.record_sign_in(database, member, now=now)
    guard.begin(database, member)
    known_browsers.remember(signing_in.login_of(member.number or ""))
    return sent.id


def _keep(way: Way, form: FirstForm, written: Written, *, now: datetime) -> Answer:
    """Keep what was written so far as a draft; the password is chosen when it is sent."""
    try:
        with unit_of_work() as database:
            drafts.keep(database, way.member(database, now=now), written, seen=request.form.get("seen"), now=now)
    except (PasswordThere, LinkOver):
        raise
    except HelplineError as refused:
        form.refuse(refused, "text")
        return again(_page(way, form))
    flash(KEPT)
    return redirect(way.address, 303)


def _page(way: Way, form: FirstForm) -> str:
    now = ports().clock.now()
    with reading() as database:
        opens = opening_hours.next_opening(database, now)
    return render_template("mail/first.html", form=form, to=way.address, opens=opens, now=now)
