"""REST: the account itself, its keys, and what its debugger noted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from ivr.simulator.console import Alert
from ivr.simulator.rest import resources
from ivr.simulator.rest.door import PREFIX, RestError, answer, engine, guard, not_found

bp = Blueprint("rest_account", __name__)
guard(bp)
Answer = tuple[Response, int]
LEVELS = {"error", "warning", "notice", "debug"}


@bp.get(f"{PREFIX}.json")
def account() -> Answer:
    """Show the account."""
    line = engine()
    status = "active" if line.console.active else "suspended"
    return answer({"sid": line.account.sid, "friendly_name": "line", "status": status, "type": "Full"})


@bp.get(f"{PREFIX}/Keys.json")
def keys() -> Answer:
    """List the account's keys."""
    line = engine()
    shown = [_key()] if line.account.api_key and line.console.key_known else []
    return answer(resources.page(line, "keys", "Keys", shown))


@bp.get("/v1/Keys/<sid>")
def key(sid: str) -> Answer:
    """Show one key; a restricted one with what it may do."""
    line = engine()
    if sid != line.account.api_key or not line.console.key_known:
        raise not_found()
    allowed = {"allow": ["/twilio/voice/calls/create"]} if line.console.key_kind == "restricted" else None
    return answer(_key() | {"policy": allowed})


def _key() -> dict[str, Any]:
    return {"sid": engine().account.api_key, "friendly_name": "line"}


@bp.get("/v1/Alerts")
def alerts() -> Answer:
    """List what the debugger noted, newest first; LogLevel, StartDate and EndDate narrow it."""
    level, line = request.args.get("LogLevel", ""), engine()
    if level and level not in LEVELS:
        raise RestError(400, 20001, "LogLevel is error, warning, notice or debug")
    since, until = _moment("StartDate"), _moment("EndDate")
    with line.lock:
        noted = [
            (place, one)
            for place, one in enumerate(line.console.alerts)
            if level in {"", one.level} and (since is None or one.at >= since) and (until is None or one.at <= until)
        ]
    size = min(int(request.args.get("PageSize", 50)), 1000)
    return answer(resources.listed("alerts", [_alert(*one) for one in reversed(noted)][:size]))


def _alert(place: int, one: Alert) -> dict[str, Any]:
    at = one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "sid": f"NO{place:032x}",
        "account_sid": engine().account.sid,
        "error_code": one.code,
        "log_level": one.level,
        "alert_text": one.text,
        "request_url": one.url,
        "date_generated": at,
        "date_created": at,
    }


def _moment(name: str) -> datetime | None:
    given = request.args.get(name)
    try:
        return datetime.fromisoformat(given).astimezone(UTC) if given else None
    except ValueError:
        raise RestError(400, 20001, f"{name} is not a date") from None
