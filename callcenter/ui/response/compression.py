"""Gzip compression of pages for browsers that accept it.

A console page is three to four times smaller that way, which a slow office line feels. Bundles are compressed once, at
start (``ui.response.assets``); streams and sounds are left alone.

The length of a compressed page can betray a secret in it to somebody who can make the reader's browser ask for it
with text of their choice (BREACH). The session cookie is ``SameSite``, so that no other site can do that.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

WORTH_IT = 1024
"""Bytes; a smaller page fits into one packet anyway."""
LEVEL = 5
KINDS = frozenset({"text/html", "application/json"})


def install(app: Flask) -> None:
    """Compress every page of *app* that is worth it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Return *response*, compressed if it is a page of some size and the browser accepts gzip."""
    if response.mimetype not in KINDS or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if response.content_encoding or len(body) < WORTH_IT or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.content_encoding = "gzip"
    return response
