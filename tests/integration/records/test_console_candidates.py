"""The candidates beside a record: who stands first, what is said of them, and the names a person goes by."""

from __future__ import annotations

import re

import pytest

from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.names import nicknames
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat


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


# ---- the names a person goes by


def names_of(desk: Console, person_id: str) -> list[tuple[str, str, bool]]:
    with desk.work() as session:
        person = cases.get_person(session, person_id)
        return [(one.text, one.reading, one.retired_on is None) for one in nicknames.all_of(session, person)]


def name_ids(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'name="name" value="(\w+)"', page)))


def test_names_are_added_corrected_retired_and_taken_up_again_from_the_case(desk: Console, seat: Seat) -> None:
    person_id = known(desk, seat, "ミナト")
    path = f"/console/people/{person_id}/names"
    answer = seat.sends(f"{path}/add", script=False, person=person_id, name_text="湊", name_reading="みなと")
    assert answer.status_code == 303
    first, second = name_ids(seat.get(answer.location.removeprefix(ORIGIN)).text)
    seat.sends(f"{path}/correct", script=False, name=second, name_text="港", name_reading="みなと")
    seat.sends(f"{path}/retire", script=False, name=first)
    assert names_of(desk, person_id) == [("港", "みなと", True), ("ミナト", "", False)]
    part = seat.sends(f"{path}/restore", name=first)
    assert part.text.lstrip().startswith('<section class="name-part" id="names"')
    assert names_of(desk, person_id) == [("ミナト", "", True), ("港", "みなと", True)]


def test_a_name_is_added_beside_the_call_without_leaving_it(desk: Console, seat: Seat, draft: str) -> None:
    person_id = known(desk, seat, "ミナト")
    beside = seat.sends(f"/console/records/{draft}/person", person=person_id).text
    assert "呼び名を直す・加える" in beside
    assert f'action="/console/people/{person_id}/names/add"' in beside
    part = seat.sends(f"/console/people/{person_id}/names/add", name_text="翔", name_reading="かける").text
    assert (part.count('name="name_text"'), "かける" in part) == (3, True)


def test_a_name_that_cannot_be_taken_comes_back_with_what_was_typed(desk: Console, seat: Seat) -> None:
    person_id = known(desk, seat, "ミナト")
    path = f"/console/people/{person_id}/names"
    refused = seat.sends(f"{path}/add", script=False, person=person_id, name_text=" ", name_reading="よみかけ")
    assert (refused.status_code, "よみかけ" in refused.text, "相談上の名前を入れて" in refused.text) == (
        422,
        True,
        True,
    )
    assert seat.sends(f"{path}/add", name_text="ミナト").status_code == 409
    assert seat.sends(f"{path}/burn", name_text="ミナト").status_code == 409
    assert names_of(desk, person_id) == [("ミナト", "", True)]


def test_who_has_nothing_to_do_with_a_case_changes_no_name(desk: Console, seat: Seat) -> None:
    person_id = known(desk, seat, "ミナト")
    stranger = desk.seat("tanto08")
    for script in (True, False):
        answer = stranger.sends(f"/console/people/{person_id}/names/add", script=script, name_text="港")
        assert answer.status_code in (403, 409, 302, 303)
        assert "ミナト" not in answer.text
    assert names_of(desk, person_id) == [("ミナト", "", True)]
