"""Whether somebody is still at the desk: how long until they are signed out, staying, and showing who one is."""

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
    return _draw(ProveForm())


@bp.post("/prove")
@staff(newcomers=True)
@limiter.limit("10 per 10 minutes", key_func=lambda: me().staff_id)
def proved() -> Response | tuple[str, int]:
    """Take the password, and a code from whoever has one."""
    form, now = ProveForm(), ports().clock.now()
    if form.validate():
        with unit_of_work() as database:
            person = myself(database)
            if accounts.check_password(database, person.login, form.password.data or "", now=now) is None:
                form.add("password", WRONG)
            else:
                _take_code(database, person, form, now)
    return again(_draw(form)) if form.problems else _on()


@bp.post("/prove/passkey")
@staff(newcomers=True)
@limiter.limit("30 per 10 minutes", key_func=lambda: me().staff_id)
def proved_by_passkey() -> Response | tuple[str, int]:
    """Take a passkey instead."""
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
    """Ask for a code as well from whoever has a second factor; what is counted of a wrong one stays."""
    try:
        how = "password"
        if second_factor.factors_of(database, person).any:
            how = second_factor.check(database, person, form.code.data or "", now=now, at=login_flow.clock())
        accounts.record_reauthentication(database, person, how, now=now)
    except HelplineError as refused:
        form.refuse(refused, "code")


def _told() -> Response:
    idle = int(time.time() - session.get("active_at", 0))
    return jsonify(left=max(0, seconds_left()), idle=idle, token=generate_csrf())


def _on() -> Response:
    login_flow.prove()
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
    return render_template("staff/prove.html", factors=factors, **given)
