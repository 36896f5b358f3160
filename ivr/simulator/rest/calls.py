"""REST: Calls."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from ivr.simulator.line.legs import Leg
from ivr.simulator.line.outbound import E164
from ivr.simulator.line.progress import finish
from ivr.simulator.rest import lists, resources
from ivr.simulator.rest.door import PREFIX, RestError, answer, engine, guard, hook_param, not_found, note, whole_param

bp = Blueprint("rest_calls", __name__, url_prefix=PREFIX)
guard(bp)
EVENTS = frozenset(["initiated", "ringing", "answered", "completed"])
CLIENT = re.compile(r"client:[A-Za-z0-9_]{1,121}")
Answer = tuple[Response, int]


@bp.post("/Calls.json")
def create() -> Answer:
    """Ring somebody."""
    line = engine()
    with line.lock:
        leg = _requested()
        name = line.handset_names.get(leg.to, "ブラウザ" if leg.to.startswith("client:") else leg.to)
        note(leg, f"{name}へ・{leg.ring_limit or 60}秒")
        line.outbound.place(leg)
        return answer(resources.call(line, leg), 201)


def _requested() -> Leg:
    line, form = engine(), request.form
    to, from_ = form.get("To", ""), form.get("From", "")
    if not to:
        raise RestError(400, 21201, "No 'To' number is specified")
    if not E164.fullmatch(to) and not CLIENT.fullmatch(to):
        raise RestError(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not from_:
        raise RestError(400, 21213, "'From' phone number is required")
    if not E164.fullmatch(from_) and not CLIENT.fullmatch(from_):
        raise RestError(400, 21212, f"Invalid From Number: {from_}")
    hook, document = hook_param("Url", "Method"), form.get("Twiml", "")
    if (hook is None) == (not document):
        raise RestError(400, 21205, "Exactly one of Url and Twiml is required")
    events = frozenset(form.getlist("StatusCallbackEvent")) or frozenset(["completed"])
    if not events <= EVENTS:
        raise RestError(400, 21626, "Invalid status callback event")
    leg = Leg(from_, to, "outbound-api", line.elapsed, line.now(), hook=hook, twiml=document)
    leg.fallback = hook_param("FallbackUrl", "FallbackMethod")
    leg.status_hook, leg.status_events = hook_param("StatusCallback", "StatusCallbackMethod"), events
    leg.ring_limit, leg.time_limit = whole_param("Timeout", 1, 600), whole_param("TimeLimit", 1, 86400)
    return leg


@bp.get("/Calls.json")
def index() -> Answer:
    """List calls, newest first; To, From, Status and StartTime (also ``StartTime<`` and ``StartTime>``) narrow it.

    PageSize and Page cut it into pages; without them all of it is one page.
    """
    line = engine()
    with line.lock:
        shown = [resources.call(line, leg) for leg in reversed(lists.legs()) if _wanted(leg)]
        return answer(resources.page(line, "calls", "Calls", shown, cut=_cut()))


def _cut() -> tuple[int, int] | None:
    size, number = request.args.get("PageSize", type=int), request.args.get("Page", 0, type=int)
    return None if not size or size < 1 or number < 0 else (min(size, 1000), number)


def _wanted(leg: Leg) -> bool:
    args, shown = request.args, resources.call(engine(), leg)
    if any(args.get(name, shown[key]) != shown[key] for name, key in _FILTERS):
        return False
    began = (leg.answered_at or leg.created_at).astimezone(UTC)  # Twilio's days are UTC days
    on, before, after = (args.get(name, "") for name in ("StartTime", "StartTime<", "StartTime>"))
    if on and began.date() != _moment(on).date():
        return False
    return not (before and began > _moment(before)) and not (after and began < _moment(after))


_FILTERS = (("To", "to"), ("From", "from"), ("Status", "status"))


def _moment(text: str) -> datetime:
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(400, 20001, f"StartTime is not a time: {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _leg(sid: str) -> Leg:
    leg = engine().legs.get(sid)
    if leg is None:
        raise not_found()
    return leg


@bp.get("/Calls/<sid>.json")
def fetch(sid: str) -> Answer:
    """Show one call."""
    line = engine()
    with line.lock:
        leg = _leg(sid)
        note(leg, leg.status)
        return answer(resources.call(line, leg))


@bp.post("/Calls/<sid>.json")
def update(sid: str) -> Answer:
    """End, cancel or redirect a call."""
    line, status = engine(), request.form.get("Status", "")
    with line.lock:
        leg = _leg(sid)
        hook, document = hook_param("Url", "Method"), request.form.get("Twiml", "")
        note(leg, f"Status={status}" if status else f"→ {urlsplit(hook.url).path if hook else 'Twiml'}")
        if leg.over:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if status:
            _end(leg, status)
        elif hook is None and not document:
            raise RestError(400, 20001, "Nothing to update")
        elif leg.ringing and not leg.inbound:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        else:
            line.redirect(leg, hook, document)
        return answer(resources.call(line, leg))


@bp.delete("/Calls/<sid>.json")
def delete(sid: str) -> Answer:
    """Forget a call that has ended."""
    line = engine()
    with line.lock:
        leg = _leg(sid)
        note(leg, "消去")
        if not leg.over:
            raise RestError(409, 20009, "The call cannot be deleted because it has not completed")
        del line.legs[sid]
        return Response(status=204), 204


def _end(leg: Leg, status: str) -> None:
    if status not in {"canceled", "completed"}:
        raise RestError(400, 21218, f"Invalid status: {status}")
    if leg.ringing and not leg.inbound:
        finish(engine(), leg, "canceled")
    elif status == "completed":  # cancelling a call in progress leaves it alone
        finish(engine(), leg, "completed")
