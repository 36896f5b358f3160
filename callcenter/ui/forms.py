"""What forms share: the token against forgery, and mistakes as words beside the field and in a summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


@dataclass(frozen=True)
class Problem:
    """One thing to mend: the field's id (None for the form as a whole) and a kind sentence."""

    field: str | None
    message: str


def install(app: Flask, *, guarded_elsewhere: frozenset[str] = frozenset()) -> None:
    """Ask every posting form for its token, except in the blueprints named, which machines post to."""
    # A form left open over a long call must still be accepted; the signed-in session bounds its life.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    # Our pages send no referrer, so its absence must not be held against a form; the token and SameSite guard it.
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked for below instead, where the blueprint is known
    csrf.init_app(app)

    @app.before_request
    def ask_for_token() -> None:
        if request.routing_exception is not None:
            return  # there is no such address; the router says so
        if (request.endpoint or "").split(".")[0] not in guarded_elsewhere:
            csrf.protect()


def problems(form: FlaskForm) -> list[Problem]:
    """Return what is wrong with *form*, field by field in the form's order."""
    fields: Iterable[Any] = form
    found = [Problem(field.id, str(field.errors[0])) for field in fields if field.errors]
    return [*(Problem(None, str(message)) for message in form.form_errors), *found]
