"""Legs, queues and rooms in the JSON shapes of Twilio's REST API."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from ivr.simulator.line.exchange import Exchange, Number
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.places import Member, Participant, Queue, Room

VERSION = "2010-04-01"
Json = dict[str, Any]


def base(x: Exchange) -> str:
    """Return the path under which the account's resources live."""
    return f"/{VERSION}/Accounts/{x.account.sid}"


def _date(moment: datetime | None) -> str | None:
    return format_datetime(moment.astimezone(UTC)) if moment else None


def call(x: Exchange, leg: Leg) -> Json:
    """Return a Call."""
    uri = f"{base(x)}/Calls/{leg.sid}"
    parts = ("notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions")
    return {
        "sid": leg.sid,
        "account_sid": x.account.sid,
        "api_version": VERSION,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "status": "queued" if leg.status == "initiated" else leg.status,
        "direction": leg.direction,
        "date_created": _date(leg.created_at),
        "date_updated": _date(leg.ended_at or leg.answered_at or leg.created_at),
        "start_time": _date(leg.answered_at or leg.created_at),
        "end_time": _date(leg.ended_at),
        "duration": str(leg.duration(x.elapsed)) if leg.over else None,
        "queue_time": str(leg.queue_time),
        "price": None,
        "price_unit": "USD",
        "parent_call_sid": None,
        "phone_number_sid": None,
        "answered_by": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "trunk_sid": None,
        "annotation": None,
        "uri": f"{uri}.json",
        "subresource_uris": {part: f"{uri}/{part.capitalize()}.json" for part in parts},
    }


def queue(x: Exchange, item: Queue) -> Json:
    """Return a Queue."""
    uri = f"{base(x)}/Queues/{item.sid}"
    return {
        "sid": item.sid,
        "account_sid": x.account.sid,
        "friendly_name": item.name,
        "current_size": len(item.members),
        "average_wait_time": item.average_wait(x.elapsed),
        "max_size": item.max_size,
        "date_created": _date(item.created_at),
        "date_updated": _date(item.created_at),
        "uri": f"{uri}.json",
        "subresource_uris": {"members": f"{uri}/Members.json"},
    }


def member(x: Exchange, item: Queue, one: Member, position: int) -> Json:
    """Return a queue's Member; *position* counts from 1 and is 0 for one just taken out."""
    return {
        "call_sid": one.leg.sid,
        "queue_sid": item.sid,
        "date_enqueued": _date(one.joined_at),
        "position": position,
        "wait_time": int(x.elapsed - one.joined),
        "uri": f"{base(x)}/Queues/{item.sid}/Members/{one.leg.sid}.json",
    }


def conference(x: Exchange, room: Room) -> Json:
    """Return a Conference."""
    uri = f"{base(x)}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": x.account.sid,
        "api_version": VERSION,
        "friendly_name": room.name,
        "region": room.region,
        "status": room.status,
        "date_created": _date(room.created_at),
        "date_updated": _date(room.updated_at or room.created_at),
        "reason_conference_ended": room.ended_reason or None,
        "call_sid_ending_conference": room.ended_by or None,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json", "recordings": f"{uri}/Recordings.json"},
    }


def participant(x: Exchange, room: Room, one: Participant) -> Json:
    """Return a Participant."""
    return {
        "call_sid": one.leg.sid,
        "account_sid": x.account.sid,
        "conference_sid": room.sid,
        "label": one.label or None,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.coaching,
        "call_sid_to_coach": one.coached_sid or None,
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "status": "connected",
        "queue_time": "0",
        "date_created": _date(one.joined_at),
        "date_updated": _date(one.joined_at),
        "uri": f"{base(x)}/Conferences/{room.sid}/Participants/{one.leg.sid}.json",
    }


def number(x: Exchange, item: Number) -> Json:
    """Return an IncomingPhoneNumber."""
    return {
        "sid": item.sid,
        "account_sid": x.account.sid,
        "api_version": VERSION,
        "phone_number": item.e164,
        "friendly_name": item.e164,
        "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
        "voice_url": item.voice_url,
        "voice_method": item.voice_method,
        "voice_fallback_url": item.fallback_url,
        "voice_fallback_method": item.fallback_method,
        "status_callback": item.status_callback,
        "status_callback_method": item.status_method,
        "voice_application_sid": item.application_sid,
        "trunk_sid": item.trunk_sid or None,
        "uri": f"{base(x)}/IncomingPhoneNumbers/{item.sid}.json",
    }


def listed(key: str, items: list[Json]) -> Json:
    """Return a list as Twilio's newer products put it, all of it on one page."""
    meta = {"key": key, "page": 0, "page_size": max(50, len(items)), "next_page_url": None, "previous_page_url": None}
    return {key: items, "meta": meta}


def page(x: Exchange, name: str, path: str, items: list[Json], *, cut: tuple[int, int] | None = None) -> Json:
    """Return a list in Twilio's envelope: all of it, or of *cut* (size, number from 0) that page."""
    uri = f"{base(x)}/{path}.json"
    size, number = cut or (max(50, len(items)), 0)
    start = size * number
    shown = items[start : start + size]
    return {
        name: shown,
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(shown) - 1),
        "uri": uri,
        "first_page_uri": f"{uri}?PageSize={size}&Page=0",
        "next_page_uri": f"{uri}?{_query(size, number + 1)}" if start + size < len(items) else None,
        "previous_page_uri": f"{uri}?{_query(size, number - 1)}" if number else None,
    }


def _query(size: int, number: int) -> str:
    """Name another page of the same list, narrowed alike."""
    kept = {name: value for name, value in request.args.items() if name not in {"Page", "PageSize"}}
    return urlencode(kept | {"PageSize": size, "Page": number})
