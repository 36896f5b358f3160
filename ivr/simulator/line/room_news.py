"""Conference events, and the changes REST makes to a participant."""

from __future__ import annotations

from email.utils import format_datetime

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.places import Participant, Room
from ivr.simulator.line.progress import news

GROUPS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
}


def announce(
    x: Exchange, room: Room, event: str, participant: Participant | None = None, more: dict[str, str] | None = None
) -> None:
    """Send a conference event to the first participant's status callback, if that asked for it."""
    if room.status_hook is None or GROUPS[event] not in room.status_events:
        return
    params = {
        "AccountSid": x.account.sid,
        "ConferenceSid": room.sid,
        "FriendlyName": room.name,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(room.sequence),
        "Timestamp": format_datetime(x.now()),
        "AddedWithoutNotice": "",
    }
    room.sequence += 1
    if participant is not None:
        params |= {
            "CallSid": participant.leg.sid,
            "Muted": _flag(participant.muted),
            "Hold": _flag(participant.hold),
            "Coaching": _flag(participant.coaching),
            "StartConferenceOnEnter": _flag(participant.starts),
            "EndConferenceOnExit": _flag(participant.ends),
        } | ({"ParticipantLabel": participant.label} if participant.label else {})
    leg = participant.leg if participant else x.legs.get(room.ended_by)
    news(x, room.status_hook, params | (more or {}), leg, room.sid)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def set_muted(x: Exchange, room: Room, participant: Participant, *, muted: bool) -> None:
    """Mute or unmute, and say so if that changed anything."""
    if participant.muted != muted:
        participant.muted = muted
        announce(x, room, "participant-mute" if muted else "participant-unmute", participant)


def set_hold(x: Exchange, room: Room, participant: Participant, *, hold: bool) -> None:
    """Hold or take back, and say so if that changed anything."""
    if participant.hold != hold:
        participant.hold = hold
        announce(x, room, "participant-hold" if hold else "participant-unhold", participant)
        x.tell("held" if hold else "talking", participant.leg)
