"""REST: Queues with their Members, Conferences with their Participants."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ivr.simulator.line.places import Participant, Queue, Room
from ivr.simulator.line.queues import member_of
from ivr.simulator.line.room_news import announce, set_hold, set_muted
from ivr.simulator.line.rooms import RoomStay, end_room
from ivr.simulator.rest import lists, resources
from ivr.simulator.rest.door import PREFIX, RestError, answer, engine, flag_param, guard, hook_param, not_found, note

bp = Blueprint("rest_rooms", __name__, url_prefix=PREFIX)
guard(bp)
Answer = tuple[Response, int]


# ---- queues


@bp.get("/Queues.json")
def queues() -> Answer:
    """List the queues."""
    line = engine()
    with line.lock:
        shown = [resources.queue(line, queue) for queue in line.queues.values()]
        return answer(resources.page(line, "queues", "Queues", shown))


def _queue(sid: str) -> Queue:
    queue = engine().queues.get(sid)
    if queue is None:
        raise not_found()
    return queue


@bp.get("/Queues/<sid>.json")
def queue(sid: str) -> Answer:
    """Show one queue."""
    line = engine()
    with line.lock:
        return answer(resources.queue(line, _queue(sid)))


@bp.get("/Queues/<sid>/Members.json")
def members(sid: str) -> Answer:
    """List who waits, longest first."""
    line = engine()
    with line.lock:
        waiting = _queue(sid)
        shown = [resources.member(line, waiting, one, at) for at, one in enumerate(waiting.members, 1)]
        return answer(resources.page(line, "queue_members", f"Queues/{sid}/Members", shown))


@bp.get("/Queues/<sid>/Members/<key>.json")
def member(sid: str, key: str) -> Answer:
    """Show one who waits; ``Front`` is the first."""
    line = engine()
    with line.lock:
        waiting = _queue(sid)
        stay = member_of(waiting, key)
        if stay is None:
            raise not_found()
        note(stay.leg, "")
        position = waiting.members.index(stay.member) + 1
        return answer(resources.member(line, waiting, stay.member, position))


@bp.post("/Queues/<sid>/Members/<key>.json")
def dequeue(sid: str, key: str) -> Answer:
    """Take one out and let it fetch another document."""
    line = engine()
    with line.lock:
        waiting, hook = _queue(sid), hook_param("Url", "Method")
        stay = member_of(waiting, key)
        if stay is None:
            raise not_found()
        if hook is None:
            raise RestError(400, 21205, "Url is required")
        note(stay.leg, "列から呼ぶ")
        shown = resources.member(line, waiting, stay.member, 0)
        stay.dequeue(hook)
        return answer(shown)


# ---- conferences


@bp.get("/Conferences.json")
def conferences() -> Answer:
    """List rooms, newest first; FriendlyName and Status narrow it."""
    line, args = engine(), request.args
    with line.lock:
        rooms = [
            room
            for room in reversed(lists.rooms())
            if args.get("FriendlyName", room.name) == room.name and args.get("Status", room.status) == room.status
        ]
        shown = [resources.conference(line, room) for room in rooms]
        return answer(resources.page(line, "conferences", "Conferences", shown))


def _room(sid: str) -> Room:
    room = engine().rooms.get(sid)
    if room is None:
        raise not_found()
    return room


@bp.get("/Conferences/<sid>.json")
def conference(sid: str) -> Answer:
    """Show one room."""
    line = engine()
    with line.lock:
        return answer(resources.conference(line, _room(sid)))


@bp.post("/Conferences/<sid>.json")
def update_conference(sid: str) -> Answer:
    """End a room."""
    line = engine()
    with line.lock:
        room = _room(sid)
        if request.form.get("Status") != "completed":
            raise RestError(400, 20001, "Status must be completed")
        note(None, "Status=completed")
        end_room(line, room, "conference-ended-via-api")
        return answer(resources.conference(line, room))


@bp.get("/Conferences/<sid>/Participants.json")
def participants(sid: str) -> Answer:
    """List who is in a room; Muted, Hold and Coaching narrow it."""
    line, args = engine(), request.args
    with line.lock:
        room = _room(sid)
        shown = [resources.participant(line, room, one) for one in lists.participants(room)]
        for name, key in (("Muted", "muted"), ("Hold", "hold"), ("Coaching", "coaching")):
            if name in args:
                shown = [one for one in shown if one[key] == (args[name].lower() == "true")]
        return answer(resources.page(line, "participants", f"Conferences/{sid}/Participants", shown))


def _participant(room: Room, key: str) -> Participant:
    found = room.find(key) if room.status != "completed" else None
    if found is None:
        raise not_found()
    note(found.leg, "")
    return found


@bp.get("/Conferences/<sid>/Participants/<key>.json")
def participant(sid: str, key: str) -> Answer:
    """Show one participant, by call SID or label."""
    line = engine()
    with line.lock:
        room = _room(sid)
        return answer(resources.participant(line, room, _participant(room, key)))


@bp.delete("/Conferences/<sid>/Participants/<key>.json")
def remove(sid: str, key: str) -> Answer:
    """Put one participant out of the room."""
    with engine().lock:
        stay = _participant(_room(sid), key).leg.stay
        assert isinstance(stay, RoomStay)
        note(stay.leg, "部屋から出す")
        stay.kick()
        return Response(status=204), 204


@bp.post("/Conferences/<sid>/Participants/<key>.json")
def update_participant(sid: str, key: str) -> Answer:
    """Hold, mute, announce to, coach, or set the exit flag."""
    line = engine()
    with line.lock:
        room = _room(sid)
        one = _participant(room, key)
        note(one.leg, " ".join(f"{k}={v}" for k, v in request.form.items() if not k.endswith(("Url", "Method"))))
        _change_flags(room, one)
        _change_sound(room, one)
        return answer(resources.participant(line, room, one))


def _change_flags(room: Room, one: Participant) -> None:
    line, coach = engine(), request.form.get("CallSidToCoach")
    coaching, ends = flag_param("Coaching"), flag_param("EndConferenceOnExit")
    if coaching and not (coach or one.coached_sid):
        raise RestError(400, 13240, "Coaching requires CallSidToCoach")
    if coach and room.find(coach) is None:
        raise RestError(400, 13240, "The call to coach is not in the conference")
    before = (one.coaching, one.coached_sid, one.ends)
    one.coached_sid = coach or one.coached_sid
    one.coaching = coaching if coaching is not None else one.coaching or bool(coach)
    if ends is not None and not one.hold:  # Twilio drops this silently while the participant is on hold
        one.ends = ends
    muted = flag_param("Muted")
    if muted is not None:
        set_muted(line, room, one, muted=muted)
    if before != (one.coaching, one.coached_sid, one.ends):
        announce(line, room, "participant-modify", one)


def _change_sound(room: Room, one: Participant) -> None:
    hold, stay = flag_param("Hold"), one.leg.stay
    music = hook_param("HoldUrl", "HoldMethod")
    announcement = hook_param("AnnounceUrl", "AnnounceMethod")
    assert isinstance(stay, RoomStay)
    if hold is not None:
        set_hold(engine(), room, one, hold=hold)
        stay.hush()
        if hold and music is not None:
            stay.listen(music, "hold")
    if announcement is not None:
        stay.listen(announcement, "announce")
