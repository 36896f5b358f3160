"""The counsellors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from callcenter.domain.access.permissions import Action
from callcenter.ui.access import staff_who_may

bp = Blueprint("console", __name__, url_prefix="/console")


@bp.get("/form-token")
@staff_who_may(Action.WRITE, quiet=True)
def form_token() -> Response:
    """Give an open page a new form token after its person signed in again elsewhere; no other site can read it."""
    return jsonify(token=generate_csrf())
