"""Opening what one may not, with a reason; and reading one record without writing in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.console.blueprint import bp
from callcenter.console.desk import name_of
from callcenter.context import ports, unit_of_work
from callcenter.domain.access.break_glass import LASTS, LONGEST, ReasonMissing, ReasonTooLong
from callcenter.domain.access.permissions import Action
from callcenter.domain.codes import Code
from callcenter.domain.records.consultations import Channel, Relation
from callcenter.models.records import Consultation
from callcenter.services.access import break_glass
from callcenter.services.access.break_glass import Target
from callcenter.services.cases import wall
from callcenter.services.records import consultations
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.forms import Problem

KINDS = ("case", "record")

TEXTS = (("story", "主なお話"), ("background", "これまで"), ("response", "したこと"), ("next_step", "次回"))


@dataclass(frozen=True)
class Written:
    """A record as it is read, not written."""

    id: str
    case_id: str | None
    name: str
    relation: Code
    channel: Code
    counsellor: str
    opened_at: datetime
    finished: bool
    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, record: Consultation) -> Written:
        return cls(
            id=record.id,
            case_id=record.case_id,
            name=name_of(record),
            relation=Relation(record.relation),
            channel=Channel(record.channel),
            counsellor=record.counsellor.name,
            opened_at=record.opened_at,
            finished=record.finished_at is not None,
            texts=tuple((label, getattr(record, name) or "") for name, label in TEXTS),
        )


@bp.get("/records/<record_id>/read")
@staff_who_may(Action.OPEN)
def read_record(record_id: str) -> str:
    """One record to read, for whoever may open it; every opening is in the trail."""
    with unit_of_work() as session:
        staff = myself(session)
        record = consultations.read(session, record_id, by=staff, now=ports().clock.now())
        wall.check(session, staff, record)
        shown = Written.of(record)
    return render_template("console/read_record.html", record=shown)


@bp.get("/break-glass/<kind>/<target_id>")
@staff_who_may(Action.OPEN)
def break_glass_form(kind: str, target_id: str) -> str | Response:
    """What it means to open this, and where the reason goes; nothing is opened yet."""
    target = _target(kind, target_id)
    with unit_of_work() as session:
        if break_glass.is_open_to(session, target, by=myself(session), now=ports().clock.now()):
            return _onward(target)
    return _draw(target)


@bp.post("/break-glass/<kind>/<target_id>")
@staff_who_may(Action.OPEN)
def break_the_glass(kind: str, target_id: str) -> Response | tuple[str, int]:
    """Open it, with the reason in the trail and a supervisor to read it."""
    target, reason = _target(kind, target_id), request.form.get("reason", "")
    try:
        with unit_of_work() as session:
            access = _ask(session, target, reason)
    except (ReasonMissing, ReasonTooLong) as wrong:
        return _draw(target, reason, [Problem("reason", wrong.message)]), 422
    if access:
        flash(f"{_minutes()}分だけひらきました。ひらいたことと理由は、統括に知らせてあります。")
    return _onward(target)


def _ask(session: Session, target: Target, reason: str) -> bool:
    return (
        break_glass.open_with_reason(session, target, reason, by=myself(session), now=ports().clock.now()) is not None
    )


def _draw(target: Target, reason: str = "", problems: list[Problem] | None = None) -> str:
    given: dict[str, Any] = {"minutes": _minutes(), "longest": LONGEST, "reason": reason, "problems": problems or []}
    return render_template("console/break_glass.html", target=target, **given)


def _minutes() -> int:
    return int(LASTS.total_seconds() // 60)


def _target(kind: str, target_id: str) -> Target:
    if kind not in KINDS:
        abort(404)
    return Target(kind, target_id)


def _onward(target: Target) -> Response:
    if target.kind == "case":
        return redirect(url_for("console.case", case_id=target.id), 303)
    return redirect(url_for("console.read_record", record_id=target.id), 303)
