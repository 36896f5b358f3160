"""Browser devices over HTTP: the counsellor's page registers, listens to events and acts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify, request

from ivr.simulator.line.devices import Devices, Session, TokenRefused
from ivr.simulator.line.engine import NoSuchCall, WrongMoment

bp = Blueprint("device", __name__, url_prefix="/device")
SSE_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def devices() -> Devices:
    """Return the registry behind this application."""
    found = current_app.extensions["devices"]
    assert isinstance(found, Devices)
    return found


def sse(name: str, data: object) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@bp.before_request
def _preflight() -> Response | None:
    return Response(status=204) if request.method == "OPTIONS" else None


@bp.after_request
def _allow(response: Response) -> Response:
    origin = request.headers.get("Origin", "")
    if origin in current_app.config["ALLOWED_ORIGINS"]:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Vary"] = "Origin"
    return response


@bp.errorhandler(TokenRefused)
def _refused(error: TokenRefused) -> tuple[Response, int]:
    return jsonify(error=str(error), code=20101), 401


@bp.errorhandler(NoSuchCall)
def _no_call(_error: NoSuchCall) -> tuple[Response, int]:
    return jsonify(error="その通話は、ありません。"), 404


@bp.errorhandler(WrongMoment)
def _wrong_moment(error: WrongMoment) -> tuple[Response, int]:
    return jsonify(error=str(error)), 409


def _session(key: str) -> Session:
    session = devices().sessions.get(key)
    if session is None:
        raise NoSuchCall(key)
    return session


def _token() -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


@bp.route("/register", methods=["POST", "OPTIONS"])
def register() -> tuple[Response, int]:
    session = devices().register(_token())
    return jsonify(session=session.id, identity=session.identity), 201


@bp.route("/<key>/refresh", methods=["POST", "OPTIONS"])
def refresh(key: str) -> Response:
    devices().refresh(_session(key), _token())
    return jsonify(ok=True)


@bp.route("/<key>", methods=["DELETE", "OPTIONS"])
def forget(key: str) -> Response:
    devices().forget(_session(key))
    return jsonify(ok=True)


@bp.get("/<key>/events")
def events(key: str) -> Response:
    stopping: threading.Event = current_app.extensions["stopping"]
    source = devices().stream(_session(key), stopping)

    def body() -> Iterator[str]:
        for event in source:
            yield ": still here\n\n" if event is None else sse(*event)

    return Response(body(), mimetype="text/event-stream", headers=SSE_HEADERS)


@bp.route("/<key>/calls/<sid>/<action>", methods=["POST", "OPTIONS"])
def act(key: str, sid: str, action: str) -> Response:
    registry, session = devices(), _session(key)
    data = request.get_json(silent=True) or {}
    if action == "accept":
        registry.accept(session, sid)
    elif action == "reject":
        registry.reject(session, sid)
    elif action == "hangup":
        registry.line.hang_up(registry.own(session, sid))
    elif action == "digits":
        registry.line.press(registry.own(session, sid), str(data.get("digits", "")))
    elif action == "mute":
        registry.own(session, sid)
        session.muted = bool(data.get("muted", True))
    elif action == "say":
        registry.own(session, sid)
        if session.muted:
            raise WrongMoment("マイクを切っています。")
        registry.line.say(sid, str(data.get("text", "")))
    else:
        raise NoSuchCall(action)
    return jsonify(ok=True)
