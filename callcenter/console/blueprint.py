"""The counsellors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from callcenter.domain.staff.roles import Role
from callcenter.ui.access import staff

bp = Blueprint("console", __name__, url_prefix="/console")

for_counsellors = staff(Role.COUNSELLOR, Role.SUPERVISOR)
for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.COUNSELLOR, Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""


@bp.get("/form-token")
@in_the_background
def form_token() -> Response:
    """Give an open page a new form token after its person signed in again elsewhere; no other site can read it."""
    return jsonify(token=generate_csrf())
