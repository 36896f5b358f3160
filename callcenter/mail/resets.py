"""A new password by a mailed link, for whoever has forgotten theirs and lets passwords be reset."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.threads import LinkKind
from callcenter.mail import limits
from callcenter.mail.blueprint import bp
from callcenter.mail.forms import NewPasswordForm, NumberForm
from callcenter.services.members.accounts import links, passwords, signing_in
from callcenter.services.staff.passwords import hashed
from callcenter.ui.access import public
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member import guard
from callcenter.ui.staff.signin import limiter

DONE = "新しいパスワードに変えました。利用者番号と、新しいパスワードでログインしてください。"


@bp.get("/reset")
@public
def reset() -> str:
    return render_template("mail/reset.html", form=NumberForm())


@bp.post("/reset")
@public
@limiter.limit(limits.ASK)
@limiter.limit(limits.ONE_MAILBOX, key_func=limits.the_number)
def ask_reset() -> Answer:
    """Mail a link to the registered address; the answer is the same for every number."""
    form, now = NumberForm(), ports().clock.now()
    if not form.validate():
        return again(render_template("mail/reset.html", form=form))
    with unit_of_work() as database:
        passwords.ask_reset(database, signing_in.read_number(form.number.data or ""), now=now)
    return redirect(url_for("mail.asked", what="reset"), 303)


@bp.get("/reset/<token>")
@public
def new_password(token: str) -> str:
    """Show the form; looking uses up nothing."""
    with reading() as database:
        links.find(database, token, LinkKind.RESET, now=ports().clock.now())
    return _page(NewPasswordForm(), token)


@bp.post("/reset/<token>")
@public
@limiter.limit("20 per 10 minutes")
def set_password(token: str) -> Answer:
    form, now = NewPasswordForm(), ports().clock.now()
    with reading() as database:
        found, _ = links.find(database, token, LinkKind.RESET, now=now)
        known = passwords.known_words(found, settings().service_name, settings().line_number)
    if not form.validate():
        return again(_page(form, token))
    try:
        chosen = hashed(form.password.data or "", about=known)
    except HelplineError as refused:
        form.refuse(refused, "password")
        return again(_page(form, token))
    with unit_of_work() as database:
        passwords.reset(database, token, chosen, now=now)
        guard.end(database)
    flash(DONE)
    return redirect(url_for("mail.login"), 303)


def _page(form: NewPasswordForm, token: str) -> str:
    return render_template("mail/new_password.html", form=form, link=token)
