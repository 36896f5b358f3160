"""The pages of mail consultation as one blueprint."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

PLACES = (("mail.home", "お便り"), ("mail.drafts", "下書き"), ("mail.account", "登録の内容"))
"""What a member is offered on every page of theirs, in this order."""

bp = Blueprint("mail", __name__, url_prefix="/mail")


@bp.context_processor
def _given() -> dict[str, Any]:
    return {"my_places": lambda: PLACES}
