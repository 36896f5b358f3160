"""The browsers that signed in with an account before, by a signed cookie that names nobody.

Strangers' failed guesses make the owner of an account wait only where the owner never was.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from flask import after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from callcenter.context import settings

KEPT = timedelta(days=180)
MOST = 8
"""Accounts for one browser, the last ones; a desk is shared by a few."""


def nonce_for(login: str) -> str | None:
    """Return what tells this browser from others if it signed in with the normalised *login* before, else None."""
    nonce, marks = _read()
    return nonce if _mark(nonce, login) in marks else None


def remember(login: str) -> None:
    """Let the answer tell this browser that it signed in with *login*."""
    nonce, marks = _read()
    mark = _mark(nonce, login)
    kept = [*(one for one in marks if one != mark), mark][-MOST:]
    value = _signer().dumps({"browser": nonce, "of": kept})

    @after_this_request
    def _tell(answer: Response) -> Response:
        answer.set_cookie(
            _cookie(),
            value,
            max_age=KEPT,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return answer


def _read() -> tuple[str, list[str]]:
    """Return the browser's nonce, a new one at its first time, and the marks of its accounts."""
    try:
        found: dict[str, Any] = _signer().loads(request.cookies.get(_cookie(), ""), max_age=int(KEPT.total_seconds()))
    except BadSignature:
        return secrets.token_urlsafe(16), []
    return found["browser"], found["of"]


def _mark(nonce: str, login: str) -> str:
    """Return the trace of an account, which says nothing without the key of the installation."""
    return hmac.new(settings().secret_key.encode(), f"{nonce} {login}".encode(), hashlib.sha256).hexdigest()[:32]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="known browser")


def _cookie() -> str:
    return "__Host-known-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "known-browser"
