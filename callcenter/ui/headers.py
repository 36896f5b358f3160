"""What every answer tells the browser: run and load nothing of others, tell nobody where the reader was."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, current_app, request

from callcenter.ui.access import Who, rule_of


def install(
    app: Flask, *, connect: Iterable[str] = (), guarded_elsewhere: frozenset[str] = frozenset(), secure: bool = False
) -> None:
    """Add the headers to every page; *connect* are origins that the telephone in the browser may talk to."""
    policy = "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            " ".join(("connect-src 'self'", *connect)),
            " ".join(("media-src 'self' blob:", *(origin for origin in connect if origin.startswith("http")))),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )

    @app.after_request
    def dress(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if (request.endpoint or "").split(".")[0] in guarded_elsewhere:
            return response
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        _keep_private(response)
        return response


def _keep_private(response: Response) -> None:
    """Let no browser or proxy keep a page of the staff, and let everybody ask anew for the others."""
    if "Cache-Control" in response.headers:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    rule = rule_of(view) if view else None
    shared = rule is not None and rule.who is not Who.STAFF and request.blueprint != "staff"
    if shared:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers.add("Vary", "Cookie")
    else:
        response.headers["Cache-Control"] = "no-store"
    if not shared:
        response.headers["X-Robots-Tag"] = "noindex"
