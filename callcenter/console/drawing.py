"""Drawing the telephone desk around a record, or around none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from callcenter.casefile.channel_desk import Drawing, PageResults
from callcenter.casefile.person import page
from callcenter.casefile.record.lookup import lookup
from callcenter.context import line_words, ports, settings
from callcenter.domain.talks import suggested_words
from callcenter.domain.talks.talk import WORDS, Help
from callcenter.ui.kit.answers import from_script


def gather(session: Session, record_id: str, shown: PageResults | None = None, **instead: object) -> Drawing:
    """Return the desk around a record; *instead* replaces what the desk would give to its templates."""
    return partial(draw, page.gather(session, record_id, shown).given() | instead)


def without_record(given: Mapping[str, Any]) -> Drawing:
    """Return the drawing of the desk while no record is at hand."""
    return partial(draw, {**given, "sheet": None})


def draw(given: Mapping[str, Any]) -> str:
    """Return the whole page, or for a script the parts around the record."""
    if from_script():
        return render_template("console/record_parts.html", **given)
    return render_template(
        "console/board.html",
        **given,
        script_sections=suggested_words.drawer(_spoken()),
        lookup=lookup(),
        line_origin=settings().simulator_url,
        browser_line=ports().browser_line,
    )


def _spoken() -> Callable[[Help], str]:
    """Return how the line says what a counsellor may also say in their own voice."""
    line = line_words()
    return WORDS.__getitem__ if line is None else line.shown
