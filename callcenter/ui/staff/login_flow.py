"""Signing in step by step; what was shown so far is kept in the signed cookie."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app, redirect, request, session, url_for
from flask_login import login_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings
from callcenter.domain.calendar.times import local_date, short_date
from callcenter.domain.staff.browsers import browser_name
from callcenter.domain.staff.guessable import known_words
from callcenter.domain.staff.second_factor import due
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.staff import accounts, browser_sessions, passwords, second_factor
from callcenter.services.staff.authenticators import RelyingParty
from callcenter.ui.access import SignedIn, local_path, note_activity
from callcenter.ui.kit.answers import from_script
from callcenter.ui.staff import known_browsers

HALF_WAY = timedelta(minutes=10)
"""Between the password and the code."""
PROVEN_FOR = timedelta(minutes=10)
"""Since somebody last showed who they are; after that they show it anew before they change how they come in."""

View = TypeVar("View", bound=Callable[..., Any])


def clock() -> datetime:
    """Return the time on real clocks, by which apps count, whatever day a trial plays."""
    return datetime.now(UTC)


def site() -> RelyingParty:
    """Return this site as passkeys know it."""
    return RelyingParty.of(settings().public_base_url, settings().service_name)


def onward() -> str:
    """Return the page the reader wanted, on this site only."""
    return local_path(request.values.get("next")) or local_path(session.get("onward")) or url_for("staff.home")


def advance(database: Session, staff: Staff, how: str) -> str:
    """Take the next step of somebody who has shown *how*, and return where it leads.

    Raises ``FirstPasswordOver``. Nothing from before survives in the cookie.
    """
    to, now = onward(), ports().clock.now()
    factors = second_factor.factors_of(database, staff)
    if how == "password" and factors.any:
        _wait_half_way(staff, "code", how, to)
        return url_for("staff.second")
    if how != "passkey" and accounts.check_first_password(staff, now=now):
        _wait_half_way(staff, "password", how, to)
        return url_for("staff.first_password")
    accounts.record_sign_in(database, staff, how, now=now)
    browser_sessions.end(database, session.get("_user_id", ""))  # whoever's this browser still had
    session.clear()
    note_activity()
    session["since"] = session["proven_at"] = int(time.time())
    _begin_session(database, staff)
    known_browsers.remember(staff.login)
    if not factors.any and _must_set_up(database, staff, now):
        session["onward"] = to
        return url_for("staff.safety")
    return to


def known_of(staff: Staff) -> tuple[str, ...]:
    """Return what others know of somebody and of the service, and would try as a password."""
    return known_words(staff.login, staff.name, settings().service_name, settings().line_number)


def compare(login: str, password: str) -> passwords.Comparison:
    """Compare a password with the account's; no transaction is open meanwhile."""
    with reading() as database:
        stored = accounts.stored_hash(database, login)
    return passwords.compare(stored, password)


def pending_staff(database: Session, step: str) -> Staff | None:
    """Return who has begun to sign in and is now at *step* (``code`` or ``password``)."""
    known = session.get("half_way", {})
    if known.get("step") != step or time.time() - known.get("at", 0) > HALF_WAY.total_seconds():
        return None
    staff = accounts.by_id(database, known["who"])
    return staff if staff is not None and staff.active and _seal(staff) == known["seal"] else None


def first_proof() -> str:
    """Return how the sign-in at hand began."""
    return str(session["half_way"]["how"])


def renew_session(database: Session, staff: Staff) -> None:
    """Sign every other browser out after a change of factors; this one goes on in a new session."""
    accounts.end_sessions(database, staff)
    _begin_session(database, staff)
    if second_factor.factors_of(database, staff).any:
        session.pop("must_set_up", None)
        session.pop("ask_factor", None)


def record_proof() -> None:
    """Store in the session that the reader has just proved their identity."""
    session["proven_at"] = int(time.time())


def requires_recent_proof(back: str = "staff.safety") -> Callable[[View], View]:
    """Require a recent proof of identity before the view; afterwards return to *back*.

    For what changes how somebody comes in.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if not is_proven():
                return _ask_who(back)
            return view(*arguments, **named)

        return guarded  # type: ignore[return-value]  # the same signature, as wraps says

    return guard


def is_proven() -> bool:
    """Return whether the proof of identity in this browser is recent."""
    return bool(time.time() - session.get("proven_at", 0) <= PROVEN_FOR.total_seconds())


def _ask_who(back: str) -> Response:
    if from_script():
        abort(409)
    named = request.view_args or {}
    expects = current_app.url_map.is_endpoint_expecting(back, *named)
    return redirect(url_for("staff.prove", next=url_for(back, **(named if expects else {}))), 303)


def _wait_half_way(staff: Staff, step: str, how: str, to: str) -> None:
    session.clear()
    session["half_way"] = {"who": staff.id, "seal": _seal(staff), "step": step, "how": how, "at": int(time.time())}
    session["onward"] = to


def _begin_session(database: Session, staff: Staff) -> None:
    """Begin a session under a new token, which nobody can have planted or seen before."""
    browser, since = browser_name(request.user_agent.string), datetime.fromtimestamp(session["since"], UTC)
    token = browser_sessions.begin(database, staff, browser, since=since, at=clock())
    session["seen_at"] = int(time.time())
    login_user(SignedIn.of(staff, token))


def _seal(staff: Staff) -> str:
    """Return a hash of the account's session token, as cookies can be read."""
    return hashlib.sha256(staff.session_token.encode()).hexdigest()


def _must_set_up(database: Session, staff: Staff, now: datetime) -> bool:
    """Return whether a second factor must be set up first; never during a talk."""
    demand = settings().second_factor
    if demand.required and staff.second_factor_by is None:
        staff.second_factor_by = now + demand.grace
    by = staff.second_factor_by if demand.required else None
    session["ask_factor"] = short_date(local_date(by)) if by else ""
    if not due(demand, staff.second_factor_by, now=now) or presence.is_in_talk(database, staff.id):
        return False
    session["must_set_up"] = True
    return True
