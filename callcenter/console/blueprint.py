"""The counsellors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.ui.access import me, staff

bp = Blueprint("console", __name__, url_prefix="/console")

for_counsellors = staff(Role.COUNSELLOR, Role.SUPERVISOR)
for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.COUNSELLOR, Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""


def myself(session: Session) -> Staff:
    """Return the account behind this request."""
    return session.get_one(Staff, me().staff_id)


def from_script() -> bool:
    """Tell a request of our own scripts, which want a part of the page, from one of a plain form."""
    return request.accept_mimetypes.best == "application/json"


def done() -> Response:
    """Answer a press: nothing for a script, which looks by itself, the page again for a form."""
    return Response(status=204) if from_script() else redirect(url_for("console.board"), 303)


@bp.get("/form-token")
@in_the_background
def form_token() -> Response:
    """Give an open page a new form token after its person signed in again elsewhere; no other site can read it."""
    return jsonify(token=generate_csrf())
