"""Pages travel compressed: a console full of lists is six times smaller, which a slow office line feels.

Bundles are compressed once, at start (``ui.response.assets``); streams and sounds are left alone. What is compressed
together with a secret can be guessed from its length only by who can make the reader's browser ask on their behalf; the
session cookie is ``SameSite``, so that no other site can.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

WORTH_IT = 1024
"""Bytes; below, the head of a compressed file costs what it saves."""
LEVEL = 5
KINDS = frozenset({"text/html", "application/json"})


def install(app: Flask) -> None:
    """Compress every page and answer of some size for whoever takes it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Send *response* compressed if it is a page, not packed already, and asked for that way."""
    if response.mimetype not in KINDS or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if response.content_encoding or len(body) < WORTH_IT or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.content_encoding = "gzip"
    return response
