"""The supervisors' pages as one blueprint, and what every view of it shares."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports", __name__, url_prefix="/reports")
