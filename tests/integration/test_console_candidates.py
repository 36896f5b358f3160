"""The candidates beside a record: who stands first, what is said of them, and the names a person goes by."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from callcenter.domain.consultations import Channel, Relation
from callcenter.models.base import db
from callcenter.models.people import Staff
from callcenter.services import cases, consultations, linking
from callcenter.services.audit import OPERATOR
from callcenter.services.cases import NewCase, NewPerson
from tests.integration.consoles import Console, Seat


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Console]:
    desk = Console(sqlite_url)
    yield desk
    with desk.app.app_context():
        db.engine.dispose()


@pytest.fixture
def seat(desk: Console) -> Seat:
    return desk.seat()


def begun(desk: Console, seat: Seat) -> str:
    """A record of no call, begun by this counsellor."""
    with desk.work() as session:
        return consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id


@pytest.fixture
def draft(desk: Console, seat: Seat) -> str:
    return begun(desk, seat)


def known(desk: Console, seat: Seat, nickname: str, relation: Relation = Relation.SELF) -> str:
    """Somebody who called this counsellor before; returns the person."""
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        new, now = NewCase(NewPerson(nickname, relation=relation)), desk.clock.now()
        person_id = cases.open_case(session, new, by=OPERATOR, now=now).id
    record = begun(desk, seat)
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        linking.confirm_person(session, record, person_id, by=staff, now=desk.clock.now())
    return person_id


def test_what_the_caller_also_says_moves_a_person_up_and_says_so(desk: Console, seat: Seat, draft: str) -> None:
    son, mother = known(desk, seat, "ミナト"), known(desk, seat, "みなと", Relation.MOTHER)
    path = f"/console/records/{draft}/search"

    def order(**told: str) -> list[str]:
        answer = seat.sends(path, {"nickname_heard": "みなと", **told})
        return re.findall(r'name="person" value="(\w+)"', answer.text)

    assert order() == [mother, son]
    assert order(relation="self") == [son, mother]
    assert order(cue_topic="unknown", cue_counsellor=seat.staff_id) == [mother, son]
    answer = seat.sends(path, nickname_heard="みなと", relation="self", cue_counsellor=seat.staff_id).text
    assert "続柄・前回の相談員も合う" in answer
    assert seat.sends(path, nickname_heard="みなと", relation="nobody").status_code == 409
    seat.saves(draft, 1, relation="self")
    assert order() == [son, mother]


def test_more_of_one_name_than_the_list_holds_are_counted(desk: Console, seat: Seat, draft: str) -> None:
    for _ in range(11):
        known(desk, seat, "ミナト")
    answer = seat.sends(f"/console/records/{draft}/search", nickname_heard="みなと").text
    assert answer.count('name="person"') == 9
    assert 'ほかに<span class="num">2</span>人' in answer
