"""The simulator's web application: REST, the page with its API, browser devices."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound

from ivr.simulator.line.devices import Devices
from ivr.simulator.line.engine import Engine
from ivr.simulator.page import control, device_views
from ivr.simulator.rest import account, calls, rooms, setup, tokens


def create_app(
    line: Engine, *, assets: Path | None = None, allowed_origins: Iterable[str] = (), desk_url: str = ""
) -> Flask:
    """Build the application around *line*; *assets* is served under ``/assets/``, the page links to *desk_url*."""
    app = Flask("ivr.simulator")
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it, its base does not
    app.config.update(ASSETS=assets and assets.resolve(), ALLOWED_ORIGINS=frozenset(allowed_origins), DESK_URL=desk_url)
    app.extensions |= {"line": line, "devices": Devices(line), "stopping": threading.Event()}
    for blueprint in (account.bp, calls.bp, rooms.bp, setup.bp, tokens.bp, control.bp, device_views.bp):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.register_error_handler(NotFound, _nowhere)
    return app


def healthz() -> Response:
    """Say that the process is alive."""
    return Response("ok\n", mimetype="text/plain")


def _nowhere(error: NotFound) -> tuple[Response, int] | NotFound:
    if not request.path.startswith(("/2010-04-01/", "/v1/", "/v2/")):
        return error
    message = f"The requested resource {request.path} was not found"
    return jsonify(code=20404, message=message, more_info="https://www.twilio.com/docs/errors/20404", status=404), 404
