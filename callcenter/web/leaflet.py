"""The leaflet as PDF: the version that an administrator published, else one made from what we know of ourselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from flask import Response, current_app, render_template, request

from callcenter.adapters import pdf
from callcenter.context import ports, reading, settings
from callcenter.domain import phone_numbers
from callcenter.domain.administration.leaflets import edition_of, kilobytes
from callcenter.domain.calendar.times import local_date
from callcenter.models.base import DatabaseFailed
from callcenter.services.administration import leaflets
from callcenter.ui.access import public
from callcenter.web.blueprint import bp, in_both

KEPT = 300
"""Seconds for which a reader's browser may keep the file; a withdrawn version is gone soon after."""


@dataclass(frozen=True)
class Shown:
    """The leaflet that is served now."""

    edition: str
    of: date
    size: int
    digest: str
    body: bytes


@in_both("/leaflet")
@public
def leaflet() -> str:
    """Offer the leaflet with its size and edition."""
    now = _shown()
    return render_template("web/guides/leaflet.html", size=kilobytes(now.size), edition=now.edition)


@bp.get("/leaflet.pdf")
@public
def leaflet_file() -> Response:
    """Send the leaflet."""
    now = _shown()
    answer = Response(now.body, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="hikikomori-support-{now.of:%Y%m%d}.pdf"'
    answer.cache_control.public, answer.cache_control.max_age = True, KEPT
    answer.set_etag(now.digest[:32])
    answer.make_conditional(request)
    return answer


def _shown() -> Shown:
    try:
        with reading() as session:
            one = leaflets.published(session, with_body=True)
            if one is not None:
                return Shown(one.label, local_date(one.shown_at), one.size, one.digest, one.body)
    except DatabaseFailed as away:
        current_app.logger.warning("the leaflet is the made one: %s", type(away).__name__)
    return _made(local_date(ports().clock.now()))


def _made(today: date) -> Shown:
    """Return the leaflet of our own, called after the fiscal year of *today*."""
    chosen, year = settings(), today.year if today.month >= 4 else today.year - 1
    body = pdf.leaflet(chosen.service_name, phone_numbers.display(chosen.line_number), edition_of(today))
    return Shown(edition_of(today), date(year, 4, 1), len(body), hashlib.sha256(body).hexdigest(), body)
