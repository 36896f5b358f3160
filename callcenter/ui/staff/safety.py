"""ログインの安全設定: one's own password, app, passkeys and recovery codes; changes need a recent proof of identity."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, session, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.second_factor import MOST_PASSKEYS
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import BrowserSession
from callcenter.services.staff import accounts, authenticators, browser_sessions, passkeys, passwords, second_factor
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import IDLE, SEEN_EVERY, local_path, me, myself, staff
from callcenter.ui.kit.answers import again, onward
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.forms import CodeForm, NewPasskeyForm, PasswordForm
from callcenter.ui.staff.login_flow import requires_recent_proof
from callcenter.ui.staff.signin import bp

mine = staff(newcomers=True)


@bp.get("/safety")
@mine
@requires_recent_proof()
def safety() -> str:
    """Show the factors of the account, and what can be added."""
    return _draw()


@bp.post("/safety/app")
@mine
@requires_recent_proof()
def offer_app() -> Response:
    """Create a secret for an app."""
    with unit_of_work() as database:
        second_factor.offer_secret(database, myself(database))
    return redirect(url_for("staff.app"), 303)


@bp.get("/safety/app")
@mine
@requires_recent_proof()
def app() -> Response:
    """Show the secret as a picture and in letters, until its app has shown a code."""
    return _draw_app(CodeForm())


@bp.post("/safety/app/confirm")
@mine
@requires_recent_proof()
def confirm_app() -> str | Response:
    """Confirm the app by a right code."""
    form, codes, now = CodeForm(), list[str](), ports().clock.now()
    if form.validate():
        with unit_of_work() as database:
            person = myself(database)
            try:
                second_factor.confirm(database, person, form.code.data or "", now=now, at=login_flow.clock())
                codes = _codes_if_none(database, person)
                login_flow.renew_session(database, person)
            except HelplineError as refused:
                form.refuse(refused, "code")
    if form.problems:
        return _draw_app(form, status=422)
    return _done("認証アプリを登録しました。", codes)


@bp.post("/safety/app/remove")
@mine
@requires_recent_proof()
def remove_app() -> Response | tuple[str, int]:
    """Remove the app."""
    with unit_of_work() as database:
        person = myself(database)
        second_factor.remove_app(database, person, required=_required(), now=ports().clock.now())
        login_flow.renew_session(database, person)
    return _back("認証アプリの登録を解除しました。")


@bp.post("/safety/passkeys/ask")
@mine
@requires_recent_proof()
def ask_new_passkey() -> Response:
    """Return the question for a new passkey."""
    with unit_of_work() as database:
        question, asked = passkeys.ask_for_new(database, myself(database), login_flow.site(), at=login_flow.clock())
    session["asked"] = asked
    return Response(question.options, mimetype="application/json")


@bp.post("/safety/passkeys")
@mine
@requires_recent_proof()
def add_passkey() -> str | Response | tuple[str, int]:
    """Store the passkey that the device has made."""
    form, asked, codes, now = NewPasskeyForm(), session.pop("asked", ""), list[str](), ports().clock.now()
    if form.validate():
        answer, name = form.credential.data or "", form.name.data or ""
        with unit_of_work() as database:
            person = myself(database)
            try:
                passkeys.add(database, person, login_flow.site(), asked, answer, name, now=now, at=login_flow.clock())
                codes = _codes_if_none(database, person)
                login_flow.renew_session(database, person)
            except HelplineError as refused:
                form.refuse(refused, "name")
    if form.problems:
        return again(_draw(passkey=form))
    return _done("パスキーを登録しました。次からは、これだけでログインできます。", codes)


@bp.post("/safety/passkeys/<passkey_id>/remove")
@mine
@requires_recent_proof()
def remove_passkey(passkey_id: str) -> Response:
    """Remove a passkey."""
    with unit_of_work() as database:
        person = myself(database)
        passkeys.remove(database, person, passkey_id, required=_required(), now=ports().clock.now())
        login_flow.renew_session(database, person)
    return _back("パスキーを外しました。機器の中に残っているパスキーは、機器の設定から消せます。")


@bp.post("/safety/codes")
@mine
@requires_recent_proof()
def make_codes() -> str | Response:
    """Replace the recovery codes by new ones."""
    with unit_of_work() as database:
        person = myself(database)
        if not second_factor.factors_of(database, person).any:
            return _back("認証アプリかパスキーを先に登録してください。予備コードは、その代わりになるものです。")
        codes = second_factor.new_codes(database, person, now=ports().clock.now())
        login_flow.renew_session(database, person)
    return _done("予備コードを作りました。前のコードは使えません。", codes)


@bp.post("/safety/password")
@mine
@requires_recent_proof()
def change_password() -> str | Response | tuple[str, int]:
    """Change the password."""
    form, now = PasswordForm(), ports().clock.now()
    if form.validate():
        with reading() as database:
            about = login_flow.known_of(myself(database))
        try:
            chosen = passwords.hashed(form.password.data or "", about=about)
        except HelplineError as refused:
            form.refuse(refused, "password")
        else:
            with unit_of_work() as database:
                person = myself(database)
                accounts.set_password(database, person, chosen, by=staff_member(person.id), now=now)
                login_flow.renew_session(database, person)
    if form.problems:
        return again(_draw(password=form))
    return _back("パスワードを変えました。")


@bp.post("/safety/sessions/<session_id>/end")
@mine
@requires_recent_proof()
def end_session(session_id: str) -> Response:
    """End one of one's own sessions elsewhere."""
    with unit_of_work() as database:
        browser_sessions.end_one(database, myself(database), session_id, now=ports().clock.now())
    return _back("その機器の画面を閉じました。")


