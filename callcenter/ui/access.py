"""Who may open a view: a rule on each view, kept in one table and enforced before every request.

A view without a rule is closed to everybody, so a forgotten decorator is seen at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from inspect import unwrap
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import UserMixin, current_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.staff.roles import Role
from callcenter.models.base import DatabaseFailed
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.members.accounts.sessions import SignedInMember
from callcenter.services.staff import browser_sessions
from callcenter.ui.kit.answers import from_script

IDLE = timedelta(minutes=30)
"""A member of staff who does nothing for so long is signed out, but never out of a talk that began before."""
LONGEST = timedelta(hours=12)
"""After so long everybody shows anew who they are; no shift lasts as long."""

NOTED_EVERY = 15
"""Seconds."""
SEEN_EVERY = 5 * 60
"""Seconds; the list of one's own sessions need not know it better."""
MORE = 15 * 60
"""Seconds that a talk adds at a time once the longest is reached."""

View = TypeVar("View", bound=Callable[..., Any])


class Who(StrEnum):
    """Kinds of readers: everybody, machines, staff, members of the mail consultation."""

    PUBLIC = "public"
    STAFF = "staff"
    MEMBER = "member"
    MACHINE = "machine"
    """Not a person: a probe or a scraper, kept out by the view's own check."""


Late = Callable[[SignedInMember, Mapping[str, str]], str | None]
"""Keeps what a member posted after their session had ended by itself; returns where to go on after signing in."""


@dataclass(frozen=True)
class Rule:
    """Who may open a view; without *action* every member of staff. A *quiet* view counts as no activity.

    One for *newcomers* is open also to those who have to set up a second factor before anything else; what a member
    posts too late is given to *late*.
    """

    who: Who
    action: Action | None = None
    quiet: bool = False
    newcomers: bool = False
    late: Late | None = None


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The signed-in member of staff, independent of any database session."""

    token: str
    staff_id: str
    name: str
    role: Role

    @classmethod
    def of(cls, staff: Staff, token: str) -> SignedIn:
        """Return the value of an account in the browser session of that *token*."""
        return cls(token, staff.id, staff.name, staff.role)

    def may(self, action: Action) -> bool:
        """Return whether this person may do *action* under some conditions, for pages and links."""
        return self.role in roles_that_may(action)

    def get_id(self) -> str:
        """Return the token of this browser's session."""
        return self.token


RULES: dict[str, Rule] = {}
"""Every rule by the view's module and qualified name."""


def public(view: View) -> View:
    """Mark *view* as open to everybody."""
    return _register(view, Rule(Who.PUBLIC))


def machine(view: View) -> View:
    """Mark *view* as open to probes and scrapers; the view itself checks whom it answers."""
    return _register(view, Rule(Who.MACHINE))


def staff(*, quiet: bool = False, newcomers: bool = False) -> Callable[[View], View]:
    """Mark a view as open to every member of staff.

    *quiet* is for what a page asks by itself (heartbeats, streams): it does not keep an idle person signed in.
    *newcomers* is for the few views on which a second factor is set up.
    """

    def mark(view: View) -> View:
        return _register(view, Rule(Who.STAFF, quiet=quiet, newcomers=newcomers))

    return mark


def staff_who_may(action: Action, *, quiet: bool = False) -> Callable[[View], View]:
    """Mark a view as open to staff who may do *action* under some conditions; the service checks to what.

    *quiet* as in ``staff``.
    """

    def mark(view: View) -> View:
        return _register(view, Rule(Who.STAFF, action, quiet))

    return mark


def member(late: Late | None = None, *, quiet: bool = False) -> Callable[[View], View]:
    """Mark a view as open to a member of the mail consultation who has signed in.

    *late* gets whose session it was and the form of a post that came up to a day after the session had ended by
    itself; it opens its own transaction. *quiet* as in ``staff``.
    """

    def mark(view: View) -> View:
        return _register(view, Rule(Who.MEMBER, quiet=quiet, late=late))

    return mark


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """Return the rule of *view*, or None if it has none."""
    return RULES.get(_name(view))


def me() -> SignedIn:
    """Return who is signed in; only for views marked ``staff`` or ``staff_who_may``."""
    return cast(SignedIn, current_user._get_current_object())  # noqa: SLF001  # Flask-Login's proxy has no public door


