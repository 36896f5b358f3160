"""Installs on the app what all page blueprints share, in the one order that works."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from callcenter.domain.telephony import BrowserLine
from callcenter.settings import Settings
from callcenter.ui import access, errors, filters, forms, frame, lengths, pages, reading
from callcenter.ui.frame import Frame
from callcenter.ui.member import guard
from callcenter.ui.response import assets, compression, headers
from callcenter.ui.staff import crowding, safety, second_step, session_timeout, signin

STEPS = (second_step, safety, session_timeout)
"""Modules whose views join the sign-in's blueprint; naming them brings them in."""


def install(
    app: Flask, settings: Settings, given: Frame, *, line: BrowserLine, guarded_elsewhere: Iterable[str] = ()
) -> None:
    """Install everything for pages, in the frame *given*; *line* is what browser telephones may talk to.

    *guarded_elsewhere* are blueprints that machines speak to and that bring their own guard: no sign-in, no form
    token, no page headers for them.
    """
    machines = frozenset(guarded_elsewhere)
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = secure = settings.public_base_url.startswith("https://")
    if secure:
        app.config["SESSION_COOKIE_NAME"] = signin.HOST_ONLY
    lengths.install(app)
    compression.install(app)  # first, as what comes after a request is done in the other order
    filters.install(app)
    pages.install(app)
    reading.install(app)
    frame.install(app, given)
    errors.install(app)
    headers.install(app, line=line, telephones=given.telephones, guarded_elsewhere=machines, secure=settings.production)
    signin.install(app, redis_url=settings.redis_url)
    access.install(app, members=guard.enforce, guarded_elsewhere=machines)
    forms.install(app, vouched=guard.is_vouched_for, guarded_elsewhere=machines)
    guard.install(app)
    assets.install(app)
    crowding.install(app)
