"""The supervisors' list of flags, blocks and incidents; no number is ever on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.misuse.flags import (
    BLOCK_CHOICES,
    Appeal,
    FlagKind,
    Misuse,
)
from callcenter.models.misuse import Incident, NumberFlag
from callcenter.reports.blueprint import bp
from callcenter.reports.forms import AppealForm, BlockForm
from callcenter.services.misuse import flags, incidents
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import onward


@dataclass(frozen=True)
class Mark:
    """A flag or block in force."""

    id: str
    reason: Misuse
    times: int
    by: str
    at: datetime
    until: date
    appeal: tuple[datetime, Appeal, str] | None = None
    """When somebody last objected, what was decided, and by whom."""

    @classmethod
    def of(cls, row: NumberFlag) -> Mark:
        decided = row.appealed_at and row.appeal and row.judge and (row.appealed_at, row.appeal, row.judge.name)
        return cls(row.id, row.reason, row.times, row.author.name, row.made_at, row.until, decided or None)


@dataclass(frozen=True)
class Marked:
    """The flag and the block on one number."""

    flag: Mark | None
    block: Mark | None


@dataclass(frozen=True)
class Happened:
    """An incident, with its words or without."""

    id: str
    record_id: str
    kind: Misuse
    by: str
    at: datetime
    words: str | None = None


@bp.get("/flags")
@staff_who_may(Action.TURN_AWAY)
def marked_numbers() -> str:
    """Show flags and blocks in force, and the latest incidents."""
    now = ports().clock.now()
    with reading() as session:
        return render_template(
            "reports/misuse/flags.html",
            numbers=_numbers(session, now),
            incidents=[_happened(one) for one in incidents.recent(session, now=now)],
            block=BlockForm(formdata=None),
            appeal=AppealForm(formdata=None),
            block_days=BLOCK_CHOICES,
        )


@bp.post("/flags/<flag_id>/block")
@staff_who_may(Action.TURN_AWAY)
def block_number(flag_id: str) -> Response:
    """Block a flagged number for some days."""
    form, now = BlockForm(), ports().clock.now()
    form.check()
    with unit_of_work() as session:
        by, policy = myself(session), settings().policy
        flags.block(session, flag_id, form.reason.data, days=form.days.data, by=by, now=now, policy=policy)
    return onward(
        "reports.marked_numbers", "この番号からの電話を、しばらくお断りします。119番と110番の案内は、いつも流れます。"
    )


@bp.post("/flags/<flag_id>/appeal")
@staff_who_may(Action.TURN_AWAY)
def decide_appeal(flag_id: str) -> Response:
    """Store an objection and what was decided about it."""
    form = AppealForm()
    form.check()
    decision = form.decision.data
    with unit_of_work() as session:
        flags.appeal(session, flag_id, decision, by=myself(session), now=ports().clock.now())
    return onward("reports.marked_numbers", f"申し出と、決めたこと（{decision.label}）を書きとめました。")


@bp.post("/flags/<flag_id>/lift")
@staff_who_may(Action.TURN_AWAY)
def lift_mark(flag_id: str) -> Response:
    """End a flag or a block now."""
    with unit_of_work() as session:
        lifted = flags.lift(session, flag_id, by=myself(session), now=ports().clock.now())
        blocked = lifted.kind is FlagKind.BLOCK
    return onward(
        "reports.marked_numbers", "お断りを解きました。次の電話から、つながります。" if blocked else "印を外しました。"
    )


@bp.get("/incidents/<incident_id>")
@staff_who_may(Action.TURN_AWAY)
def incident(incident_id: str) -> str:
    """Show the words of an incident; every opening is in the trail."""
    with unit_of_work() as session:
        opened = incidents.read_words(session, incident_id, by=myself(session), now=ports().clock.now())
        shown = _happened(opened, words=opened.words or "")
    return render_template("reports/misuse/incident.html", incident=shown)


def _numbers(session: Session, now: datetime) -> list[Marked]:
    """Return the marks grouped by number; the hash goes no further than here."""
    by_number: dict[bytes | None, dict[FlagKind, Mark]] = {}
    for row in flags.living(session, now=now):
        by_number.setdefault(row.number_hash, {})[row.kind] = Mark.of(row)
    return [Marked(marks.get(FlagKind.FLAG), marks.get(FlagKind.BLOCK)) for marks in by_number.values()]


def _happened(row: Incident, words: str | None = None) -> Happened:
    return Happened(row.id, row.consultation_id, row.kind, row.counsellor.name, row.at, words)
