"""Turning sign-ins away while too many are under way, before the application looks at them.

A turned-away request costs less than a tenth of a millisecond. Drawing a page for each would keep webhooks waiting for
the process all the same when strangers try passwords without a pause.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask

from callcenter.services.staff.passwords import MOST_AT_ONCE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DOORS = frozenset({"/staff/login", "/staff/second", "/staff/passkey", "/staff/passkey/ask", "/staff/first-password"})
"""Where anybody may post something that is checked at length, or stored."""
MEMBERS_DOORS = ("/mail/login", "/mail/first", "/mail/reset/", "/mail/my/account/password", "/mail/my/account/address")
"""What the addresses of members' doors begin with; some end in the token of a link."""
SHORTLY = "5"
"""Seconds until another try."""
LONGEST = 128 * 1024
"""Bytes of a form; the answer of a passkey, which is the longest, takes a few thousand."""
LONGEST_OF_MEMBERS = 512 * 1024
"""The same with a consultation in it: each character takes up to twelve."""
TOO_LONG = "送られたものが大きすぎました。短くして、もう一度お試しください。"
CROWDED = "いま、たくさんの方が入ろうとしています。5秒ほどおいて、もう一度お試しください。"
PAGE = (
    '<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>ログインできませんでした</title><h1>ログインできませんでした</h1><p>{words}</p>"
    '<p><a href="{door}">ログインの画面へ戻る</a></p>'
)
HEADERS = [
    ("Retry-After", SHORTLY),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]


def install(app: Flask) -> None:
    """Turn sign-ins away from *app* while a process has enough of them."""
    app.wsgi_app = Crowding(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own idiom


class Crowding:
    """An application behind a few places for those who sign in; others get their answer at once."""

    def __init__(self, behind: WSGIApplication) -> None:
        self._behind, self._places = behind, threading.BoundedSemaphore(MOST_AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        of_member = path.startswith(MEMBERS_DOORS)
        if environ["REQUEST_METHOD"] != "POST" or not (of_member or path in DOORS):
            return self._behind(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > (LONGEST_OF_MEMBERS if of_member else LONGEST):
            return _turned_away(environ, start_response, "413 Content Too Large", TOO_LONG)
        # Read before a place is taken, so that nobody holds one by sending slowly.
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        if not self._places.acquire(blocking=False):
            return _turned_away(environ, start_response, "503 Service Unavailable", CROWDED)
        try:
            return self._behind(environ, start_response)
        finally:
            self._places.release()


def _turned_away(environ: WSGIEnvironment, start_response: StartResponse, status: str, words: str) -> Iterable[bytes]:
    asks_as_script = "application/json" in environ.get("HTTP_ACCEPT", "")
    kind = "application/json" if asks_as_script else "text/html; charset=utf-8"
    door = "/mail/login" if environ["PATH_INFO"].startswith(MEMBERS_DOORS) else "/staff/login"
    body = (json.dumps({"error": words}) if asks_as_script else PAGE.format(words=words, door=door)).encode()
    start_response(status, [*HEADERS, ("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
