"""Answers to posts: nothing or a part of the page for a script, a redirect for a form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

Answer = Response | str | tuple[str, int]
"""What a view that takes a form returns: it leads onward, or draws a page, perhaps with a status."""


def from_script() -> bool:
    """Return whether the request comes from our own scripts, not from a plain form."""
    return request.accept_mimetypes.best == "application/json"


def done(endpoint: str, **values: Any) -> Response:
    """Answer a post: 204 for a script, which reloads by itself; a redirect (303) to *endpoint* for a form."""
    return Response(status=204) if from_script() else onward(endpoint, **values)


def onward(endpoint: str, words: str | None = None, **values: Any) -> Response:
    """Redirect a form to *endpoint*, which shows *words* at its top."""
    if words is not None:
        flash(words)
    return redirect(url_for(endpoint, **values), 303)


def again(page: str) -> tuple[str, int]:
    """Answer a refused form with its *page*, which shows what was typed and what to correct."""
    return page, 422
