"""The pages about records, people and cases as one blueprint, and who may open them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from flask_wtf.csrf import generate_csrf

from callcenter.casefile.surroundings import address_of, workplace
from callcenter.domain.staff.roles import Role
from callcenter.ui.access import staff

bp = Blueprint("casefile", __name__, url_prefix="/console")

for_counsellors = staff(Role.COUNSELLOR, Role.SUPERVISOR)
for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.COUNSELLOR, Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""


@bp.context_processor
def _given() -> dict[str, Any]:
    """Give templates the addresses that lie outside this floor."""
    return {"address_of": address_of, "workplace": workplace}


@bp.get("/form-token")
@in_the_background
def form_token() -> Response:
    """Give an open page a new form token after its person signed in again elsewhere; no other site can read it."""
    return jsonify(token=generate_csrf())
