"""The line as the page shows it: callers, telephones, devices, clock, switches, counts."""

from __future__ import annotations

import re
from typing import Any

from ivr.simulator.line.devices import Devices
from ivr.simulator.line.engine import Engine
from ivr.simulator.line.journal import caller_kind
from ivr.simulator.line.legs import Caption, Leg
from ivr.simulator.line.queues import is_waiting
from ivr.simulator.line.rooms import RoomStay

Json = dict[str, Any]
WORDS = {
    "idle": "かかってきていません",
    "ringing": "呼び出し中",
    "listening": "案内を聞いています",
    "waiting": "待っています",
    "joining": "つないでいます",
    "talking": "通話中",
    "held": "保留中",
    "ended": "切れました",
}
NOT_YET_RINGING = frozenset(["queued", "initiated"])
SHOWN_ENDED = 5.0  # seconds a telephone shows that its call has ended


def snapshot(line: Engine, devices: Devices) -> Json:
    """Return the whole state; call it under the engine's lock."""
    callers = [leg for leg in line.legs.values() if leg.inbound]
    states = [state_of(leg) for leg in callers]
    journal = line.journal
    return {
        "change": line.change,
        "number": line.number.e164,
        "clock": {"now": line.now().isoformat(timespec="milliseconds"), "pace": line.clock.pace},
        "callers": [_caller(line, leg) for leg in callers],
        "handsets": [_handset(line, number) for number in _numbers(line)],
        "devices": [_device(line, identity, devices.reachable(identity)) for identity in _identities(line, devices)],
        "faults": line.faults.as_dict(),
        "log_ok": journal.failures == 0,
        "counters": {
            "webhooks": journal.webhooks,
            "rest": journal.rest,
            "violations": len(journal.violations),
            "failures": journal.failures,
            "waiting": states.count("waiting"),
            "talking": states.count("talking"),
        },
    }


def state_of(leg: Leg) -> str:
    """Return the state's name of one leg."""
    if leg.over:
        return "ended"
    if is_waiting(leg):
        return "waiting"
    if isinstance(leg.stay, RoomStay):
        if leg.stay.participant.hold:
            return "held"
        room = leg.stay.room
        return "talking" if room.status == "in-progress" and len(room.participants) > 1 else "joining"
    return "ringing" if leg.ringing else "listening"


def _common(line: Engine, leg: Leg) -> Json:
    state, until = state_of(leg), line.elapsed if leg.ended is None else leg.ended
    return {
        "sid": leg.sid,
        "state": state,
        "state_words": WORDS[state],
        "seconds": int(until - leg.created),
        "state_seconds": int(line.elapsed - leg.state_since),
        "connected_with": _others(line, leg),
        "captions": [_caption(caption) for caption in leg.captions],
    }


def _caller(line: Engine, leg: Leg) -> Json:
    kind, common = caller_kind(leg.from_), _common(line, leg)
    if common["state"] == "talking":
        common["state_words"] = "相談員と話しています"
    label = {"withheld": "非通知", "payphone": "公衆電話"}.get(kind) or _spaced(leg.from_)
    return {"index": leg.index, "from": leg.from_, "kind": kind, "from_label": label} | common


def _handset(line: Engine, number: str) -> Json:
    calls = (leg for leg in line.legs.values() if leg.to == number and not leg.inbound)
    legs = [leg for leg in calls if leg.status not in NOT_YET_RINGING]  # nobody could answer those
    leg = legs[-1] if legs else None
    shown = leg if leg and (leg.ended is None or line.elapsed - leg.ended < SHOWN_ENDED) else None
    head: Json = {"number": number, "name": line.handset_names.get(number) or _spaced(number)}
    if shown is None:
        idle = {"sid": None, "state": "idle", "state_words": WORDS["idle"], "seconds": 0, "state_seconds": 0}
        return head | idle | {"connected_with": [], "captions": [], "ring_limit": None, "caller_index": None}
    limit = (shown.ring_limit or 60) + line.settings.timeout_buffer if shown.ringing else None
    return head | _common(line, shown) | {"ring_limit": limit, "caller_index": shown.index}


def _device(line: Engine, identity: str, registered: bool) -> Json:
    legs = [leg for leg in line.legs.values() if leg.to == f"client:{identity}" and not leg.over]
    state = state_of(legs[-1]) if legs else "idle"
    return {
        "identity": identity,
        "registered": registered,
        "sid": legs[-1].sid if legs else None,
        "state": state,
        "state_words": WORDS[state],
    }


def _caption(caption: Caption) -> Json:
    return {
        "id": caption.id,
        "kind": caption.kind,
        "who": caption.who,
        "text": caption.text,
        "at": caption.at.isoformat(timespec="seconds"),
        "seconds": caption.seconds,
        "cut": caption.cut,
    }


def _others(line: Engine, leg: Leg) -> list[str]:
    if not isinstance(leg.stay, RoomStay):
        return []
    others = (one.leg for one in leg.stay.room.participants if one.leg is not leg)
    return [f"発信者{other.index}" if other.inbound else line.handset_names.get(other.to, "相談員") for other in others]


def _numbers(line: Engine) -> list[str]:
    rung = (leg.to for leg in line.legs.values() if not leg.inbound and leg.to.startswith("+"))
    return list(dict.fromkeys([*line.handset_names, *rung]))


def _identities(line: Engine, devices: Devices) -> list[str]:
    rung = (leg.to.removeprefix("client:") for leg in line.legs.values() if leg.to.startswith("client:"))
    known = [session.identity for session in devices.sessions.values()]
    return list(dict.fromkeys([*known, *rung]))


def _spaced(number: str) -> str:
    """Set a Japanese number in groups, as people read it; others stay as they are."""
    groups = re.fullmatch(r"(\+81)([36]|[5789]0|\d{2})(\d{3,4})(\d{4})", number)
    return " ".join(groups.groups()) if groups else number
