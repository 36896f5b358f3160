"""Dial Conference: rooms, who is in them, how they start and end, and what is said there."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ivr.simulator.line.exchange import Exchange
from ivr.simulator.line.interpreter import Flow, verb
from ivr.simulator.line.legs import Hook, Leg, Stay
from ivr.simulator.line.places import Participant, Room
from ivr.simulator.line.queues import hook_of
from ivr.simulator.line.room_news import announce
from ivr.simulator.line.verbs import pick_up
from ivr.simulator.line.webhooks import Reply, standard_params

ENDED_BY_API, ENDED_BY_MODERATOR = "conference_ended_via_api", "moderator_ended_conference"
UPDATED, HUNG_UP = "participant_updated_via_api", "participant_hung_up"


@verb("Dial")
def _dial(flow: Flow, element: Element) -> None:
    pick_up(flow)
    conference = element.find("Conference")
    if conference is None:
        flow.x.note(flow.leg, "<Dial> without <Conference> is not served here", violation=True)
        flow.next()
    else:
        _enter(flow, element, conference)


def _enter(flow: Flow, dial: Element, element: Element) -> None:
    x, name, label = flow.x, (element.text or "").strip(), element.get("participantLabel", "")
    action = hook_of(dial, "action", "method")
    if action is not None and x.faults.happens("join_fails"):
        x.note(flow.leg, "the conference could not be entered")
        flow.fetch(action, {"DialCallStatus": "failed", "DialBridged": "false"})
        return
    room = next((room for room in x.rooms.values() if room.name == name and room.status != "completed"), None)
    if room is not None and label and room.find(label):
        x.note(flow.leg, "16025 participant label is taken", violation=True)
        flow.next()
        return
    coached = element.get("coach", "")
    if coached and (room is None or room.find(coached) is None):
        x.note(flow.leg, "13240 the call to coach is not in the room", violation=True)
        flow.next()
        return
    if room is None:
        room = Room(name, x.now(), element.get("region", "us1"))
        room.status_hook = hook_of(element, "statusCallback", "statusCallbackMethod")
        room.status_events = frozenset(element.get("statusCallbackEvent", "").split())
        x.rooms[room.sid] = room
    participant = Participant(
        flow.leg,
        label,
        starts=element.get("startConferenceOnEnter", "true") == "true",
        ends=element.get("endConferenceOnExit", "false") == "true",
        joined_at=x.now(),
        muted=element.get("muted", "false") == "true",
        coaching=bool(coached),
        coached_sid=coached,
    )
    stay = RoomStay(flow, room, participant, action)
    if time_limit := dial.get("timeLimit"):
        flow.after(float(time_limit), stay.kick)
    stay.join(element)


class RoomStay(Stay):
    """A leg's time in a room."""

    state = "room"

    def __init__(self, main: Flow, room: Room, participant: Participant, action: Hook | None) -> None:
        self.x, self.leg, self.main, self.room = main.x, main.leg, main, room
        self.participant, self.action = participant, action
        self._joined = self.x.elapsed

    def join(self, element: Element) -> None:
        """Step in, and start the room if that was all it lacked."""
        self.room.participants.append(self.participant)
        self.leg.stay = self
        announce(self.x, self.room, "participant-join", self.participant)
        _share_index(self.room)
        if self.room.status == "init" and len(self.room.participants) > 1 and _has_starter(self.room):
            self._start()
        elif self.room.status == "init":
            self._wait(element)
        self.x.tell("joined", self.leg)

    def _start(self) -> None:
        self.room.status, self.room.updated_at = "in-progress", self.x.now()
        announce(self.x, self.room, "conference-start")
        for participant in self.room.participants:
            _hush(participant.leg)
            self.x.tell("talking", participant.leg)

    def _wait(self, element: Element) -> None:
        hook = hook_of(element, "waitUrl", "waitMethod")
        if hook is not None:
            self.listen(hook, "room")
        elif "waitUrl" not in element.attrib:
            self.x.caption(self.leg, "said", "line", "♪")  # Twilio's own hold music

    def listen(self, hook: Hook, context: str) -> None:
        """Let the leg hear a document of its own: music, or an announcement."""
        _hush(self.leg)
        flow = Flow(self.x, self.leg, context, lambda: self._heard(context))
        self.leg.side = flow
        flow.fetch(hook)

    def hush(self) -> None:
        """Stop what only this leg hears."""
        _hush(self.leg)

    def _heard(self, context: str) -> None:
        if context == "announce":
            announce(self.x, self.room, "announcement-end", self.participant)

    def exit(self, reason: str, *, kicked: bool = False) -> None:
        """Step out; that may end the room."""
        self._step_out(reason)
        how = "kicked" if kicked else "left"
        if self.participant.ends:
            end_room(self.x, self.room, f"participant-with-end-conference-on-exit-{how}", self.participant)
        elif not self.room.participants:
            end_room(self.x, self.room, f"last-participant-{how}", self.participant)

    def _step_out(self, reason: str) -> None:
        self.room.participants.remove(self.participant)
        self.leg.stay = None
        _hush(self.leg)
        more = {"ParticipantCallStatus": self.leg.status, "ReasonParticipantLeft": reason}
        announce(self.x, self.room, "participant-leave", self.participant, more)
        self.x.tell("left", self.leg)

    def evict(self, reason: str) -> None:
        """The room has ended around this leg: its call document goes on."""
        self._step_out(reason)
        self._go_on()

    def kick(self) -> None:
        """Put the leg out of the room; its call document goes on."""
        self.exit(UPDATED, kicked=True)
        self._go_on()

    def _go_on(self) -> None:
        if self.action is not None:
            self.main.fetch(self.action, self._dialled())
        else:
            self.main.next()

    def _dialled(self) -> dict[str, str]:
        return {
            "DialCallStatus": "completed",
            "DialCallDuration": str(int(self.x.elapsed - self._joined)),
            "DialBridged": "true",
        }

    def hung_up(self) -> None:
        """The leg ended: the room hears of it, and so does the Dial's action, whose answer is not played."""
        self.exit(HUNG_UP)
        if self.action is not None:
            params = standard_params(self.x.account, self.leg) | self._dialled()
            self.x.send(self.action, params, _unplayed, leg=self.leg)

    def moved(self) -> None:
        """REST gave the leg another document; its Dial is simply over."""
        self.exit(UPDATED)

    def broken(self, code: str, url: str) -> None:
        """What it was to hear could not be had: it hears nothing, and a room may never be fully established."""
        self.x.note(self.leg, f"document for a room failed with {code}: {url}", violation=True)


