"""The supervisors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint

from callcenter.domain.staff.roles import Role
from callcenter.ui.access import staff

bp = Blueprint("reports", __name__, url_prefix="/reports")

for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""
