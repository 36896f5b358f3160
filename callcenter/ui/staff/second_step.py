"""After the password, or instead of it: a code, a recovery code, a passkey; and a password of one's own."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from callcenter.context import ports, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.services.staff import accounts, passkeys, passwords, second_factor
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import local_path, public
from callcenter.ui.forms import Problem
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.signin import bp, door, limiter

DIFFERENT = "2つの欄の文字がちがっています。同じものを、もう一度入れてください。"
SAME = "はじめのパスワードとは、ちがうものにしてください。"


@bp.get("/second")
@public
def second() -> str | Response:
    """The second thing to show."""
    with unit_of_work() as database:
        staff = login_flow.half_way(database, "code")
    return _back_to_the_door() if staff is None else _second_page([])


@bp.post("/second")
@public
@limiter.limit("60 per 10 minutes")
def take_code() -> str | Response | tuple[str, int]:
    """Take a code of the app or a recovery code."""
    to, problem = "", None
    with unit_of_work() as database:
        staff = login_flow.half_way(database, "code")
        if staff is None:
            return _back_to_the_door()
        try:
            typed, now = request.form.get("code", ""), ports().clock.now()
            how = second_factor.check(database, staff, typed, now=now, at=login_flow.clock())
            to = login_flow.advance(database, staff, how)
        except HelplineError as refused:  # caught inside, so that the count and the trail stay
            problem = refused.message
    return redirect(to, 303) if problem is None else (_second_page([Problem("code", problem)]), 422)


@bp.post("/passkey/ask")
@public
@limiter.limit("60 per 10 minutes")
def ask_passkey() -> Response:
    """Give the browser the question for whichever passkey its person has."""
    with unit_of_work() as database:
        question, asked = passkeys.ask_for_known(database, login_flow.site(), at=login_flow.clock())
    session["asked"] = asked
    return Response(question.options, mimetype="application/json")


@bp.post("/passkey")
@public
@limiter.limit("60 per 10 minutes")
def take_passkey() -> Response | tuple[str, int]:
    """Let in whose passkey answered: it has shown both the device and its owner, so nothing else is asked."""
    to, problem = "", None
    asked, answer, now = session.pop("asked", ""), request.form.get("credential", ""), ports().clock.now()
    with unit_of_work() as database:
        try:
            staff = passkeys.check(database, login_flow.site(), asked, answer, now=now, at=login_flow.clock())
            to = login_flow.advance(database, staff, "passkey")
        except HelplineError as refused:
            problem = refused.message
    if problem is None:
        return redirect(to, 303)
    return door(problems=[Problem(None, problem)]), 422


@bp.get("/first-password")
@public
def first_password() -> str | Response:
    """Choose a password of one's own."""
    with unit_of_work() as database:
        staff = login_flow.half_way(database, "password")
    return _back_to_the_door() if staff is None else render_template("staff/first_password.html", problems=[])


@bp.post("/first-password")
@public
@limiter.limit("60 per 10 minutes")
def choose_password() -> str | Response | tuple[str, int]:
    """Let it replace the one that somebody else made up."""
    to, problem, chosen, now = "", None, request.form.get("password", ""), ports().clock.now()
    with unit_of_work() as database:
        staff = login_flow.half_way(database, "password")
        if staff is None:
            return _back_to_the_door()
        try:
            if chosen != request.form.get("again", ""):
                raise HelplineError(DIFFERENT)
            if passwords.matches(staff.password_hash, chosen):
                raise HelplineError(SAME)
            accounts.set_password(database, staff, chosen, by=staff_member(staff.id), now=now)
            to = login_flow.advance(database, staff, login_flow.shown_so_far())
        except HelplineError as refused:
            problem = refused.message
    if problem is None:
        return redirect(to, 303)
    return render_template("staff/first_password.html", problems=[Problem("password", problem)]), 422


def _second_page(problems: list[Problem]) -> str:
    return render_template("staff/second.html", problems=problems, site=login_flow.site(), next=login_flow.onward())


def _back_to_the_door() -> Response:
    """Whoever took too long, or comes by a kept address, begins anew."""
    return redirect(url_for("staff.login", next=local_path(session.get("onward"))), 303)
