"""The pages of those who decide when the line is open and what it says, as one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")
