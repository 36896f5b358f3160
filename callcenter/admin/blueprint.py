"""The pages of those who decide when the line is open and what it says, as one blueprint."""

from __future__ import annotations

from flask import Blueprint

from callcenter.domain.access.permissions import Action, roles_that_may
from callcenter.domain.staff.roles import Role
from callcenter.ui.access import staff

bp = Blueprint("admin", __name__, url_prefix="/admin")

for_deciders = staff(Role.SUPERVISOR, Role.ADMINISTRATOR)
for_administrators = staff(Role.ADMINISTRATOR)
in_the_background = staff(Role.SUPERVISOR, Role.ADMINISTRATOR, quiet=True)
"""For what an open page asks by itself: it does not keep an idle person signed in."""
for_auditors = staff(*roles_that_may(Action.SEE_TRAIL))
for_figures = staff(*roles_that_may(Action.SEE_FIGURES))
for_settings_history = staff(*roles_that_may(Action.SEE_SETTINGS_HISTORY))
