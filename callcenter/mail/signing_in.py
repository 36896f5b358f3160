"""Signing in with user number and password, staying in, and signing out."""

from __future__ import annotations

from datetime import datetime

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.calendar.times import moment_words
from callcenter.domain.members.threads import LinkKind
from callcenter.mail import limits
from callcenter.mail.blueprint import bp
from callcenter.mail.forms import LoginForm
from callcenter.models.members.accounts import Member
from callcenter.services.members import mails
from callcenter.services.members.accounts import links, registering, signing_in
from callcenter.services.members.accounts.links import LinkOver
from callcenter.services.members.mails import MailKind
from callcenter.services.staff import passwords
from callcenter.ui.access import member, public
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import Answer, again
from callcenter.ui.member import guard
from callcenter.ui.staff import known_browsers
from callcenter.ui.staff.signin import limiter

WRONG = "利用者番号かパスワードが合っていません。続けて違ったときは、5分ほどおいてから、もう一度お試しください。"
"""The same whatever is wrong, also while a number has to wait."""
ENDED = "しばらく操作がなかったため、安全のために閉じました。"
KEPT = f"{ENDED}書きかけは下書きにあります。"
OUT = "ログアウトしました。この画面を閉じて大丈夫です。"
CHANGED = "{when}に、パスワードが変わっています。お心あたりがないときは、すぐに新しいパスワードに変えてください。"
OTHER_BROWSER = "ログインの画面と同じブラウザーで、メールのリンクを開いてください。"


@bp.get("/login")
@public
def login() -> Answer:
    found = guard.current_member()
    if found is not None and not found.over and not found.registering:
        return redirect(guard.onward(request.args.get("next")))
    ended = session.pop("mail_ended", None)
    return door(notice={guard.ENDED: ENDED, guard.KEPT: KEPT}.get(ended or ""))


@bp.post("/login")
@public
@limiter.limit(limits.SIGN_IN)
@limiter.limit(limits.ONE_NUMBER, key_func=limits.number_from_here)
def sign_in() -> Answer:
    form, to = LoginForm(), None
    if form.validate():
        to = _step_in(form.number.data or "", form.password.data or "", now=ports().clock.now())
    if to is None:
        return again(door(form, problems=[Problem("number", WRONG)]))
    return redirect(to, 303)


@bp.get("/device/<token>")
@public
def device(token: str) -> Answer:
    """Show the button by which a new browser is confirmed; only where the password was typed."""
    with reading() as database:
        _check_browser(database, token, now=ports().clock.now())
    return render_template("mail/device.html", link=token)


@bp.post("/device/<token>")
@public
@limiter.limit("20 per 10 minutes")
def confirm_device(token: str) -> Answer:
    now = ports().clock.now()
    with unit_of_work() as database:
        _check_browser(database, token, now=now)
        found = links.use(database, token, LinkKind.DEVICE, now=now)
        to = _begin(database, found, now=now)
    session.pop("mail_device", None)
    return redirect(to, 303)


@bp.post("/logout")
@member()
def logout() -> Response:
    with unit_of_work() as database:
        registering.record(database, guard.this_member(database), "member.sign_out", now=ports().clock.now())
        guard.end(database)
    flash(OUT)
    return redirect(url_for("mail.login"), 303)


@bp.get("/session")
@member(quiet=True)
def time_left() -> Response:
    """Return how many seconds are left; asking does not extend them."""
    return _time_left()


@bp.post("/stay")
@member()
def stay() -> Response:
    """Extend the session; the rule of this view has restarted the idle time."""
    return _time_left()


def door(form: LoginForm | None = None, *, problems: list[Problem] | None = None, notice: str | None = None) -> str:
    """Return the sign-in page."""
    wanted = request.values.get("next")
    return render_template(
        "mail/login.html",
        form=form or LoginForm(),
        problems=problems or [],
        notice=notice,
        next=guard.onward(wanted) if wanted else None,
    )


@bp.errorhandler(LinkOver)
def link_over(error: LinkOver) -> tuple[str, int]:
    """Say that a link is used up, and how to get another."""
    return render_template("mail/link_over.html", words=error.message), 410


def _step_in(typed: str, password: str, *, now: datetime) -> str | None:
    """Return where somebody goes on whose password fits, else None; no transaction is open while it is compared."""
    number = signing_in.read_number(typed)
    browser = known_browsers.nonce_for(signing_in.login_of(number))
    with reading() as database:
        tried = signing_in.tried(database, typed, browser)
        stored = signing_in.stored_hash(database, number)
    compared = passwords.compare(stored, password)
    with unit_of_work() as database:
        found = signing_in.check(database, tried, compared, now=now, at=guard.wall_clock())
        if found is None:
            return None
        if browser is None and settings().policy.confirm_new_device:
            return _ask_mailbox(database, found, now=now)
        return _begin(database, found, now=now)


def _begin(database: Session, found: Member, *, now: datetime) -> str:
    """Sign a member in, tell them of a password that was changed since, and return where they go on."""
    changed, before = found.password_changed_at, signing_in.record_sign_in(database, found, now=now)
    guard.begin(database, found)
    known_browsers.remember(signing_in.login_of(found.number or ""))
    if changed is not None and before is not None and changed > before:
        flash(CHANGED.format(when=moment_words(changed)))
    return guard.onward(request.values.get("next"))


def _ask_mailbox(database: Session, found: Member, *, now: datetime) -> str:
    """Mail a link that lets this browser in, where the operator wants that; it is worth nothing in another one."""
    link = links.make(database, found, LinkKind.DEVICE, now=now)
    mails.put_link(database, MailKind.DEVICE, link, now=now)
    registering.record(database, found, "member.confirm_device", now=now)
    session["mail_device"] = link.id
    return url_for("mail.ask_mailbox")


@bp.get("/device")
@public
def ask_mailbox() -> Answer:
    """Say that a mail is on its way to confirm this browser."""
    if "mail_device" not in session:
        return redirect(url_for("mail.login"))
    return render_template("mail/ask_mailbox.html")


def _check_browser(database: Session, token: str, *, now: datetime) -> None:
    """Raise ``LinkOver`` unless the password was typed in this very browser for that link."""
    if links.find(database, token, LinkKind.DEVICE, now=now)[1] != session.get("mail_device"):
        raise LinkOver(OTHER_BROWSER)


def _time_left() -> Response:
    found = guard.me_member()
    idle = int((guard.wall_clock() - found.seen_at).total_seconds())
    return jsonify(left=guard.seconds_left(), idle=idle, token=guard.form_token())
