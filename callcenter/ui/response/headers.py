"""Security headers: content policy, referrer, caching."""

from __future__ import annotations

from flask import Flask, Response, request

from callcenter.domain.telephony import BrowserLine
from callcenter.ui.access import Who, rule_here
from callcenter.ui.light.twins import TWINS

PERSONAL = frozenset({Who.STAFF, Who.MEMBER})
SIGNING_IN = frozenset({"staff", "mail", TWINS["mail"]})
"""Blueprints whose public pages are kept private as well."""


def install(
    app: Flask,
    *,
    line: BrowserLine,
    telephones: frozenset[str],
    guarded_elsewhere: frozenset[str] = frozenset(),
    secure: bool = False,
) -> None:
    """Add the headers to every page; on pages of the *telephones* a browser may talk to the *line*."""
    plain, telephone = _policy(BrowserLine()), _policy(line)

    @app.after_request
    def dress(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if (request.endpoint or "").split(".")[0] in guarded_elsewhere:
            return response
        rings = request.blueprint in telephones
        microphone = "self" if rings else ""
        response.headers.setdefault("Content-Security-Policy", telephone if rings else plain)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", f"camera=(), geolocation=(), microphone=({microphone})")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        _keep_private(response)
        return response


def _policy(line: BrowserLine) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            " ".join(("connect-src 'self'", *line.connect)),
            " ".join(("media-src 'self' blob:", *line.media)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _keep_private(response: Response) -> None:
    """Forbid caching of the pages of staff and members, and make others be revalidated."""
    if "Cache-Control" in response.headers:
        return
    rule = rule_here()
    shared = rule is not None and rule.who not in PERSONAL and request.blueprint not in SIGNING_IN
    if shared:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers.add("Vary", "Cookie")
    else:
        response.headers["Cache-Control"] = "no-store"
    if not shared:
        response.headers["X-Robots-Tag"] = "noindex"
