"""Whether somebody is still at the desk: how long until they are signed out, staying, and showing who one is."""

from __future__ import annotations

import time

from flask import jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.services.staff import accounts, passkeys, second_factor
from callcenter.ui.access import local_path, me, myself, seconds_left, staff
from callcenter.ui.forms import Problem
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.signin import bp, limiter

WRONG = "パスワードが合っていません。"
ANOTHER = "このパスキーは、ほかの人のものです。"


@bp.get("/session")
@staff(quiet=True, newcomers=True)
def time_left() -> Response:
    """Tell an open page how many seconds are left; looking does not make them more."""
    return _told()


@bp.post("/stay")
@staff(newcomers=True)
def stay() -> Response:
    """Somebody is there: the rule that let this through has started the time anew."""
    return _told()


@bp.get("/prove")
@staff(newcomers=True)
def prove() -> str:
    """Ask who it is, as at the door."""
    return _draw([])


@bp.post("/prove")
@staff(newcomers=True)
@limiter.limit("10 per 10 minutes", key_func=lambda: me().staff_id)
def proved() -> Response | tuple[str, int]:
    """Take the password, and a code from whoever has one."""
    problem, now = None, ports().clock.now()
    with unit_of_work() as database:
        person = myself(database)
        found = accounts.check_password(database, person.login, request.form.get("password", ""), now=now)
        try:
            how = "password"
            if found is not None and second_factor.of(database, person).any:
                code = request.form.get("code", "")
                how = second_factor.check(database, person, code, now=now, at=login_flow.clock())
            if found is not None:
                accounts.proved(database, person, how, now=now)
        except HelplineError as refused:
            problem = Problem("code", refused.message)
    problem = Problem("password", WRONG) if found is None else problem
    return _on() if problem is None else (_draw([problem]), 422)


@bp.post("/prove/passkey")
@staff(newcomers=True)
@limiter.limit("30 per 10 minutes", key_func=lambda: me().staff_id)
def proved_by_passkey() -> Response | tuple[str, int]:
    """Take a passkey instead."""
    problem, asked, answer = None, session.pop("asked", ""), request.form.get("credential", "")
    with unit_of_work() as database:
        try:
            now, at = ports().clock.now(), login_flow.clock()
            found = passkeys.check(database, login_flow.site(), asked, answer, now=now, at=at)
            problem = None if found.id == me().staff_id else ANOTHER
            if problem is None:
                accounts.proved(database, found, "passkey", now=now)
        except HelplineError as refused:
            problem = refused.message
    return _on() if problem is None else (_draw([Problem(None, problem)]), 422)


def _told() -> Response:
    idle = int(time.time() - session.get("active_at", 0))
    return jsonify(left=max(0, seconds_left()), idle=idle, token=generate_csrf())


def _on() -> Response:
    login_flow.prove()
    return redirect(local_path(request.form.get("next")) or url_for("staff.safety"), 303)


def _draw(problems: list[Problem]) -> str:
    with reading() as database:
        factors = second_factor.of(database, myself(database))
    to = local_path(request.values.get("next")) or url_for("staff.safety")
    return render_template("staff/prove.html", factors=factors, problems=problems, next=to, site=login_flow.site())
