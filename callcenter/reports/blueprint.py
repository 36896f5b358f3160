"""The supervisors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.ui.access import me, staff

bp = Blueprint("reports", __name__, url_prefix="/reports")

for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""


def myself(session: Session) -> Staff:
    """Return the account behind this request."""
    return session.get_one(Staff, me().staff_id)


def done() -> Response:
    """Answer a press: nothing for a script, which looks by itself, the board again for a form."""
    if request.accept_mimetypes.best == "application/json":
        return Response(status=204)
    return redirect(url_for("reports.board"), 303)
