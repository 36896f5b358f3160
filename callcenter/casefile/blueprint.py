"""The pages about records, people and cases as one blueprint, and who may open them."""

from __future__ import annotations

from flask import Blueprint

from callcenter.domain.staff.roles import Role
from callcenter.ui.access import staff

bp = Blueprint("casefile", __name__, url_prefix="/console")

for_counsellors = staff(Role.COUNSELLOR, Role.SUPERVISOR)
for_supervisors = staff(Role.SUPERVISOR)
in_the_background = staff(Role.COUNSELLOR, Role.SUPERVISOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""
