"""The telephone's blueprint with every view on it."""

from __future__ import annotations

from typing import Any

from ivr.blueprint import bp
from ivr.preview import Preview
from ivr.views import conference, hold, offers, queue, status, voice

VIEWS = (conference, hold, offers, queue, status, voice)

__all__ = ["VIEWS", "bp"]


@bp.record_once
def _lend_words(state: Any) -> None:
    """Let the pages show what the line says."""
    state.app.extensions["callcenter.line_words"] = Preview()
