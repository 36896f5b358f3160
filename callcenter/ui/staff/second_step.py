"""The second step of signing in: a code, a recovery code or a passkey; and replacing a first password."""

from __future__ import annotations

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.services.staff import accounts, passkeys, passwords, second_factor
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import local_path, public
from callcenter.ui.kit.answers import again
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.forms import CodeForm, PasskeyForm, PasswordForm
from callcenter.ui.staff.signin import bp, door, limiter

SAME = "はじめのパスワードとは、違うものにしてください。"


@bp.get("/second")
@public
def second() -> str | Response:
    """Show the second step."""
    with unit_of_work() as database:
        staff = login_flow.pending_staff(database, "code")
    return _back_to_the_door() if staff is None else _second_page(CodeForm())


@bp.post("/second")
@public
@limiter.limit("60 per 10 minutes")
def take_code() -> str | Response | tuple[str, int]:
    """Check a code of the app or a recovery code."""
    form, to, now = CodeForm(), "", ports().clock.now()
    with unit_of_work() as database:
        staff = login_flow.pending_staff(database, "code")
        if staff is None:
            return _back_to_the_door()
        if form.validate():
            try:
                how = second_factor.check(database, staff, form.code.data or "", now=now, at=login_flow.clock())
                to = login_flow.advance(database, staff, how)
            except HelplineError as refused:  # caught inside, so that the count and the trail stay
                form.refuse(refused, "code")
    return again(_second_page(form)) if form.problems else redirect(to, 303)


@bp.post("/passkey/ask")
@public
@limiter.limit("60 per 10 minutes")
def ask_passkey() -> Response:
    """Return the question for any passkey of its person."""
    with unit_of_work() as database:
        question, asked = passkeys.ask_for_known(database, login_flow.site(), at=login_flow.clock())
    session["asked"] = asked
    return Response(question.options, mimetype="application/json")


@bp.post("/passkey")
@public
@limiter.limit("60 per 10 minutes")
def take_passkey() -> Response | tuple[str, int]:
    """Sign in whose passkey answered; it proves both device and owner, so nothing else is asked."""
    form, to = PasskeyForm(), ""
    asked, now = session.pop("asked", ""), ports().clock.now()
    if form.validate():
        answer = form.credential.data or ""
        with unit_of_work() as database:
            try:
                staff = passkeys.check(database, login_flow.site(), asked, answer, now=now, at=login_flow.clock())
                to = login_flow.advance(database, staff, "passkey")
            except HelplineError as refused:
                form.refuse(refused)
    return again(door(problems=form.problems)) if form.problems else redirect(to, 303)


@bp.get("/first-password")
@public
def first_password() -> str | Response:
    """Show the form for one's own password."""
    with unit_of_work() as database:
        staff = login_flow.pending_staff(database, "password")
    return _back_to_the_door() if staff is None else _first_password_page(PasswordForm())


@bp.post("/first-password")
@public
@limiter.limit("60 per 10 minutes")
def choose_password() -> str | Response | tuple[str, int]:
    """Replace the first password."""
    form, chosen, now = PasswordForm(), None, ports().clock.now()
    with reading() as database:
        staff = login_flow.pending_staff(database, "password")
        known = None if staff is None else (staff.password_hash, login_flow.known_of(staff))
    if known is None:
        return _back_to_the_door()
    if form.validate():
        try:
            chosen = _hashed_anew(form.password.data or "", *known)
        except HelplineError as refused:
            form.refuse(refused, "password")
    if chosen is None:
        return again(_first_password_page(form))
    with unit_of_work() as database:
        staff = login_flow.pending_staff(database, "password")
        if staff is None:
            return _back_to_the_door()
        accounts.set_password(database, staff, chosen, by=staff_member(staff.id), now=now)
        to = login_flow.advance(database, staff, login_flow.first_proof())
    return redirect(to, 303)


def _hashed_anew(password: str, first: str, about: tuple[str, ...]) -> passwords.Hash:
    """Return the hash of one's own password, which is not the *first* one."""
    if passwords.compare(first, password).fits:
        raise HelplineError(SAME)
    return passwords.hashed(password, about=about)


def _first_password_page(form: PasswordForm) -> str:
    return render_template("staff/first_password.html", form=form)


def _second_page(form: CodeForm) -> str:
    return render_template("staff/second_factor.html", form=form, site=login_flow.site(), next=login_flow.onward())


def _back_to_the_door() -> Response:
    """Send whoever took too long, or used a kept address, back to the sign-in page."""
    return redirect(url_for("staff.login", next=local_path(session.get("onward"))), 303)
