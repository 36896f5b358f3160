"""Whether a member of the mail consultation is signed in, by a cookie of their own.

How long a session lasts is counted by the wall clock: a trial may set the line's clock to any day, its people stay at
their desks. A form's token is derived from the session's cookie, so that it is still good after the session ended by
itself, and what was posted late is not lost.
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, after_this_request, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from callcenter.context import reading, settings, unit_of_work
from callcenter.models.base import DatabaseFailed
from callcenter.models.members.accounts import Member
from callcenter.services.members.accounts import sessions
from callcenter.services.members.accounts.sessions import SignedInMember
from callcenter.ui.access import Rule, Who, local_path, rule_here
from callcenter.ui.forms import SUBMITS
from callcenter.ui.kit.answers import from_script

NOTED_EVERY = timedelta(seconds=15)
PAGES = frozenset({"mail"})
"""Blueprints whose forms carry the token of a member's session, where there is one."""
AT_HOME = "/mail/my/"
"""Only pages under this path are gone on to after signing in."""
ENDED, KEPT = "idle", "kept"
"""How the last session ended, for the sign-in page: by itself, and whether something was kept as a draft."""


def install(app: Flask) -> None:
    """Let every form carry the token of its reader's session, and templates ask ``is_member()``."""
    app.jinja_env.globals.update(csrf_token=form_token, is_member=is_member)

    @app.before_request
    def look() -> None:
        if request.blueprint in PAGES:
            current_member()  # before the view opens a transaction of its own


def enforce(rule: Rule) -> Response | None:
    """Let a signed-in member through; ask others to sign in, and keep what they posted where the view can."""
    found = current_member()
    submits = request.method in SUBMITS
    if submits and found is not None and not is_vouched_for():
        raise CSRFError("The token does not fit the session.")
    if found is None or found.over or found.registering:
        return _ask_to_sign_in(rule, found if found is None or not found.registering else None)
    if not rule.quiet:
        _note_seen(found)
    return None


def current_member() -> SignedInMember | None:
    """Return whose session this browser has or had until lately, if any; asked once for a request."""
    if "member" not in g:
        g.member = None
        if request.cookies.get(cookie()):
            with reading() as database:
                g.member = _find(database, at=wall_clock())
    found: SignedInMember | None = g.member
    return found


def is_member() -> bool:
    """Return whether this is a page of a signed-in member."""
    rule, found = rule_here(), current_member()
    return rule is not None and rule.who is Who.MEMBER and found is not None and not found.over


def registering_member() -> SignedInMember | None:
    """Return who has registered in this browser less than half an hour ago and not written yet."""
    found = current_member()
    return found if found is not None and found.registering and not found.over else None


def me_member() -> SignedInMember:
    """Return who is signed in; only for views marked ``member``."""
    found = current_member()
    assert found is not None and not found.over
    return found


def this_member(database: Session) -> Member:
    """Return the registration of who is signed in; only for views marked ``member``."""
    found = database.get(Member, me_member().id)
    if found is None:  # deleted in another browser a moment ago
        raise Unauthorized
    return found


def begin(database: Session, member: Member, *, registering: bool = False) -> None:
    """Begin a session in this browser under a new token, which nobody can have planted or seen before."""
    if registering_member() is None and (before := request.cookies.get(cookie())) is not None:
        sessions.end(database, before)  # whoever's this browser still had; a registration's ends by its half hour
    token = sessions.begin(database, member, at=wall_clock(), registering=registering)
    g.member = None

    @after_this_request
    def _tell(answer: Response) -> Response:
        answer.set_cookie(cookie(), token, secure=_secure(), httponly=True, samesite="Lax")
        return answer


def end(database: Session) -> None:
    """End the session of this browser."""
    if (token := request.cookies.get(cookie())) is not None:
        sessions.end(database, token)
    g.member = None

    @after_this_request
    def _forget(answer: Response) -> Response:
        answer.delete_cookie(cookie(), secure=_secure(), httponly=True, samesite="Lax")
        return answer


def form_token() -> str:
    """Return the token that the form of this page carries."""
    token = request.cookies.get(cookie()) if request.blueprint in PAGES else None
    return _token_of(token) if token else str(generate_csrf())


def is_vouched_for() -> bool:
    """Return whether what was posted carries the token of this browser's session, running or over."""
    token = request.cookies.get(cookie()) if request.blueprint in PAGES else None
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken") or ""
    g.csrf_valid = bool(token) and hmac.compare_digest(given.encode(errors="replace"), _token_of(token or "").encode())
    return bool(g.csrf_valid)


def seconds_left() -> int:
    """Return how long the member stays signed in without activity."""
    return max(0, int((me_member().ends_at - wall_clock()).total_seconds()))


def onward(to: str | None) -> str:
    """Return the member's page that was wanted, else the first one."""
    path = local_path(to)
    wanted = path if path and urlsplit(path).path.startswith(AT_HOME) and ".." not in path else None
    return wanted or AT_HOME


def wall_clock() -> datetime:
    """Return the time on real clocks."""
    return datetime.now(UTC)


def cookie() -> str:
    """Return the name of the cookie; over https one that only this very host can set."""
    return "__Host-member" if _secure() else "member"


def _find(database: Session, *, at: datetime) -> SignedInMember | None:
    return sessions.find(database, request.cookies[cookie()], idle=settings().policy.member_idle, at=at)


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _token_of(token: str) -> str:
    key = settings().secret_key.encode()
    return hmac.new(key, f"form of a member {token}".encode(), hashlib.sha256).hexdigest()


def _note_seen(found: SignedInMember) -> None:
    """Restart the idle time; a page is shown also where that cannot be kept."""
    now = wall_clock()
    if not timedelta(0) <= now - found.seen_at < NOTED_EVERY:
        with suppress(DatabaseFailed), unit_of_work() as database:
            sessions.note_seen(database, found, at=now)
            g.member = _find(database, at=now)


def _ask_to_sign_in(rule: Rule, ended: SignedInMember | None) -> Response:
    """Lead to the sign-in page; a script gets a plain 401, as it could not follow."""
    to, posted = None, request.method in SUBMITS
    if ended is not None:
        session["mail_ended"] = ENDED
        with unit_of_work() as database:
            sessions.note_over(database, ended)
        if posted and rule.late is not None:
            to = rule.late(ended, request.form)
            session["mail_ended"] = ENDED if to is None else KEPT  # nothing was kept of an empty form
    if from_script():
        raise Unauthorized
    here = request.full_path.rstrip("?")
    return redirect(url_for("mail.login", next=to if posted else here), 303 if posted else 302)
