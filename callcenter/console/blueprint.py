"""The telephone desk's pages as one blueprint, and how they answer a press."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from callcenter.ui.kit import from_script

bp = Blueprint("console", __name__, url_prefix="/console")


def done() -> Response:
    """Answer a press: nothing for a script, which looks by itself, the page again for a form."""
    return Response(status=204) if from_script() else redirect(url_for("console.board"), 303)
