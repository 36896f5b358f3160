"""The mail desk's pages as one blueprint."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from callcenter.casefile import words

bp = Blueprint("mail_desk", __name__, url_prefix="/console/mail")


@bp.context_processor
def _given() -> dict[str, Any]:
    """Give every page of the desk the words for people."""
    return {"words": words}
