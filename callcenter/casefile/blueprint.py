"""The pages about records, people and cases as one blueprint."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from flask_wtf.csrf import generate_csrf

from callcenter.casefile.channel_desk import address_of, workplace
from callcenter.domain.access.permissions import Action
from callcenter.ui.access import staff_who_may

bp = Blueprint("casefile", __name__, url_prefix="/console")


@bp.get("/form-token")
@staff_who_may(Action.WRITE, quiet=True)
def form_token() -> Response:
    """Return a new form token for an open page whose person signed in again elsewhere."""
    return jsonify(token=generate_csrf())


@bp.context_processor
def _given() -> dict[str, Any]:
    """Give templates the addresses that lie outside this floor."""
    return {"address_of": address_of, "workplace": workplace}
