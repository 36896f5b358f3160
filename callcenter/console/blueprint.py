"""The telephone desk's pages as one blueprint, and how they answer a press."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from callcenter.casefile.blueprint import in_the_background
from callcenter.ui.kit import from_script

bp = Blueprint("console", __name__, url_prefix="/console")


def done() -> Response:
    """Answer a press: nothing for a script, which looks by itself, the page again for a form."""
    return Response(status=204) if from_script() else redirect(url_for("console.board"), 303)


@bp.get("/form-token")
@in_the_background
def form_token() -> Response:
    """Give an open page a new form token after its person signed in again elsewhere; no other site can read it."""
    return jsonify(token=generate_csrf())
