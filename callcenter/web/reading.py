"""読みやすくする: storing how somebody wants to read."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from callcenter.ui.access import local_path, public
from callcenter.ui.reading import reading_now, remember
from callcenter.web.blueprint import bp


@bp.get("/reading")
@public
def reading() -> Response:
    """Store the choices in a cookie and go back. A GET, as nothing else changes."""
    answer = redirect(local_path(request.args.get("back")) or url_for("web.top"), 303)
    remember(answer, reading_now().changed(request.args))
    return answer
