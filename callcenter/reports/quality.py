"""How well the voices were carried in the latest talks, for supervisors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from callcenter.context import reading
from callcenter.domain.access.permissions import Action
from callcenter.domain.talks.quality import Hearing, Quality
from callcenter.reports.blueprint import bp
from callcenter.services.talks import quality
from callcenter.services.talks.quality import MeasuredTalk
from callcenter.ui.access import staff_who_may

TONES = {Hearing.GOOD: "accent", Hearing.UNSTEADY: "warn", Hearing.POOR: "danger"}


@dataclass(frozen=True)
class Row:
    """One talk, with its quality in words."""

    at: datetime
    name: str
    hearing: Hearing | None
    tone: str
    warnings: str
    measures: str


@bp.get("/quality")
@staff_who_may(Action.LEAD)
def quality_page() -> str:
    """Show the latest talks and how well they could be heard."""
    with reading() as session:
        rows = [_row(one) for one in quality.latest(session)]
    return render_template("reports/duty/quality.html", rows=rows)


def _row(talk: MeasuredTalk) -> Row:
    found, at = talk.quality, talk.offer.joined_at or talk.offer.rung_at
    if found is None:
        return Row(at, talk.name, None, "calm", "", "")
    warnings = "、".join(f"{what.label} {times}回" for what, times in found.warned_of.items())
    return Row(at, talk.name, found.hearing, TONES[found.hearing], warnings, _measures(found))


def _measures(found: Quality) -> str:
    """Return the measures, each with its median and, in brackets, the worst value."""
    words = {
        "mos": "声の質{}(低いとき{})",
        "rtt": "往復{}ミリ秒({})",
        "jitter": "ゆれ{}ミリ秒({})",
        "loss": "欠け{}%({})",
    }
    return "、".join(words[name].format(f"{one.median:g}", f"{one.worst:g}") for name, one in found.measures.items())
