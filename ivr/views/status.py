"""The number's status callback: the one sure sign that a caller's leg has ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.services.calls import calls
from callcenter.services.talks import room
from ivr.answer import news
from ivr.blueprint import bp
from ivr.payloads import Form, LegNews


@bp.post("/voice/status")
@news
def call_news(form: Form, session: Session, now: datetime) -> None:
    """The caller's leg has ended, however it did."""
    read = LegNews.read(form)
    call = calls.find(session, read.call_sid) if read.state.over else None
    if call is not None:
        room.caller_leg_ended(session, call, now=read.at or now)
