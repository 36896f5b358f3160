"""The page and its API: state, events, callers, telephones, clock, switches, log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, send_from_directory

from ivr.simulator.line.engine import NoSuchCall, WrongMoment
from ivr.simulator.line.legs import KEYPAD_WITHHELD, WITHHELD
from ivr.simulator.line.outbound import E164
from ivr.simulator.page.device_views import SSE_HEADERS, devices, sse
from ivr.simulator.page.state import snapshot
from ivr.simulator.rest.door import engine

bp = Blueprint("control", __name__)
CSP = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
EVENT_WAIT_SECONDS = 5.0
KNOWN_CALLERS = frozenset([WITHHELD, KEYPAD_WITHHELD, "payphone"])


class BadInput(ValueError):
    """What the page sent cannot be used; the message says what to do, in Japanese."""


@bp.before_request
def _same_origin() -> None:
    """Refuse other sites' pages: a simulator on loopback is reachable from every page in the same browser."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403)


@bp.after_request
def _harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.errorhandler(BadInput)
def _bad_input(error: BadInput) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400


@bp.errorhandler(NoSuchCall)
def _no_call(_error: NoSuchCall) -> tuple[Response, int]:
    return jsonify(error="その通話は、ありません。"), 404


@bp.errorhandler(WrongMoment)
def _wrong_moment(_error: WrongMoment) -> tuple[Response, int]:
    return jsonify(error="いまは、その操作ができません。通話のようすを確かめてください。"), 400


def _data() -> dict[str, Any]:
    found = request.get_json(silent=True)
    if found is None and not request.data:
        return {}
    if not isinstance(found, dict):
        raise BadInput("JSON の項目で送ってください。")
    return found


@bp.get("/")
def page() -> str:
    return render_template("simulator.html", number=engine().number.e164, desk=current_app.config["DESK_URL"])


@bp.get("/assets/<path:name>")
def asset(name: str) -> Response:
    folder = current_app.config["ASSETS"]
    return send_from_directory(folder, name) if folder else abort(404)


@bp.get("/api/state")
def state() -> Response:
    line = engine()
    with line.lock:
        return jsonify(snapshot(line, devices()))


@bp.get("/api/events")
def events() -> Response:
    line, stopping = engine(), current_app.extensions["stopping"]

    def body() -> Iterator[str]:
        seen = -1
        while not stopping.is_set():
            with line.changed:
                if line.change == seen:
                    line.changed.wait(EVENT_WAIT_SECONDS)
                fresh = line.change
            yield sse("change", {"change": fresh}) if fresh != seen else ": still here\n\n"
            seen = fresh
            stopping.wait(0.1)  # many changes at once become one event

    return Response(body(), mimetype="text/event-stream", headers=SSE_HEADERS)


@bp.post("/api/callers")
def dial() -> tuple[Response, int]:
    from_ = str(_data().get("from", WITHHELD))
    if from_ not in KNOWN_CALLERS and not E164.fullmatch(from_):
        raise BadInput("番号は、+81 から始まる国際形式で書いてください。")
    leg = engine().dial(from_)
    return jsonify(sid=leg.sid, index=leg.index), 201


@bp.post("/api/callers/<sid>/clear")
def clear(sid: str) -> Response:
    line = engine()
    with line.lock:
        if not line.leg(sid).over:
            raise BadInput("通話中です。先に、電話を切ってください。")
        del line.legs[sid]
        line.touch()
    return jsonify(ok=True)


@bp.post("/api/handsets")
def name_handset() -> Response:
    line, data = engine(), _data()
    number, name = str(data.get("number", "")), str(data.get("name", "")).strip()
    if not E164.fullmatch(number) or not 0 < len(name) <= 40:
        raise BadInput("番号(+81 から)と、40文字までの名前を書いてください。")
    line.handset_names[number] = name
    line.touch()
    return jsonify(ok=True)


@bp.post("/api/calls/<sid>/<action>")
def act(sid: str, action: str) -> Response:
    line, data = engine(), _data()
    if action == "digits":
        line.press(sid, str(data.get("digits", "")))
    elif action == "say":
        text = str(data.get("text", "")).strip()
        if not 0 < len(text) <= 500:
            raise BadInput("話すことばを、500文字までで書いてください。")
        line.say(sid, text)
    elif action in {"hangup", "answer", "decline"}:
        {"hangup": line.hang_up, "answer": line.answer, "decline": line.decline}[action](sid)
    else:
        abort(404)
    return jsonify(ok=True)


@bp.post("/api/clock")
def set_clock() -> Response:
    line, data = engine(), _data()
    with line.lock:
        try:
            if "at" in data:
                line.clock.jump(datetime.fromisoformat(str(data["at"])))
            if "pace" in data:
                line.clock.set_pace(float(data["pace"]))
        except (ValueError, TypeError, OverflowError):
            raise BadInput("時刻は 2026-11-26 14:07:12 のように、進み方は 0 から 1000 までで書いてください。") from None
        line.touch()
        return jsonify(now=line.now().isoformat(timespec="milliseconds"), pace=line.clock.pace)


@bp.post("/api/faults")
def set_faults() -> Response:
    line = engine()
    with line.lock:
        try:
            line.faults.set(_data())
        except ValueError:
            raise BadInput("その切りかえは、ありません。値は 0 から 1 までです。") from None
        line.touch()
        return jsonify(line.faults.as_dict())


@bp.get("/api/log")
def log() -> Response:
    line = engine()
    with line.lock:
        entries = list(line.journal.entries)
    if "download" not in request.args:
        return jsonify(entries=[entry.as_dict() for entry in entries])
    text = "".join(entry.as_text() + "\n" for entry in entries)
    headers = {"Content-Disposition": 'attachment; filename="line-log.txt"'}
    return Response(text, mimetype="text/plain", headers=headers)