def end_room(x: Exchange, room: Room, reason: str, by: Participant | None = None) -> None:
    """End the room: everybody's call document goes on without it."""
    if room.status == "completed":
        return
    room.status, room.updated_at, room.ended_reason = "completed", x.now(), reason
    room.ended_by = by.leg.sid if by else ""
    for participant in list(room.participants):
        stay = participant.leg.stay
        assert isinstance(stay, RoomStay)
        stay.evict(ENDED_BY_API if by is None else ENDED_BY_MODERATOR)
    more = {"ReasonConferenceEnded": reason}
    if by is not None:
        more |= {"CallSidEndingConference": by.leg.sid, "ParticipantLabelEndingConference": by.label}
    announce(x, room, "conference-end", None, more)


def say(x: Exchange, leg: Leg, text: str) -> None:
    """Say something: whoever can hear this leg in its room reads it."""
    x.caption(leg, "us", leg.who, text)
    stay = leg.stay
    if not isinstance(stay, RoomStay):
        return
    for listener in stay.room.participants:
        if stay.room.hears(listener, stay.participant):
            x.caption(listener.leg, "them", leg.who, text)


def _hush(leg: Leg) -> None:
    if leg.side is not None:
        leg.side.stop()
        leg.side = None


def _has_starter(room: Room) -> bool:
    return any(participant.starts for participant in room.participants)


def _share_index(room: Room) -> None:
    """Let counsellors' legs bear the number of the caller they meet."""
    index = next((p.leg.index for p in room.participants if p.leg.inbound), None)
    for participant in room.participants:
        if not participant.leg.inbound:
            participant.leg.index = index if index is not None else participant.leg.index


def _unplayed(reply: Reply) -> None:
    """The leg has ended."""
