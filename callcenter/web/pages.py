"""The public pages: the first page and the reader's display choices."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from callcenter.context import line_words, ports, settings
from callcenter.context import reading as looking
from callcenter.domain.calendar.times import in_japan
from callcenter.services.announcements import changed_phrases
from callcenter.services.calendar import opening_hours
from callcenter.services.calls import crowd
from callcenter.services.duty import availability
from callcenter.ui.access import local_path, public
from callcenter.ui.line_now import band, week_ahead
from callcenter.ui.pages import COOKIE, reading_now

DAYLIGHT = range(6, 17)
"""Hours in which the picture of the first page shows the sun."""

REMEMBERED = timedelta(days=365)

HEARD = (
    "東京都ひきこもりサポートネットです。お電話ありがとうございます。本当のお名前は、言わなくて大丈夫です。"
    "うまく話せなくても、大丈夫です。ご本人は1、ご家族などは2、声を出しにくいときは3を、押してください。"
    "押さなくても、つながります。"
)
"""What a caller hears first, as shipped; a test holds it against the telephone's own words."""

bp = Blueprint("web", __name__)


@bp.get("/")
@public
def top() -> str:
    now = ports().clock.now()
    with looking() as session:
        days = opening_hours.current(session, now)
        crowded = crowd.is_crowded(session, now=now, policy=settings().policy)
        coming = availability.how_many_coming(session, now=now, policy=settings().policy)
        changed_phrases.keep_fresh(session)
    line = line_words()
    return render_template(
        "web/top.html",
        line=band(days, now, crowded=crowded, unattended=coming == 0),
        week=week_ahead(days, now),
        evening=in_japan(now).hour not in DAYLIGHT,
        heard=HEARD if line is None else line.shown("A01", "A04"),
    )


@bp.get("/reading")
@public
def reading() -> Response:
    """Store text size and colours in a cookie. A GET, as nothing else changes."""
    chosen = reading_now().changed(request.args.get("size"), request.args.get("theme"))
    answer = redirect(local_path(request.args.get("back")) or url_for("web.top"), 303)
    answer.set_cookie(
        COOKIE,
        chosen.to_cookie(),
        max_age=REMEMBERED,
        samesite="Lax",
        httponly=True,
        secure=settings().public_base_url.startswith("https://"),
    )
    return answer
