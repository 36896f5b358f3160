"""Webhooks of talk rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.services.talks import room
from ivr.answer import news
from ivr.blueprint import bp
from ivr.payloads import Form, read_room


@bp.post("/conference/<call_id>")
@news
def conference(form: Form, session: Session, now: datetime, call_id: str) -> None:
    """Take in who joined and who left."""
    room.take_news(session, call_id, read_room(form, now=now), now=now)
