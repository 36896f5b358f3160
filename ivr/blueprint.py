"""The blueprint of Twilio's webhooks; every request is verified before any view."""

from __future__ import annotations

from flask import Blueprint

from ivr.signature import verify

bp = Blueprint("ivr", __name__, url_prefix="/ivr")
bp.before_request(verify)
