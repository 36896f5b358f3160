"""Break-glass: opening a record or case with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import bp
from callcenter.casefile.forms import BreakGlassForm
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.break_glass import LASTS, LONGEST, ReasonMissing, ReasonTooLong
from callcenter.domain.access.permissions import Action
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import Target
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import again

KINDS = ("case", "record")


@bp.get("/break-glass/<kind>/<target_id>")
@staff_who_may(Action.OPEN)
def break_glass_form(kind: str, target_id: str) -> str | Response:
    """Show what opening this means, and the form for the reason."""
    target = _target(kind, target_id)
    with unit_of_work() as session:
        if break_glass.is_open_to(session, target, by=myself(session), now=ports().clock.now()):
            return _onward(target)
    return _draw(target, BreakGlassForm())


@bp.post("/break-glass/<kind>/<target_id>")
@staff_who_may(Action.OPEN)
def break_the_glass(kind: str, target_id: str) -> Response | tuple[str, int]:
    """Open it, with the reason in the trail and a supervisor to review it."""
    target, form = _target(kind, target_id), BreakGlassForm()
    if not form.validate():
        return again(_draw(target, form))
    try:
        with unit_of_work() as session:
            access = _ask(session, target, form.reason.data or "")
    except (ReasonMissing, ReasonTooLong) as refused:
        form.refuse(refused, "reason")
        return again(_draw(target, form))
    if access:
        flash(f"{_minutes()}分だけ開きました。開いたことと理由は、統括に知らせてあります。")
    return _onward(target)


def _ask(session: Session, target: Target, reason: str) -> bool:
    return (
        break_glass.open_with_reason(session, target, reason, by=myself(session), now=ports().clock.now()) is not None
    )


def _draw(target: Target, form: BreakGlassForm) -> str:
    return render_template(
        "casefile/case/break_glass.html", target=target, form=form, minutes=_minutes(), longest=LONGEST
    )


def _minutes() -> int:
    return int(LASTS.total_seconds() // 60)


def _target(kind: str, target_id: str) -> Target:
    if kind not in KINDS:
        abort(404)
    return Target(kind, target_id)


def _onward(target: Target) -> Response:
    if target.kind == "case":
        return redirect(url_for("casefile.case", case_id=target.id), 303)
    return redirect(url_for("casefile.read_record", record_id=target.id), 303)
