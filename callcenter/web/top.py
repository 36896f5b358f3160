"""The first page: is the line open, three doors, how calling goes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from flask import current_app, render_template

from callcenter.context import line_words, ports, settings
from callcenter.context import reading as looking
from callcenter.domain.calendar.hours import Calendar
from callcenter.domain.calendar.times import in_japan
from callcenter.models.base import DatabaseFailed, db
from callcenter.services.announcements import changed_phrases
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import crowd
from callcenter.services.duty import availability
from callcenter.ui.access import public
from callcenter.ui.light.twins import is_light
from callcenter.ui.line_now import Band, band, week_ahead
from callcenter.ui.reading import reading_now
from callcenter.web.blueprint import in_both

DAYLIGHT = range(6, 17)
"""Hours in which the picture of the first page shows the sun."""

HEARD = (
    "東京都ひきこもりサポートネットです。お電話ありがとうございます。本当のお名前は、言わなくて大丈夫です。"
    "うまく話せなくても、大丈夫です。ご本人は1、ご家族などは2、声を出しにくいときは3を、押してください。"
    "押さなくても、つながります。"
)
"""What a caller hears first, as shipped; a test holds it against the telephone's own words."""


KEPT = 1.0
"""Real seconds for which a process tells every reader the same of the line: however many come, one of them asks."""


@dataclass(frozen=True)
class LineNow:
    """What the pages say of the telephone at this moment."""

    days: Calendar
    band: Band


@dataclass(frozen=True)
class _Facts:
    """What this process last read of the line."""

    read_at: float
    days: Calendar
    crowded: bool | None
    unattended: bool


_kept: WeakKeyDictionary[Any, _Facts] = WeakKeyDictionary()
"""By database, for this process."""


@in_both("/")
@public
def top() -> str:
    """Draw the first page."""
    now = ports().clock.now()
    line = line_now(now)
    if reading_now().easy:
        return render_template("web/easy/top.html", line=line.band)
    if is_light():
        return render_template("web/light/top.html", line=line.band)
    return render_template(
        "web/top.html",
        line=line.band,
        week=week_ahead(line.days, now),
        evening=in_japan(now).hour not in DAYLIGHT,
        heard=heard(),
    )


def line_now(now: datetime) -> LineNow:
    """Return whether the line is open; without a database, by the days that this process remembers."""
    facts = _kept.get(db.engine)
    if facts is None or time.monotonic() - facts.read_at >= KEPT:
        facts = _kept[db.engine] = _read(now)
    return LineNow(facts.days, band(facts.days, now, crowded=facts.crowded, unattended=facts.unattended))


def _read(now: datetime) -> _Facts:
    try:
        with looking() as session:
            days = opening_hours.current(session, now)
            crowded = crowd.is_crowded(session, now=now, policy=settings().policy)
            coming = availability.how_many_coming(session, now=now, policy=settings().policy)
            changed_phrases.keep_fresh(session)
    except DatabaseFailed as away:
        current_app.logger.warning("the first page goes without the database: %s", type(away).__name__)
        return _Facts(time.monotonic(), opening_hours.remembered(db.engine, now), crowded=None, unattended=False)
    return _Facts(time.monotonic(), days, crowded, unattended=coming == 0)


def heard() -> str:
    """Return what a caller hears first, as the telephone says it now."""
    line = line_words()
    return HEARD if line is None else line.shown("A01", "A04")
