"""Signing in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Request,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_limiter import Limiter, RouteLimit
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, logout_user
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.staff.sign_in_delays import SignInDelayed
from callcenter.services.administration import duty_changes
from callcenter.services.staff import accounts, browser_sessions, sign_in_delays
from callcenter.services.staff.accounts import FirstPasswordOver
from callcenter.ui.access import SignedIn, local_path, me, public, staff
from callcenter.ui.forms import Problem
from callcenter.ui.frame import frame
from callcenter.ui.kit.answers import again, from_script
from callcenter.ui.light.twins import usual
from callcenter.ui.staff import known_browsers, login_flow
from callcenter.ui.staff.forms import LoginForm

WRONG = "ログイン名かパスワードが合っていません。"
"""The same words whichever of the two is wrong, so that nobody can try out names."""
IDLE_WORDS = "しばらく操作がなかったため、安全のためにログアウトしました。もう一度ログインしてください。"
OUT = "ログアウトしました。おつかれさまでした。"
AFTER_THE_CALL = "いまはお話し中です。記録を閉じたときに、退席してログアウトします。"

bp = Blueprint("staff", __name__, url_prefix="/staff")
login_manager = LoginManager()
HOST_ONLY = "__Host-session"
"""A browser takes a cookie of such a name only over https, for every path, and from this very host."""


def network() -> str:
    """Return the place a request comes from: an address, of IPv6 the /64 network, which one subscriber has whole."""
    try:
        address = ip_address(get_remote_address())
    except ValueError:  # a proxy may name something else; that is one place, whatever it is
        return "elsewhere"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    return str(address)


class PageLimiter(Limiter):
    """Counts what is asked of a page and of its light twin together."""

    def limit(self, limit_value: str | Callable[[], str], **options: Any) -> RouteLimit:
        return super().shared_limit(limit_value, usual, **options)


limiter = PageLimiter(key_func=network, in_memory_fallback_enabled=True)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, without reading a key for requests without a cookie, such as webhooks."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask, *, redis_url: str | None = None) -> None:
    """Install sign-in and the rate limits on guessing, which also work while Redis is away."""
    app.session_interface = Sessions()
    # Its own template variable asks the database at once; ours waits until a page really shows who is in.
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis_url or "memory://")
    # Only views that say so are limited, and they ask by themselves: no other request need pass the limiter.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    app.register_blueprint(bp)


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """Return the active account of the browser's session."""
    with reading() as database:
        found = browser_sessions.staff_of(database, token)
        return None if found is None else SignedIn.of(found, token)


def _who_is_tried() -> str:
    """Return a digest of the login that is tried from this place."""
    name = accounts.normalised_login(request.form.get("login", "")[: accounts.LONGEST_LOGIN])
    return hashlib.sha256(f"{network()} {name}".encode()).hexdigest()


@bp.get("/login")
@public
def login() -> str | Response:
    if current_user.is_authenticated:
        return redirect(login_flow.onward())
    notice = IDLE_WORDS if session.pop("ended", None) == "idle" else None
    return door(notice=notice)


@bp.post("/login")
@public
@limiter.limit("60 per 10 minutes")
@limiter.limit("10 per 10 minutes", key_func=_who_is_tried)
def sign_in() -> str | Response | tuple[str, int]:
    form, now, to, problem = LoginForm(), ports().clock.now(), None, WRONG
    if form.validate():
        try:
            to = _step_in(form.login.data or "", form.password.data or "", now=now)
        except (SignInDelayed, FirstPasswordOver) as refused:
            problem = refused.message
    if to is None:
        return again(door(form, problems=[Problem("login", problem)]))
    return redirect(to)


def _step_in(typed: str, password: str, *, now: datetime) -> str | None:
    """Return where somebody goes on whose password fits, else None; raises ``SignInDelayed``, ``FirstPasswordOver``."""
    login = accounts.normalised_login(typed)
    with reading() as database:
        key = sign_in_delays.tried(database, login, known_browsers.nonce_for(login))
        sign_in_delays.check(database, key, at=login_flow.clock())
    compared = login_flow.compare(login, password)
    with unit_of_work() as database:
        sign_in_delays.check(database, key, at=login_flow.clock(), locked=True)  # others may have guessed meanwhile
        found = accounts.check_password(database, login, compared, now=now)
        if found is None:
            sign_in_delays.count_miss(database, key, at=login_flow.clock())
            return None
        sign_in_delays.forget(database, key)
        return login_flow.advance(database, found, "password")


@bp.post("/logout")
@staff(newcomers=True)
def logout() -> Response:
    with unit_of_work() as database:
        found = browser_sessions.staff_of(database, me().token)
        gone = found is None or duty_changes.sign_out(database, found, now=ports().clock.now())
    if gone:
        logout_user()
        session.clear()
    if from_script():  # whose page stays, and with it the call
        return jsonify(words=OUT if gone else AFTER_THE_CALL)
    flash(OUT if gone else AFTER_THE_CALL)
    return redirect(url_for("staff.login" if gone else "staff.home"))


@bp.get("/")
@staff()
def home() -> str | Response:
    desk = _desk()
    return redirect(desk) if desk else render_template("staff/home.html", me=me())


def door(form: LoginForm | None = None, *, problems: list[Problem] | None = None, notice: str | None = None) -> str:
    """Return the sign-in page."""
    return render_template(
        "staff/login.html",
        form=form or LoginForm(),
        problems=problems or [],
        notice=notice,
        next=local_path(request.values.get("next")),
        demo=settings().demo,
        site=login_flow.site(),
    )


def _desk() -> str | None:
    endpoint = frame().home(me().role, current_app.view_functions)
    return url_for(endpoint) if endpoint else None
