"""REST: what is set up once, the numbers, whom the account may ring and whether it records."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from ivr.simulator.console import COUNTRIES, RISKS
from ivr.simulator.line.exchange import Number
from ivr.simulator.rest import resources
from ivr.simulator.rest.door import PREFIX, RestError, answer, engine, flag_param, guard, not_found, note, url_param

bp = Blueprint("rest_setup", __name__)
guard(bp)
Answer = tuple[Response, int]

URLS = {"VoiceUrl": "voice_url", "VoiceFallbackUrl": "fallback_url", "StatusCallback": "status_callback"}
METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallbackMethod": "status_method",
}
SIDS = {"VoiceApplicationSid": "application_sid", "TrunkSid": "trunk_sid"}


# ---- numbers


@bp.get(f"{PREFIX}/IncomingPhoneNumbers.json")
def numbers() -> Answer:
    """List the account's numbers; PhoneNumber narrows it."""
    line, sought = engine(), request.args.get("PhoneNumber", "")
    with line.lock:
        shown = [resources.number(line, one) for one in (line.number, *line.more_numbers) if sought in one.e164]
        return answer(resources.page(line, "incoming_phone_numbers", "IncomingPhoneNumbers", shown))


@bp.get(f"{PREFIX}/IncomingPhoneNumbers/<sid>.json")
def number(sid: str) -> Answer:
    """Show one number."""
    line = engine()
    with line.lock:
        return answer(resources.number(line, _number(sid)))


@bp.post(f"{PREFIX}/IncomingPhoneNumbers/<sid>.json")
def set_number(sid: str) -> Answer:
    """Point a number elsewhere; a parameter that is not sent leaves its part alone."""
    line, form = engine(), request.form
    with line.lock:
        old = _number(sid)
        changes: dict[str, Any] = {ours: url_param(theirs, 21502) for theirs, ours in URLS.items() if theirs in form}
        changes |= {ours: _method(theirs) for theirs, ours in METHODS.items() if theirs in form}
        changes |= {ours: form[theirs] for theirs, ours in SIDS.items() if theirs in form}
        note(None, "、".join(sorted(form)))
        new = replace(old, **changes)
        if old is line.number:
            line.number = new
        else:
            line.more_numbers[line.more_numbers.index(old)] = new
        return answer(resources.number(line, new))


def _number(sid: str) -> Number:
    found = next((one for one in (engine().number, *engine().more_numbers) if one.sid == sid), None)
    if found is None:
        raise not_found()
    return found


def _method(name: str) -> str:
    verb = request.form[name].upper()
    if verb not in {"GET", "POST"}:
        raise RestError(400, 21206, f"{name} must be GET or POST")
    return verb


# ---- whom the account may ring


@bp.get("/v1/DialingPermissions/Countries")
def countries() -> Answer:
    """List the countries with what may be rung there."""
    return answer(resources.listed("content", [_country(code) for code in COUNTRIES]))


def _country(code: str) -> dict[str, Any]:
    allowed = engine().console.dialing.get(code, set())
    return {"iso_code": code, "name": COUNTRIES[code], "country_codes": []} | {risk: risk in allowed for risk in RISKS}


@bp.post("/v1/DialingPermissions/BulkCountryUpdates")
def set_countries() -> Answer:
    """Allow or forbid many countries at once."""
    try:
        wanted = json.loads(request.form.get("UpdateRequest", ""))
        changes = {one["iso_code"]: {risk for risk in RISKS if str(one[risk]).lower() == "true"} for one in wanted}
    except (ValueError, TypeError, KeyError):
        raise RestError(400, 20001, "UpdateRequest is not a list of countries") from None
    if not changes.keys() <= COUNTRIES.keys():
        raise RestError(400, 20001, "Unknown country")
    note(None, "、".join(sorted(changes)))
    engine().console.dialing |= changes
    return answer({"update_count": len(changes), "update_request": request.form["UpdateRequest"]}, 201)


@bp.get("/v1/Settings")
def dialing_settings() -> Answer:
    """Show whether a subaccount takes its permissions over from the main account."""
    return answer({"dialing_permissions_inheritance": engine().console.inherits_dialing})


@bp.post("/v1/Settings")
def set_dialing_settings() -> Answer:
    """Let the account decide by itself whom it rings, or not."""
    console, wanted = engine().console, flag_param("DialingPermissionsInheritance")
    console.inherits_dialing = console.inherits_dialing if wanted is None else wanted
    return answer({"dialing_permissions_inheritance": console.inherits_dialing}, 202)


# ---- recording


@bp.get("/v2/AccountDefaultConfiguration/Recording")
def recording_default() -> Answer:
    """Show the rule that records every call, if there is one."""
    if not engine().console.records_by_default:
        raise not_found()
    return answer({"description": "", "configuration": {"configurationType": "Recording"}})


@bp.delete("/v2/AccountDefaultConfiguration/Recording")
def drop_recording_default() -> Answer:
    """Record no call by default."""
    if not engine().console.records_by_default:
        raise not_found()
    engine().console.records_by_default = False
    return Response(status=204), 204


@bp.get(f"{PREFIX}/Recordings.json")
def recordings() -> Answer:
    """List what was recorded; the line itself never records."""
    line = engine()
    shown = [{"sid": f"RE{number:032x}", "status": "completed"} for number in range(line.console.recordings)]
    return answer(resources.page(line, "recordings", "Recordings", shown))


@bp.get("/v2/Services")
def intelligence() -> Answer:
    """List the services of Conversational Intelligence."""
    on = engine().console.transcribes
    return answer(resources.listed("services", [{"sid": f"GA{1:032x}", "auto_transcribe": True}] if on else []))
