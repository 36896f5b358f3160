"""The pages that explain: telephone, writing, visits, other lines, privacy, how the site can be used."""

from __future__ import annotations

from itertools import groupby

from flask import current_app, render_template

from callcenter.context import line_words, ports, settings
from callcenter.context import reading as looking
from callcenter.domain.directory.helplines import shipped_helplines
from callcenter.domain.places import Municipality, municipalities
from callcenter.models.base import DatabaseFailed, db
from callcenter.services.announcements import changed_phrases
from callcenter.services.directory import institutions
from callcenter.ui.access import public
from callcenter.ui.reading import reading_now
from callcenter.web.blueprint import in_both
from callcenter.web.top import heard, line_now

HEARD_FIRST = frozenset({"A01", "A04"})
"""The phrases that ``heard`` quotes, by their codes."""

BACKUP_DAYS = 35
"""For so long a backup is kept (OPERATING.md); what was deleted is gone from the last of them after this."""


@in_both("/phone")
@public
def phone() -> str:
    """Explain calling."""
    line = line_now(ports().clock.now()).band
    if reading_now().easy:
        return render_template("web/easy/phone.html", line=line)
    return render_template("web/guides/phone.html", line=line, heard=heard(), voices=_voices())


@in_both("/mail")
@public
def mail() -> str:
    """Explain how writing begins."""
    return render_template("web/easy/mail.html" if reading_now().easy else "web/guides/mail.html")


@in_both("/visit")
@public
def visit() -> str:
    """Explain visits, and where one applies."""
    page = "web/easy/visit.html" if reading_now().easy else "web/guides/visit.html"
    return render_template(page, areas=_areas())


@in_both("/visit/windows")
@public
def windows() -> str:
    """List the municipalities; the light version of the guide leads here, as one page would be too long."""
    return render_template("web/guides/windows.html", areas=_areas())


@in_both("/lines")
@public
def lines() -> str:
    """List the other lines, those that answer now first."""
    now = ports().clock.now()
    try:
        with looking() as session:
            found = institutions.public_lines(session, shipped_helplines(), now=now)
    except DatabaseFailed as away:
        current_app.logger.warning("the other lines are the shipped ones: %s", type(away).__name__)
        found = institutions.shipped_lines(shipped_helplines(), now=now)
    answering, resting = [one for one in found if one.open], [one for one in found if not one.open]
    return render_template("web/guides/lines.html", answering=answering, resting=resting)


@in_both("/privacy")
@public
def privacy() -> str:
    """Tell what is stored of people, for how long, and who else handles it."""
    return render_template("web/guides/privacy.html", policy=settings().policy, backup_days=BACKUP_DAYS)


@in_both("/accessibility")
@public
def accessibility() -> str:
    """Tell what the site aims at, what was tried, and what does not work."""
    return render_template("web/guides/accessibility.html")


def _areas() -> list[tuple[str, list[Municipality]]]:
    places = municipalities().values()
    return [(area, list(of_it)) for area, of_it in groupby(places, key=lambda place: place.area)]


def _voices() -> list[str]:
    """Return the recordings of what is heard first, where somebody has recorded it."""
    line = line_words()
    if line is None:
        return []
    slots = line.slots(changed_phrases.remembered(db.engine))
    sounds = [slot.current.sound for slot in slots if slot.shipped.code in HEARD_FIRST]
    return [sound.url.rsplit("/", 1)[1] for sound in sounds if sound is not None]
