"""The seven pieces of news that end a talk arrive in all 5,040 orders, and again, and end alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.room import RoomEvent
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.services.calls import calls
from callcenter.services.talks import room
from callcenter.services.talks.room import News
from tests.desk import Desk

SEVEN = (
    ("conference-start", "caller"),
    ("participant-join", "counsellor"),
    ("participant-join", "caller"),
    ("participant-leave", "caller"),
    ("participant-leave", "counsellor"),
    ("conference-end", ""),
    ("completed", ""),
)
"""As the telephone company tells them when all goes well; a second lies between each two."""

EVENTS = {"participant-join": RoomEvent.JOINED, "participant-leave": RoomEvent.LEFT}


@pytest.fixture
def claimed(desk: Desk) -> Iterator[tuple[Session, str, str]]:
    """A session in which a counsellor has just claimed a call, with the ids of call and offer."""
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    counsellor.takes_the_call()
    with desk.work() as session:
        call = calls.find(session, phone.sid)
        assert call is not None
        assert call.offer_id is not None
        yield session, call.id, call.offer_id
        session.rollback()


def tell(session: Session, call_id: str, offer_id: str, piece: int) -> None:
    """Let the desk hear piece number *piece* of the seven."""
    kind, who = SEVEN[piece]
    call = session.get_one(Call, call_id)
    at = call.arrived_at + timedelta(seconds=60 + piece)
    if kind == "completed":
        room.caller_leg_ended(session, call, now=at)
        return
    label = {"caller": "caller", "counsellor": f"c-{offer_id}", "": ""}[who]
    event = EVENTS.get(kind, RoomEvent.OTHER)
    news = News(event, label, "CF1", at, hung_up=who == "caller" and event is RoomEvent.LEFT)
    room.take_news(session, call_id, news, now=at)


Rows = dict[str, dict[str, Any]]

SEEN_ONLY = {"last_news_at", "since"}
"""They say when we learnt of it, not what is so."""


def rows(session: Session, call_id: str, offer_id: str) -> Rows:
    """Every column of the three rows that the news may touch."""
    session.flush()
    session.expire_all()
    call, offer = session.get_one(Call, call_id), session.get_one(Offer, offer_id)
    touched = {"call": call, "offer": offer, "presence": session.get_one(Presence, offer.staff_id)}
    return {
        name: {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs if one.key not in SEEN_ONLY}
        for name, row in touched.items()
    }


def differences(one: Rows, other: Rows) -> dict[str, Any]:
    """Name the columns in which two ends differ."""
    return {
        f"{row}.{column}": (value, other[row][column])
        for row, columns in one.items()
        for column, value in columns.items()
        if value != other[row][column]
    }


def explore(claimed: tuple[Session, str, str]) -> tuple[list[Rows], int]:
    """Walk all orders of the seven, each state once, and check at each that a repetition changes nothing.

    Two orders that have told the same pieces and left the same rows have the same future, so only one is followed.
    A repetition that changes nothing at any state changes nothing in any order with repetitions.
    """
    session, call_id, offer_id = claimed
    seen: set[tuple[frozenset[int], str]] = set()
    ends: list[Rows] = []

    def visit(told: frozenset[int], now: Rows) -> None:
        if (told, repr(now)) in seen:
            return
        seen.add((told, repr(now)))
        for piece in range(7):
            with session.begin_nested() as trial:
                tell(session, call_id, offer_id, piece)
                then = rows(session, call_id, offer_id)
                if piece in told:
                    assert then == now, f"{SEVEN[piece]} told twice, after {sorted(told)}"
                else:
                    visit(told | {piece}, then)
                trial.rollback()
            session.expire_all()
        if len(told) == len(SEVEN):
            ends.append(now)

    visit(frozenset(), rows(session, call_id, offer_id))
    return ends, len(seen)


def test_in_the_usual_order_a_talk_ends_completed_with_the_record_to_write(claimed: tuple[Session, str, str]) -> None:
    session, call_id, offer_id = claimed
    for piece in range(7):
        tell(session, call_id, offer_id, piece)
    end = rows(session, call_id, offer_id)
    assert (end["call"]["state"], end["call"]["outcome"]) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert end["offer"]["state"] is OfferState.LEFT
    assert (end["presence"]["work"], end["presence"]["offer_id"]) == (Work.WRAP_UP, None)


def test_all_5040_orders_of_the_seven_pieces_of_news_and_any_repetition_end_alike(
    claimed: tuple[Session, str, str],
) -> None:
    ends, states = explore(claimed)
    assert states >= 2**7
    assert [differences(ends[0], end) for end in ends if end != ends[0]] == []
    assert ends[0]["call"]["outcome"] is CallOutcome.COMPLETED