@bp.post("/safety/sessions/end-others")
@mine
@requires_recent_proof()
def end_other_sessions() -> Response:
    """End all of one's own sessions but this one."""
    with unit_of_work() as database:
        browser_sessions.end_others(database, myself(database), me().token, now=ports().clock.now())
    return _back("ほかの機器の画面を、すべて閉じました。")


def _draw(*, passkey: NewPasskeyForm | None = None, password: PasswordForm | None = None) -> str:
    sent = passkey or password
    with reading() as database:
        person = myself(database)
        factors = second_factor.factors_of(database, person)
        here, elsewhere = _sessions(database, person)
    return render_template(
        "staff/safety.html",
        factors=factors,
        here=here,
        elsewhere=elsewhere,
        problems=sent.problems if sent else [],
        passkey=passkey or NewPasskeyForm(formdata=None),
        password=password or PasswordForm(formdata=None),
        site=login_flow.site(),
        required=_required(),
        most=MOST_PASSKEYS,
        onward=local_path(session.get("onward")) if session.get("must_set_up") is None else None,
    )


def _sessions(database: Session, person: Staff) -> tuple[list[BrowserSession], list[BrowserSession]]:
    """Return this browser's own session, and those elsewhere that may still be open."""
    since = login_flow.clock() - IDLE - timedelta(seconds=SEEN_EVERY)
    found = browser_sessions.sessions_of(database, person, since=since)
    here = [one for one in found if browser_sessions.is_of(one, me().token)]
    return here, [one for one in found if one not in here]


def _draw_app(form: CodeForm, *, status: int = 200) -> Response:
    with reading() as database:
        person = myself(database)
        secret = second_factor.offered(database, person)
    if secret is None:
        return redirect(url_for("staff.safety"), 303)
    import segno  # heavy: only who sets up an app pays for it

    address = authenticators.app_address(secret, person.login, settings().service_name)
    picture = segno.make(address, error="l").svg_inline(scale=5, border=4, dark="black", light="white", omitsize=True)
    letters = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    drawn = Markup(picture)  # noqa: S704  # by segno, from a secret and a login of ours
    return Response(
        render_template("staff/authenticator_app.html", picture=drawn, address=address, letters=letters, form=form),
        status,
        mimetype="text/html",
    )


def _done(words: str, codes: list[str]) -> str | Response:
    """Show new recovery codes this once, or the page again."""
    return render_template("staff/backup_codes.html", codes=codes, words=words) if codes else _back(words)


def _codes_if_none(database: Session, person: Staff) -> list[str]:
    """Return new recovery codes for somebody's first factor."""
    if second_factor.factors_of(database, person).codes_left:
        return []
    return second_factor.new_codes(database, person, now=ports().clock.now())


def _back(words: str) -> Response:
    return onward("staff.safety", words)


def _required() -> bool:
    return settings().second_factor.required