def myself(database: Session) -> Staff:
    """Return the account of who is signed in; only for views marked ``staff`` or ``staff_who_may``."""
    return database.get_one(Staff, me().staff_id)


def note_activity() -> None:
    """Restart the idle time; not at every request, as each write sends a cookie."""
    # The wall clock on purpose: a trial may set the line's clock to any day, its people stay at their desks.
    now = int(time.time())
    if not 0 <= now - session.get("active_at", 0) < NOTED_EVERY:
        session["active_at"] = now


def seconds_left() -> int:
    """Return how long this browser stays signed in without activity."""
    return int(_over_at() - time.time())


def local_path(target: str | None) -> str | None:
    """Return *target* if it is a path on this site, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 33 or character == "\\" for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def rule_here() -> Rule | None:
    """Return the rule of the view that is asked for, if there is one."""
    view = current_app.view_functions.get(request.endpoint or "")
    return None if view is None else rule_of(view)


def install(
    app: Flask, *, members: Callable[[Rule], Response | None], guarded_elsewhere: frozenset[str] = frozenset()
) -> None:
    """Enforce the rules on *app*, those of *members* by a guard of their own; not in the blueprints named."""
    app.extensions["callcenter.guarded_elsewhere"] = guarded_elsewhere | {"static"}
    app.extensions["callcenter.guard_of_members"] = members
    app.before_request(_enforce)


def _register(view: View, rule: Rule) -> View:
    RULES[_name(view)] = rule
    return view


def _name(view: Callable[..., Any]) -> str:
    plain = unwrap(view)
    return f"{plain.__module__}.{plain.__qualname__}"


def _enforce() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint.split(".")[0] in current_app.extensions["callcenter.guarded_elsewhere"]:
        return None
    rule = rule_of(current_app.view_functions[endpoint])
    if rule is None:
        abort(403)
    if rule.who is Who.STAFF:
        return _enforce_staff(rule)
    if rule.who is Who.MEMBER:
        guard: Callable[[Rule], Response | None] = current_app.extensions["callcenter.guard_of_members"]
        return guard(rule)
    return None


def _enforce_staff(rule: Rule) -> Response | None:
    if current_user.is_authenticated and seconds_left() < 0:
        _end_or_go_on()
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if session.get("must_set_up") and not rule.newcomers:
        return _lead_to_safety()
    if rule.action is not None and not me().may(rule.action):
        abort(403)
    if not rule.quiet:
        note_activity()
        _note_seen()
    return None


def _over_at() -> float:
    """Return when this browser's session ends without activity, by the wall clock."""
    idle = session.get("active_at", 0) + IDLE.total_seconds()
    longest = session.get("since", session.get("active_at", 0)) + LONGEST.total_seconds()
    return float(min(idle, longest))


def _note_seen() -> None:
    """Store now and then that this browser is in use, for its owner; a page is shown also where that cannot be kept."""
    now = int(time.time())
    if not 0 <= now - session.get("seen_at", 0) < SEEN_EVERY:
        with suppress(DatabaseFailed), unit_of_work() as database:
            browser_sessions.note_seen(database, me().token, at=datetime.now(UTC))
            session["seen_at"] = now


def _end_or_go_on() -> None:
    """Sign out whose session is over; never during a talk that began before that."""
    with reading() as database:
        began = presence.talk_began(database, me().staff_id)
    # How long the talk lasts is told by the line's clock, which a trial may set to any day.
    lasts = None if began is None else (ports().clock.now() - began).total_seconds()
    if lasts is not None and _over_at() >= time.time() - lasts:
        note_activity()
        session["since"] = max(session.get("since", 0), session["active_at"] - LONGEST.total_seconds() + MORE)
    else:
        logout_user()
        session["ended"] = "idle"


def _lead_to_safety() -> Response:
    if request.method not in {"GET", "HEAD"} or from_script():
        abort(403)
    return redirect(url_for("staff.safety"))


def _ask_to_sign_in() -> Response:
    """Redirect to the sign-in page; a script gets a plain 401, as it could not follow."""
    if request.method not in {"GET", "HEAD"} or from_script():
        abort(401)
    here = request.full_path.rstrip("?")
    return redirect(url_for("staff.login", next=here))
