"""Puts everything that page blueprints share onto the app, in the one order that works."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from callcenter.settings import Settings
from callcenter.ui import access, errors, filters, forms, navigation, pages
from callcenter.ui.response import assets, browser_phone, compression, headers
from callcenter.ui.staff import safety, second_step, session_timeout, signin

STEPS = (second_step, safety, session_timeout)
"""Modules whose views join the sign-in's blueprint; naming them brings them in."""


def install(app: Flask, settings: Settings, *, guarded_elsewhere: Iterable[str] = ()) -> None:
    """Make *app* fit for people.

    *guarded_elsewhere* are blueprints that machines speak to and that bring their own guard: no sign-in, no form
    token, no page headers for them.
    """
    machines = frozenset(guarded_elsewhere)
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = settings.public_base_url.startswith("https://")
    compression.install(app)  # first, as what comes after a request is done in the other order
    filters.install(app)
    pages.install(app)
    navigation.install(app)
    errors.install(app)
    line = browser_phone.origins(settings.simulator_url)
    headers.install(app, line=line, guarded_elsewhere=machines, secure=settings.production)
    signin.install(app, redis_url=settings.redis_url)
    access.install(app, guarded_elsewhere=machines)
    forms.install(app, guarded_elsewhere=machines)
    assets.install(app)
