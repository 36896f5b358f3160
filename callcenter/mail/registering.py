"""Registering, the user number on the screen, and asking for it again."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.members import receipts, user_numbers
from callcenter.mail import limits
from callcenter.mail.blueprint import bp
from callcenter.mail.forms import AddressForm, RegisterForm
from callcenter.models.members.accounts import Member
from callcenter.services.members.accounts import registering
from callcenter.ui.access import public
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member import guard
from callcenter.ui.staff.signin import limiter

FILE = "memo.txt"
"""The name of the file with the number says nothing of what it is for."""


@bp.get("/register")
@public
def register() -> str:
    return _form(RegisterForm(data={"form_key": receipts.new_form_key(), "named_subject": "plain"}))


@bp.post("/register")
@public
@limiter.limit("60 per hour")
@limiter.limit(limits.REGISTER, exempt_when=lambda: not limits.is_confirmed())
@limiter.limit(limits.ONE_MAILBOX, key_func=limits.the_address, exempt_when=lambda: not limits.is_confirmed())
def take_registration() -> Answer:
    """Show what was typed to be confirmed, or again to be changed; register only what was confirmed."""
    form, step = RegisterForm(), request.form.get("step")
    if step == "edit":
        return _form(form)
    if not form.validate():
        return again(_form(form))
    if step != "register":
        return render_template("mail/confirm.html", form=form, told=form.profile, domain=_domain())
    key = form.form_key.data or ""
    if not key or session.get("mail_registered") != key:  # pressed twice, it is one registration
        with unit_of_work() as database:
            found = registering.register(database, form.registration, now=ports().clock.now(), demo=settings().demo)
            guard.begin(database, found, registering=True)
        session["mail_registered"] = key
    return redirect(url_for("mail.registered"), 303)


@bp.get("/registered")
@public
def registered() -> Answer:
    """Show the user number in the browser that has just registered, for half an hour."""
    found = guard.registering_member()
    if found is None:
        return redirect(url_for("mail.login"))
    with reading() as database:
        number = database.get_one(Member, found.id).number or ""
    return render_template("mail/registered.html", number=user_numbers.shown(number), domain=_domain())


@bp.get("/registered/memo")
@public
def number_file() -> Answer:
    """Give the number as a small text file, to be kept."""
    found = guard.registering_member()
    if found is None:
        return redirect(url_for("mail.login"))
    with reading() as database:
        number = database.get_one(Member, found.id).number or ""
    answer = Response(f"{user_numbers.shown(number)}\r\n", mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer


@bp.get("/number")
@public
def number() -> str:
    return render_template("mail/number.html", form=AddressForm())


@bp.post("/number")
@public
@limiter.limit(limits.ASK)
@limiter.limit(limits.ONE_MAILBOX, key_func=limits.the_address)
def ask_number() -> Answer:
    """Mail the number again; the answer is the same whether somebody is registered with the address or not."""
    form = AddressForm()
    if not form.validate():
        return again(render_template("mail/number.html", form=form))
    with unit_of_work() as database:
        registering.mail_number_again(database, form.read, now=ports().clock.now())
    return redirect(url_for("mail.asked", what="number"), 303)


@bp.get("/asked/<any(number,reset):what>")
@public
def asked(what: str) -> str:
    """Say that a mail is on its way if there is somebody to get it."""
    return render_template("mail/asked.html", what=what, domain=_domain())


def _form(form: RegisterForm) -> str:
    given: dict[str, Any] = {"domain": _domain(), "strict": settings().policy.strict_device_binding}
    return render_template("mail/register.html", form=form, **given)


def _domain() -> str:
    return settings().mail_from.rpartition("@")[2].rstrip(">")
