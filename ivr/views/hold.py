"""Webhooks of hold music and announcements inside a room; none needs the database."""

from __future__ import annotations

from flask import abort, request

from ivr import scenes
from ivr.answer import words_only
from ivr.blueprint import bp
from ivr.scripts import room


@bp.post("/voice/hold")
@words_only
def hold() -> str:
    """Answer with the hold script."""
    return scenes.on_hold()


@bp.post("/voice/hold/transfer")
@words_only
def hold_for_transfer() -> str:
    """Answer with the hold script that says somebody else takes over."""
    return scenes.on_hold(transfer=True)


@bp.post("/voice/hold/again")
@words_only
def hold_again() -> str:
    """Answer with the hold script without its first words."""
    return scenes.on_hold(again=True)


@bp.post("/voice/say/<code>")
@words_only
def say() -> str:
    """Answer with the announcement that a counsellor asked for by a button."""
    code = (request.view_args or {})["code"]
    if code not in room.ANNOUNCEMENTS:
        abort(404)
    return room.spoken(code)
