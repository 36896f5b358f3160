"""The simulator's web application: REST, the page with its API, browser devices."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from ivr.simulator import rest_calls, rest_rooms
from ivr.simulator.engine import Engine


def create_app(line: Engine) -> Flask:
    """Build the application around *line*."""
    app = Flask("ivr.simulator")
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # the default provider has it, its base does not
    app.extensions["line"] = line
    for blueprint in (rest_calls.bp, rest_rooms.bp):
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.register_error_handler(NotFound, _nowhere)
    return app


def healthz() -> Response:
    """Say that the process is alive."""
    return Response("ok\n", mimetype="text/plain")


def _nowhere(error: NotFound) -> Response | NotFound:
    if not request.path.startswith("/2010-04-01/"):
        return error
    body = f'{{"code": 20404, "message": "{request.path} was not found", "status": 404, "more_info": ""}}'
    return Response(body, 404, mimetype="application/json")
