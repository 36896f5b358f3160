"""Recorded announcements, fetched by the telephone company under unguessable names."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from callcenter.context import reading
from callcenter.services.announcements import changed_phrases
from callcenter.ui.access import public

bp = Blueprint("audio", __name__)
YEAR = 31_536_000


@bp.get("/audio/<file>")
@public
def audio(file: str) -> Response:
    """Send a recording, cacheable for ever, as it never changes under its name."""
    with reading() as session:
        found = changed_phrases.recording(session, file)
        if found is None:
            abort(404)
        answer = Response(found.body, mimetype=found.mimetype)
    answer.cache_control.public, answer.cache_control.max_age, answer.cache_control.immutable = True, YEAR, True
    answer.set_etag(file)
    answer.make_conditional(request, accept_ranges=True, complete_length=len(found.body))
    return answer
