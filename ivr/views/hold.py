"""What a leg hears inside the room by itself: music on hold, and announcements. None of it needs the database."""

from __future__ import annotations

from flask import abort, request

from ivr import scenes
from ivr.answer import words_only
from ivr.blueprint import bp
from ivr.scripts import room


@bp.post("/voice/hold")
@words_only
def hold() -> str:
    """A caller whom the counsellor put on hold."""
    return scenes.on_hold()


@bp.post("/voice/hold/transfer")
@words_only
def hold_for_transfer() -> str:
    """A caller who shall hear that somebody else takes over."""
    return scenes.on_hold(transfer=True)


@bp.post("/voice/hold/again")
@words_only
def hold_again() -> str:
    """A caller who has heard the whole of it."""
    return scenes.on_hold(again=True)


@bp.post("/voice/say/<code>")
@words_only
def say() -> str:
    """An announcement that the counsellor asked for by a button."""
    code = (request.view_args or {})["code"]
    if code not in room.ANNOUNCEMENTS:
        abort(404)
    return room.spoken(code)
