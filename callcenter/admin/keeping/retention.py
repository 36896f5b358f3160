"""Retention: what is destroyed tonight and in the months ahead, and holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from flask import render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.forms import HoldForm
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.models.keeping.retention import RetentionHold
from callcenter.services.delivery import nightly
from callcenter.services.keeping import holds, retention
from callcenter.services.keeping.retention import Held, Kind
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import again, onward

SHOWN = 200
"""Rows of the list; it says so when there are more."""


@dataclass(frozen=True)
class HoldInForce:
    """A hold in force."""

    hold: RetentionHold
    note: str
    case_id: str | None


@bp.get("/retention")
@staff_who_may(Action.SEE_RETENTION)
def kept() -> str:
    """Show what is due tonight and later, without names."""
    now, periods = ports().clock.now(), settings().policy.periods
    today = local_date(now)
    with reading() as session:
        due = list(islice(retention.due(session, on=today, periods=periods), SHOWN + 1))
        ahead = retention.months_ahead(session, today=today, periods=periods)
        return render_template(
            "admin/keeping/retention.html",
            periods=periods,
            going=[one for one in due[:SHOWN] if one.held is None],
            staying=[one for one in due[:SHOWN] if one.held is not None],
            more=len(due) > SHOWN,
            months=[(year, month, ahead[year, month]) for year, month in retention.next_months(today)],
            standing=_standing(session, today),
            last=nightly.latest(session, nightly.RETENTION),
            may_open=me().may(Action.OPEN),
            may_hold=me().may(Action.HOLD),
            short=short,
            held=Held,
            kind=Kind,
        )


@bp.get("/retention/hold/<row_id>")
@staff_who_may(Action.HOLD)
def ask_hold(row_id: str) -> str:
    """Ask why and until when something is held."""
    return _ask(row_id, HoldForm())


@bp.post("/retention/hold/<row_id>")
@staff_who_may(Action.HOLD)
def hold(row_id: str) -> Response | tuple[str, int]:
    """Place the hold."""
    form, now, by = HoldForm(), ports().clock.now(), staff_member(me().staff_id)
    if not form.validate():
        return again(_ask(row_id, form))
    try:
        with unit_of_work() as session:
            holds.place_hold(session, row_id, form.reason.data, form.note.data or "", form.until.data, by=by, now=now)
    except HelplineError as refused:
        form.refuse(refused)
        return again(_ask(row_id, form))
    return onward("admin.kept", "この日まで、消さずに残します。")


@bp.post("/retention/lift/<hold_id>")
@staff_who_may(Action.HOLD)
def lift(hold_id: str) -> Response:
    """End a hold now."""
    with unit_of_work() as session:
        holds.lift(session, hold_id, by=staff_member(me().staff_id), now=ports().clock.now())
    return onward("admin.kept", "保存の延長を解きました。期間が過ぎていれば、今夜消えます。")


def short(row_id: str) -> str:
    """Return the end of an id, which tells apart two of the same minute."""
    return row_id[-8:]


def _standing(session: Session, today: date) -> list[HoldInForce]:
    """Return the holds in force; their notes only for those who may place one."""
    reads = me().may(Action.HOLD)
    found = holds.listed(session, today=today)
    return [HoldInForce(one, (one.note or "") if reads else "", one.case_id) for one in found]


def _ask(row_id: str, form: HoldForm) -> str:
    today = local_date(ports().clock.now())
    there = url_for("admin.hold", row_id=row_id)
    return render_template("admin/keeping/hold.html", row_id=row_id, there=there, short=short, form=form, today=today)
