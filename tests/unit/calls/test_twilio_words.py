"""What Twilio's words mean to us, at both halves of the telephone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter import twilio_words
from callcenter.domain.phone_numbers import Caller, CallerKind
from callcenter.domain.talks.room import RoomEvent
from callcenter.domain.telephony import Browser, LegState
from callcenter.twilio_words import LEG_STATES, address, caller, device, leg_state
from ivr.payloads import LegNews, QueueResult, queue_result, read_room
from tests.integration.people import NOW


@pytest.mark.parametrize("number", ["client:c_12_ab", "client:unknown", " Client:somebody"])
def test_a_caller_with_a_browser_has_no_number(number: str) -> None:
    assert caller(number) == Caller(CallerKind.CLIENT)


@given(st.none() | st.text())
def test_every_other_caller_is_read_as_any_telephone_company_sends_them(number: str | None) -> None:
    if number is None or not number.strip().casefold().startswith("client:"):
        assert caller(number) == Caller.read(number)


def test_the_states_of_a_leg_are_the_documented_ones_and_over_at_its_end_only() -> None:
    over = {word for word, state in LEG_STATES.items() if state.over}
    assert over == {"completed", "busy", "failed", "no-answer", "canceled"}
    assert set(LEG_STATES) - over == {"queued", "initiated", "ringing", "in-progress"}
    assert leg_state("dancing") is LegState.UNKNOWN
    assert not LegState.UNKNOWN.over


@pytest.mark.parametrize("to", ["+819012345678", Browser("c_1_ab")])
def test_a_telephone_is_rung_and_listed_under_one_address(to: str | Browser) -> None:
    assert device(address(to)) == to


@pytest.mark.parametrize(
    "result, meaning",
    [
        (None, QueueResult.STEPPED_OUT),
        ("leave", QueueResult.STEPPED_OUT),
        ("redirected", QueueResult.ON_THEIR_WAY),
        ("bridged", QueueResult.ON_THEIR_WAY),
        ("hangup", QueueResult.HUNG_UP),
        ("queue-full", QueueResult.FULL),
        ("system-error", QueueResult.FAILED),
        ("something new", QueueResult.UNKNOWN),
    ],
)
def test_how_a_caller_came_out_of_the_queue_is_read(result: str | None, meaning: QueueResult) -> None:
    assert queue_result({} if result is None else {"QueueResult": result}) is meaning


@pytest.mark.parametrize(
    "word, event",
    [
        ("participant-join", RoomEvent.JOINED),
        ("participant-leave", RoomEvent.LEFT),
        ("participant-mute", RoomEvent.OTHER),
        ("conference-end", RoomEvent.OTHER),
        ("", RoomEvent.OTHER),
    ],
)
def test_only_comings_and_goings_in_a_room_are_more_than_a_sign_of_life(word: str, event: RoomEvent) -> None:
    assert read_room({"StatusCallbackEvent": word}, now=NOW).event is event


def test_news_of_a_leg_says_how_it_ended() -> None:
    assert LegNews.read({"CallSid": "CA1", "CallStatus": "no-answer"}).state is LegState.NOT_ANSWERED
    assert LegNews.read({}).state is LegState.UNKNOWN


TWILIOS_OWN = re.compile(
    "no-answer|in-progress|participant-|conference-|queue-full|bridg|client:|#rc=|CallSid|QueueResult"
)
INSIDE = Path(twilio_words.__file__).parent
EDGE = {INSIDE / "twilio_words.py", *(INSIDE / "adapters").rglob("*.py")}


def test_no_word_of_twilios_stands_behind_the_edge() -> None:
    found = [
        f"{module.relative_to(INSIDE)}:{node.lineno}"
        for module in sorted(set(INSIDE.rglob("*.py")) - EDGE)
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TWILIOS_OWN.search(node.value)
    ]
    assert found == []
