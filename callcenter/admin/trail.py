"""The auditor's pages: the trail, the history of settings, destructions, checks of the chain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from callcenter.admin import trail_facts, trail_words
from callcenter.admin.blueprint import bp
from callcenter.context import ports, reading, settings, unit_of_work
from callcenter.domain.access.permissions import Action
from callcenter.domain.calendar.times import local_date
from callcenter.domain.figures.scale import round_marks
from callcenter.models.trail.audit import AuditEntry
from callcenter.models.trail.audit_watch import AuditCheck, AuditHeadSent
from callcenter.services.figures import month_figures
from callcenter.services.keeping import retention
from callcenter.services.trail import audit_watch, entries
from callcenter.services.trail.entries import Filters
from callcenter.ui.access import myself, staff_who_may
from callcenter.ui.kit.answers import onward
from callcenter.ui.kit.paging import before_number, days_asked

USUAL_DAYS = 7
HISTORY_DAYS = 90
PURGES_SHOWN = 200
AN_ID = re.compile(r"[0-9a-f]{32}")
"""Ids are shown by their last six digits, as everywhere on these pages."""


@dataclass(frozen=True)
class TrailEntry:
    """One entry in words: who, what, to which, and its codes."""

    seq: int
    at: datetime
    who: str
    what: str
    subject: str
    subject_id: str
    facts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, entry: AuditEntry, names: dict[str, str]) -> TrailEntry:
        kind = entry.actor_kind.value
        return cls(
            seq=entry.seq,
            at=entry.at,
            who=names.get(entry.actor_id or "", trail_words.KINDS[kind]),
            what=trail_words.act(entry.action),
            subject=trail_words.SUBJECTS.get(entry.subject_kind, entry.subject_kind),
            subject_id=names.get(entry.subject_id or "", (entry.subject_id or "")[-6:]),
            facts=tuple(
                (trail_facts.fact(entry.action, name), shown(entry.action, name, value, names))
                for name, value in sorted(entry.facts.items())
                if value is not None
            ),
        )


@bp.get("/trail")
@staff_who_may(Action.SEE_TRAIL)
def trail_page() -> str:
    """Show acts by person, kind and period; never what was said."""
    first, last = days_asked(local_date(ports().clock.now()), USUAL_DAYS)
    who, group = request.args.get("who") or None, request.args.get("group") or None
    with reading() as session:
        page = entries.page(session, Filters(first, last, who, group), by=myself(session), before=before_number())
        names = entries.staff_names(session)
        people = [(one.id, one.name) for one in entries.actors(session)]
    asked = {"who": who or "", "group": group or "", "from": first.isoformat(), "to": last.isoformat()}
    given: dict[str, Any] = {"people": people, "kinds": trail_words.KINDS, "groups": trail_words.GROUPS}
    lines = [TrailEntry.of(entry, names) for entry in page.entries]
    return render_template("admin/trail/trail.html", lines=lines, older=page.older_before, asked=asked, **given)


@bp.get("/settings-history")
@staff_who_may(Action.SEE_SETTINGS_HISTORY)
def settings_history() -> str:
    """Show who changed how the service behaves, or who may do what."""
    first, last = days_asked(local_date(ports().clock.now()), HISTORY_DAYS)
    with reading() as session:
        page = entries.settings_history(session, first, last, by=myself(session), before=before_number())
        names = entries.staff_names(session)
    lines = [TrailEntry.of(entry, names) for entry in page.entries]
    asked = {"from": first.isoformat(), "to": last.isoformat()}
    return render_template("admin/trail/settings_history.html", lines=lines, older=page.older_before, asked=asked)


@bp.get("/purges")
@staff_who_may(Action.SEE_TRAIL)
def purges() -> str:
    """Show what was destroyed, when and how much of it; the ids are hashed."""
    with reading() as session:
        rows = retention.purges(session, limit=PURGES_SHOWN)
    return render_template("admin/keeping/purges.html", rows=rows)


@bp.get("/figures")
@staff_who_may(Action.SEE_FIGURES)
def figures() -> str:
    """Show counts by month; nothing that was said, and nobody's name."""
    with reading() as session:
        months = month_figures.months(session, local_date(ports().clock.now()), by=myself(session))
    marks = round_marks(max(one.calls for one in months))
    return render_template("admin/trail/figures.html", months=months, marks=marks)


@bp.get("/chain")
@staff_who_may(Action.SEE_TRAIL)
def chain() -> str:
    """Show whether the trail is whole, its checks, and the heads that were sent outside."""
    with reading() as session:
        found: list[AuditCheck] = list(audit_watch.checks(session))
        heads: list[AuditHeadSent] = list(audit_watch.heads(session))
        walks = audit_watch.jobs_of(session, found)
        last = next((one for one in found if one.ended_at is not None), None)
    here = settings()
    outside = bool(here.audit_head_to) or here.audit_head_file is not None
    running = next((job for job in walks.values() if job.ended_at is None), None)
    given: dict[str, Any] = {"checks": found, "heads": heads, "walks": walks, "running": running}
    return render_template("admin/trail/chain.html", last=last, outside=outside, **given)


@bp.post("/chain/check")
@staff_who_may(Action.SEE_TRAIL)
def check_chain() -> Response:
    """Request a check of the chain now."""
    with unit_of_work() as session:
        audit_watch.request_check(session, by=myself(session), now=ports().clock.now())
    return onward("admin.chain", "確認を始めます。長い記録では、数分かかることがあります。")


def shown(action: str, name: str, value: Any, names: dict[str, str]) -> str:
    """Return the value of a fact in words; *names* are those of the staff, by their ids."""
    if isinstance(value, list):
        return "、".join(shown(action, name, one, names) for one in value[:20])
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    text = str(value)
    if AN_ID.fullmatch(text):
        return names.get(text, text[-6:])
    return trail_facts.value(action, name, text)
