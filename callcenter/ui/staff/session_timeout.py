"""The session's time-out: how long until the reader is signed out, staying, and proving identity again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, unit_of_work
from callcenter.domain.errors import HelplineError
from callcenter.models.staff.accounts import Staff
from callcenter.services.staff import accounts, passkeys, second_factor
from callcenter.ui.access import local_path, me, myself, seconds_left, staff
from callcenter.ui.forms import Problem
from callcenter.ui.kit.answers import again
from callcenter.ui.staff import login_flow
from callcenter.ui.staff.forms import PasskeyForm, ProveForm
from callcenter.ui.staff.signin import bp, limiter

WRONG = "パスワードが合っていません。"
ANOTHER = "このパスキーは、ほかの人のものです。"


@bp.get("/session")
@staff(quiet=True, newcomers=True)
def time_left() -> Response:
    """Return how many seconds are left; asking does not extend them."""
    return _time_left()


@bp.post("/stay")
@staff(newcomers=True)
def stay() -> Response:
    """Extend the session; the rule of this view has restarted the idle time."""
    return _time_left()


@bp.get("/prove")
@staff(newcomers=True)
def prove() -> str:
    """Show the form for a proof of identity."""
    return _draw(ProveForm())


@bp.post("/prove")
@staff(newcomers=True)
@limiter.limit("10 per 10 minutes", key_func=lambda: me().staff_id)
def proved() -> Response | tuple[str, int]:
    """Check the password, and a code from whoever has a second factor."""
    form, now = ProveForm(), ports().clock.now()
    if form.validate():
        with reading() as database:
            login = myself(database).login
        compared = login_flow.compare(login, form.password.data or "")
        with unit_of_work() as database:
            person = accounts.check_password(database, login, compared, now=now)
            if person is None:
                form.add("password", WRONG)
            else:
                _take_code(database, person, form, now)
    return again(_draw(form)) if form.problems else _on()


@bp.post("/prove/passkey")
@staff(newcomers=True)
@limiter.limit("30 per 10 minutes", key_func=lambda: me().staff_id)
def proved_by_passkey() -> Response | tuple[str, int]:
    """Check a passkey instead."""
    form, asked = PasskeyForm(), session.pop("asked", "")
    now, at = ports().clock.now(), login_flow.clock()
    if form.validate():
        with unit_of_work() as database:
            try:
                found = passkeys.check(database, login_flow.site(), asked, form.credential.data or "", now=now, at=at)
                if found.id != me().staff_id:
                    raise HelplineError(ANOTHER)
                accounts.record_reauthentication(database, found, "passkey", now=now)
            except HelplineError as refused:
                form.refuse(refused)
    return again(_draw(ProveForm(formdata=None), form.problems)) if form.problems else _on()


def _take_code(database: Session, person: Staff, form: ProveForm, now: datetime) -> None:
    """Check a code from whoever has a second factor; the count of wrong ones is kept."""
    try:
        how = "password"
        if second_factor.factors_of(database, person).any:
            how = second_factor.check(database, person, form.code.data or "", now=now, at=login_flow.clock())
        accounts.record_reauthentication(database, person, how, now=now)
    except HelplineError as refused:
        form.refuse(refused, "code")


def _time_left() -> Response:
    idle = int(time.time() - session.get("active_at", 0))
    return jsonify(left=max(0, seconds_left()), idle=idle, token=generate_csrf())


def _on() -> Response:
    login_flow.record_proof()
    return redirect(local_path(request.form.get("next")) or url_for("staff.safety"), 303)


def _draw(form: ProveForm, problems: Sequence[Problem] = ()) -> str:
    with reading() as database:
        factors = second_factor.factors_of(database, myself(database))
    to = local_path(request.values.get("next")) or url_for("staff.safety")
    given: dict[str, Any] = {
        "form": form,
        "problems": [*form.problems, *problems],
        "next": to,
        "site": login_flow.site(),
    }
    return render_template("staff/confirm_identity.html", factors=factors, **given)
