"""Mail consultation: which members are deleted tonight and within a month, and holds; by a short id alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from flask import render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.admin.blueprint import bp
from callcenter.admin.forms import HoldForm
from callcenter.admin.keeping.retention import SHOWN, short
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.errors import HelplineError
from callcenter.models.members.accounts import MemberHold
from callcenter.services.delivery import nightly
from callcenter.services.keeping import inactivity, member_holds
from callcenter.services.trail.audit import staff_member
from callcenter.ui.access import me, staff_who_may
from callcenter.ui.kit.answers import again, onward


@dataclass(frozen=True)
class HoldInForce:
    """A hold in force; its note only for those who may place one."""

    hold: MemberHold
    note: str


@bp.get("/retention/members")
@staff_who_may(Action.SEE_RETENTION)
def members_kept() -> str:
    """Show which members are deleted tonight and soon, and who stays and why."""
    today = local_date(ports().clock.now())
    with reading() as session:
        due = list(islice(inactivity.due(session, on=today), SHOWN + 1))
        coming = list(islice(inactivity.coming(session, today=today), SHOWN + 1))
        return render_template(
            "admin/keeping/members.html",
            going=[one for one in due[:SHOWN] if one.held is None],
            staying=[one for one in due[:SHOWN] if one.held is not None],
            more=len(due) > SHOWN,
            coming=coming[:SHOWN],
            more_coming=len(coming) > SHOWN,
            standing=_standing(session),
            last=nightly.latest(session, nightly.MEMBERS),
            warns=settings().policy.warn_members,
            may_hold=me().may(Action.HOLD),
            short=short,
        )


@bp.get("/retention/members/hold/<member_id>")
@staff_who_may(Action.HOLD)
def ask_member_hold(member_id: str) -> str:
    """Ask why and until when a member is held."""
    return _ask(member_id, HoldForm())


@bp.post("/retention/members/hold/<member_id>")
@staff_who_may(Action.HOLD)
def hold_member(member_id: str) -> Response | tuple[str, int]:
    """Place the hold."""
    form, now, by = HoldForm(), ports().clock.now(), staff_member(me().staff_id)
    if not form.validate():
        return again(_ask(member_id, form))
    reason, note, until = form.reason.data, form.note.data or "", form.until.data
    try:
        with unit_of_work() as session:
            member_holds.place_hold(session, member_id, reason, note, until, by=by, now=now)
    except HelplineError as refused:
        form.refuse(refused)
        return again(_ask(member_id, form))
    return onward("admin.members_kept", "この日まで、消さずに残します。")


@bp.post("/retention/members/lift/<hold_id>")
@staff_who_may(Action.HOLD)
def lift_member_hold(hold_id: str) -> Response:
    """End a hold now."""
    with unit_of_work() as session:
        member_holds.lift(session, hold_id, by=staff_member(me().staff_id), now=ports().clock.now())
    return onward("admin.members_kept", "保存の延長を解きました。期間が過ぎていれば、今夜消えます。")


def _standing(session: Session) -> list[HoldInForce]:
    reads = me().may(Action.HOLD)
    found = member_holds.listed(session, today=local_date(ports().clock.now()))
    return [HoldInForce(one, (one.note or "") if reads else "") for one in found]


def _ask(member_id: str, form: HoldForm) -> str:
    today = local_date(ports().clock.now())
    there = url_for("admin.hold_member", member_id=member_id)
    return render_template(
        "admin/keeping/hold.html", row_id=member_id, there=there, short=short, form=form, today=today
    )
