"""Whatever people do in whatever order, the line stays consistent and its news complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.simulator.line.engine import WrongMoment
from ivr.simulator.line.legs import Leg
from ivr.simulator.line.places import Member, Participant
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import ORIGIN, SAY, Desk, dial

ORDINARY = {20404, 21220}  # somebody was quicker
COUNSELLORS = st.sampled_from(["+819011112222", "+819033334444", "client:c_1"])
CHANCE = st.integers(min_value=0, max_value=20)


class AnyDay(RuleBasedStateMachine):
    """Callers, counsellors and the application act in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.desk.documents |= {
            "/answer": lambda form: dial(f"c-{form['CallSid']}"),
            "/join": lambda form: dial(f"k-{form['CallSid']}", 'endConferenceOnExit="true"'),
            "/bye": SAY.format("終わります。") + "<Hangup/>",
        }
        self.line = Line(self.desk, origin=ORIGIN, voice="/incoming", status="/status")
        self.rest = Client(self.line.sid, self.line.token, http_client=self.line.http_client)
        self.office = Office(self.line, self.rest)

    def pick(self, chance: int) -> Leg:
        legs = list(self.line.engine.legs.values())
        return legs[chance % len(legs)]

    @property
    def some(self) -> bool:
        return bool(self.line.engine.legs)

    @rule(from_=st.sampled_from(["anonymous", "payphone", "+81312345678"]))
    def somebody_dials(self, from_: str) -> None:
        if len(self.line.engine.legs) < 12:
            self.line.dial(from_)

    @rule(to=COUNSELLORS)
    def a_counsellor_is_rung(self, to: str) -> None:
        if len(self.line.engine.legs) < 12:
            self.office.rings(to)

    @rule()
    def a_caller_and_a_counsellor_meet(self) -> None:
        """Without this, chance alone would seldom bring two people into one room."""
        free = "+8190555566" + f"{len(self.line.engine.legs):02d}"
        if len(self.line.engine.legs) < 12:
            phone, handset = self.line.dial(), self.office.rings(free)
            handset.answers()
            self.office.fetches(phone)

    @rule(seconds=st.sampled_from([0.2, 1, 7, 30]))
    def time_passes(self, seconds: float) -> None:
        self.line.advance(seconds)

    @precondition(lambda self: self.some)
    @rule(chance=CHANCE, act=st.sampled_from(["answer", "decline", "hang_up"]))
    def somebody_acts(self, chance: int, act: str) -> None:
        try:
            getattr(self.line.engine, act)(self.pick(chance).sid)
        except WrongMoment:
            return
        self.line.settle()

    @precondition(lambda self: self.some)
    @rule(chance=CHANCE, text=st.sampled_from(["1", "0#", "もしもし"]))
    def somebody_presses_or_speaks(self, chance: int, text: str) -> None:
        engine = self.line.engine
        try:
            (engine.say if text == "もしもし" else engine.press)(self.pick(chance).sid, text)
        except WrongMoment:
            return
        self.line.settle()

    @precondition(lambda self: self.some)
    @rule(chance=CHANCE, change=st.sampled_from([{"status": "canceled"}, {"status": "completed"}, {"url": "/bye"}]))
    def the_application_moves_a_leg(self, chance: int, change: dict[str, str]) -> None:
        given = {name: f"{ORIGIN}{value}" if name == "url" else value for name, value in change.items()}
        self.tries(lambda: self.rest.calls(self.pick(chance).sid).update(**given))

    @precondition(lambda self: self.some)
    @rule(chance=CHANCE)
    def the_application_takes_one_from_the_queue(self, chance: int) -> None:
        if self.line.engine.queues:
            self.tries(lambda: self.office.fetches(self.pick(chance)))  # type: ignore[arg-type] # it has a sid

    @precondition(lambda self: self.some)
    @rule(chance=CHANCE, change=st.sampled_from([{"hold": True}, {"hold": False}, {"muted": True}, None]))
    def the_application_changes_a_participant(self, chance: int, change: dict[str, bool] | None) -> None:
        present = [(room, one) for room in self.line.engine.rooms.values() for one in room.participants]
        if present:
            room, one = present[chance % len(present)]
            participant = self.rest.conferences(room.sid).participants(one.leg.sid)
            self.tries(lambda: participant.update(**change) if change else participant.delete())

    def tries(self, act: Callable[[], object]) -> None:
        try:
            act()
        except TwilioRestException as refused:
            if refused.code not in ORDINARY:
                raise
        self.line.settle()

    @invariant()
    def nobody_is_in_two_places_or_there_after_the_end(self) -> None:
        engine = self.line.engine
        places: list[Member | Participant] = [m for queue in engine.queues.values() for m in queue.members]
        places += [p for room in engine.rooms.values() for p in room.participants]
        assert max(Counter(place.leg.sid for place in places).values(), default=0) <= 1
        assert all(not place.leg.over and place.leg.stay is not None for place in places)
        assert all(not room.participants for room in engine.rooms.values() if room.status == "completed")
        assert all(leg.stay is None for leg in engine.legs.values() if leg.over)

    @invariant()
    def the_news_of_every_leg_is_complete_and_in_order(self) -> None:
        for leg in self.line.engine.legs.values():
            told = [form for form in self.desk.to("/offer") + self.desk.to("/status") if form["CallSid"] == leg.sid]
            assert [int(form["SequenceNumber"]) for form in told] == list(range(len(told)))
            final = [form["CallStatus"] for form in told if form["CallStatus"] == leg.status] if leg.over else []
            assert len(final) == int(leg.over)

    @invariant()
    def every_room_counts_its_news_without_gaps(self) -> None:
        for room in self.line.engine.rooms.values():
            told = [int(f["SequenceNumber"]) for f in self.desk.to("/room") if f["ConferenceSid"] == room.sid]
            assert told == list(range(len(told)))


AnyDay.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestAnyDay = AnyDay.TestCase
