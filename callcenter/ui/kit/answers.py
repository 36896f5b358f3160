"""How a view answers: a script wants nothing or a part of the page, a form wants to be led to a page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

Answer = Response | str | tuple[str, int]
"""What a view that takes a form returns: it leads onward, or draws a page, perhaps with a status."""


def from_script() -> bool:
    """Tell a request of our own scripts, which want a part of the page or nothing, from one of a plain form."""
    return request.accept_mimetypes.best == "application/json"


def done(endpoint: str, **values: Any) -> Response:
    """Answer a press: nothing (204) for a script, which looks by itself; the page *endpoint* (303) for a form."""
    return Response(status=204) if from_script() else onward(endpoint, **values)


def onward(endpoint: str, words: str | None = None, **values: Any) -> Response:
    """Lead a form that was taken to the page *endpoint*, which says *words* at its top."""
    if words is not None:
        flash(words)
    return redirect(url_for(endpoint, **values), 303)


def again(page: str) -> tuple[str, int]:
    """Answer a form that could not be taken with its *page*, which shows what was typed and what to mend."""
    return page, 422
