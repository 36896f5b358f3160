"""An address without any effect, by which the operator's checks see whether signatures come through."""

from __future__ import annotations

from ivr.answer import words_only
from ivr.blueprint import bp
from ivr.scripts import ending


@bp.post("/check")
@words_only
def check() -> str:
    """Answer an empty script; that it answers says that the signature was right."""
    return ending.nothing()
