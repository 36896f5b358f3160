"""What every REST request passes: authentication, faults, the log and the shape of errors."""

from __future__ import annotations

import hmac
import time
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from ivr.simulator.faults import REFUSALS, SILENCES
from ivr.simulator.line.engine import Engine
from ivr.simulator.line.journal import Result
from ivr.simulator.line.legs import Hook, Leg
from ivr.simulator.twiml.tables import absolute_url

PREFIX = "/2010-04-01/Accounts/<account>"
ORDINARY_REFUSALS = frozenset([20404, 21220])  # somebody was quicker; no sign of anything wrong
TIMEOUT_MARK = "X-Line-Fault"  # on an answer that an in-process client must treat as never having come


class RestError(Exception):
    """A refusal in Twilio's own numbers."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found() -> RestError:
    """Return the refusal for a resource that is not there."""
    return RestError(404, 20404, f"The requested resource {request.path} was not found")


def engine() -> Engine:
    """Return the engine behind this application."""
    found = current_app.extensions["line"]
    assert isinstance(found, Engine)
    return found


def note(leg: Leg | None, digest: str) -> None:
    """Say for the log whom the request concerned and what it wanted, in a few words."""
    g.leg, g.digest = leg, digest


def guard(bp: Blueprint) -> None:
    """Put authentication, faults, log and error shapes before every view of *bp*."""
    bp.before_request(_enter)
    bp.after_request(_leave)
    bp.register_error_handler(RestError, _refuse)
    bp.register_error_handler(HTTPException, _refuse_http)


def _enter() -> None:
    g.began, g.leg, g.digest, g.fault, g.code = time.monotonic(), None, "", None, 0
    _authenticate()
    own = engine().account.sid
    if (request.view_args or {}).pop("account", own) != own:  # the newer products name no account
        raise not_found()
    g.fault = engine().faults.rest_fault()
    if g.fault in REFUSALS:
        raise RestError(*REFUSALS[g.fault])
    if g.fault == "rest_lost":
        raise RestError(504, 20504, "The request never arrived")


def _authenticate() -> None:
    account, given = engine().account, request.authorization
    pairs = [(account.sid, account.auth_token), (account.api_key, account.api_secret)]
    username, password = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
    if not any(_same(username, name) and _same(password, secret) for name, secret in pairs if name and secret):
        raise RestError(401, 20003, "Authenticate")
    if username == account.api_key and not _allowed(engine().console.key_kind, request.path):
        raise RestError(*engine().console.refusal, "Permission denied")


def _allowed(key_kind: str, path: str) -> bool:
    """Return whether an API key may see *path*: accounts and keys are for a main one, newer products not for each."""
    account_itself = path.removesuffix(".json").endswith(f"/Accounts/{engine().account.sid}")
    if account_itself or "/Keys" in path:
        return key_kind == "main"
    return key_kind != "restricted" or path.startswith("/2010-04-01/")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _refuse(error: RestError) -> tuple[Response, int]:
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    g.code, g.digest = error.code, f"{g.digest} {error.code}".strip()
    return jsonify(body), error.status


def _refuse_http(error: HTTPException) -> tuple[Response, int]:
    if error.code == 405:
        return _refuse(RestError(405, 20004, "Method not allowed"))
    return _refuse(not_found())


def _leave(response: Response) -> Response:
    line, path = engine(), _digest_of_path(request.path)
    digest = g.digest if request.method != "GET" else f"GET {g.digest}".strip()
    with line.lock:
        line.journal.add(
            line.now(),
            "rest",
            g.leg,
            f"REST /{path}",
            digest,
            Result(
                response.status_code < 400 or g.fault is not None or g.code in ORDINARY_REFUSALS,
                status=response.status_code,
                ms=round((time.monotonic() - g.began) * 1000),
            ),
        )
        line.touch()
    response.date = line.now() + timedelta(seconds=line.console.clock_ahead)
    if g.fault in SILENCES:
        time.sleep(line.settings.silence_seconds)
        response = Response(status=504)
        response.headers[TIMEOUT_MARK] = "timeout"
    return response


def _digest_of_path(path: str) -> str:
    return path.partition("/Accounts/")[2].partition("/")[2].removesuffix(".json") or path.removeprefix("/")


def url_param(name: str, code: int = 21205) -> str:
    """Return an absolute address from the form, or an empty string; raise a refusal for a bad one."""
    value = request.form.get(name, "")
    if value and absolute_url(value):
        raise RestError(400, code, f"{name} is not a valid URL: {value}")
    return value


def hook_param(name: str, method: str) -> Hook | None:
    """Return the address and method given, or None."""
    url, verb = url_param(name), request.form.get(method, "POST").upper()
    if verb not in {"GET", "POST"}:
        raise RestError(400, 21206, f"{method} must be GET or POST")
    return Hook(url, verb) if url else None


def flag_param(name: str) -> bool | None:
    """Return a boolean of the form, or None when it is absent."""
    value = request.form.get(name)
    if value is None:
        return None
    if value.lower() not in {"true", "false"}:
        raise RestError(400, 20001, f"{name} must be true or false")
    return value.lower() == "true"


def whole_param(name: str, low: int, high: int) -> int | None:
    """Return a whole number of the form, or None when it is absent."""
    value = request.form.get(name)
    if value is None:
        return None
    if not value.isdigit() or not low <= int(value) <= high:
        raise RestError(400, 20001, f"{name} must be a whole number from {low} to {high}")
    return int(value)


def answer(body: dict[str, Any], status: int = 200) -> tuple[Response, int]:
    """Return a resource."""
    return jsonify(body), status
