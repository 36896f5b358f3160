"""The wall as the console shows it: what others of the family said is in no part of it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from callcenter.domain.cases.wall import Part
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.domain.staff.roles import Role
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, continuity, linking, wall
from callcenter.services.records import consultations
from tests.integration.cases.families import MOTHER, SON, TEXTS, everything, person, talk
from tests.integration.consoles import Console, Seat


def test_what_the_mother_said_and_that_she_calls_is_nowhere_while_the_son_is_on_the_line(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son, before=f"{MOTHER}、前から")
    talk(desk, seat, mother, MOTHER, days=9, risk="ideation")
    talk(desk, seat, son, SON, days=20)
    names_only = seat.sends(f"/console/records/{in_call}/search", nickname_heard="みなと").text
    assert ("ミナトの母" in names_only, MOTHER in names_only, SON in names_only) == (True, False, False)
    card = seat.sends(f"/console/records/{in_call}/person", person=son).text
    shown = card + everything(seat, in_call)
    assert (SON in shown, MOTHER in shown, "ミナトの母" in shown) == (True, False, False)
    nine_days_ago = f"{desk.clock.now() - timedelta(days=9):%-m月%-d日}"
    assert re.search(rf"希死念慮</b>.*{nine_days_ago}", card)  # the level and its day cross
    assert card.count(nine_days_ago) == 1


def test_the_wall_is_opened_with_a_reason_for_this_record_only(desk: Console, seat: Seat, in_call: str) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    talk(desk, seat, mother, MOTHER)
    seat.sends(f"/console/records/{in_call}/person", person=son)
    refused = seat.sends(f"/console/records/{in_call}/wall", reason=" ")
    assert (refused.status_code, "理由" in str(refused.get_json())) == (409, True)
    opened = seat.sends(f"/console/records/{in_call}/wall", reason="本人の安全のため").text
    assert (MOTHER in opened, "ミナトの母のお話" in opened) == (True, True)
    other = talk(desk, seat, son, SON, days=1)
    assert MOTHER not in seat.get(f"/console/records/{other}").text
    with desk.work() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("wall."))).all()
    assert acts == ["wall.open"]


def test_what_was_opened_is_tinted_closes_at_once_and_is_listed_with_its_reason(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    talk(desk, seat, mother, MOTHER)
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    assert "earlier-behind" in seat.sends(f"{at}/wall", reason="本人の安全のため").text
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    listed = chief.opens("/reports/break-glass").words
    assert ("本人の安全のため" in listed, MOTHER in listed, "に閉じました" in listed) == (True, False, False)
    closed = seat.sends(f"{at}/wall/close").text
    assert (MOTHER in closed, "earlier-behind" in closed, "開く理由" in closed) == (False, False, True)
    assert "に閉じました" in chief.opens("/reports/break-glass").words
    assert MOTHER in seat.sends(f"{at}/wall", reason="もう一度、安全のため").text
    with desk.work() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("wall."))).all()
    assert acts == ["wall.open", "wall.close", "wall.open"]


def test_the_record_of_the_mother_stays_shut_while_the_son_is_on_the_line(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    hers = talk(desk, seat, mother, MOTHER)
    assert MOTHER in seat.get(f"/console/records/{hers}").text
    seat.sends(f"/console/records/{in_call}/person", person=son)
    page = seat.get(f"/console/records/{hers}")
    assert (page.status_code, MOTHER in page.text) == (409, False)


def test_an_unfinished_record_of_the_mother_is_not_listed_while_the_son_is_on_the_line(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        draft = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=desk.clock.now()
        )
        linking.confirm_person(session, draft.id, mother, by=staff, now=desk.clock.now())
    assert "ミナトの母" in seat.get("/console/fragment/line").text
    seat.sends(f"/console/records/{in_call}/person", person=son)
    assert "ミナトの母" not in seat.get("/console/fragment/line").text


def test_what_the_son_allows_may_be_told_to_his_mother(desk: Console, seat: Seat, in_call: str) -> None:
    son = person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    his = talk(desk, seat, son, SON)
    seat.sends(f"/console/records/{in_call}/person", person=son)
    shared = seat.sends(f"/console/records/{in_call}/share", consultation=his, part="next_step").text
    assert "ご家族に伝えてよいことがあります" in shared
    seat.sends(f"/console/records/{in_call}/unlink")
    card = seat.sends(f"/console/records/{in_call}/person", person=mother).text
    assert (f"{SON}次" in card, f"{SON}話" in card, "ミナトさん・本人のお話" in card) == (True, False, True)


SIDES = st.sampled_from(["son", "mother", "father"])


NUMBERS = count()


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    talks=st.lists(st.tuples(SIDES, st.sets(st.sampled_from([Part.STORY, Part.NEXT_STEP]))), min_size=1, max_size=5),
    speaker=SIDES,
)
def test_of_others_nothing_but_what_they_marked_is_in_any_part_of_the_console(
    desk: Console, seat: Seat, in_call: str, talks: list[tuple[str, set[Part]]], speaker: str
) -> None:
    name = f"ミナト{next(NUMBERS)}"
    son = person(desk, name)
    family = {
        "son": son,
        "mother": person(desk, f"{name}の母", Relation.MOTHER, beside=son),
        "father": person(desk, f"{name}の父", Relation.FATHER, beside=son),
    }
    canaries: dict[str, tuple[str, set[Part]]] = {}
    for number, (side, shared) in enumerate(talks):
        canary = f"かくし{name}の{number}{side}:"
        record = talk(desk, seat, family[side], canary, days=number + 1)
        canaries[canary] = (side, shared)
        with desk.work() as session:
            staff = session.get_one(Staff, seat.staff_id)
            wall.share(session, record, shared, by=staff, now=desk.clock.now())
            continuity.make_promise(
                session,
                cases.get_person(session, family[side]),
                f"約束{canary}",
                due_on=None,
                owner=staff,
                record=None,
                by=staff,
                now=desk.clock.now(),
            )
    seat.sends(f"/console/records/{in_call}/person", person=family[speaker])
    shown = everything(seat, in_call)
    for canary, (side, shared) in canaries.items():
        told = {part for part, words in TEXTS.items() if f"{canary}{words}" in shown}
        if side == speaker:
            assert {"story", "response", "next_step"} <= told
        else:
            assert (told, f"約束{canary}" in shown) == ({part.value for part in shared}, False)
    quiet = set(family) - {speaker} - {side for side, shared in canaries.values() if shared}
    names = {"son": f"{name}さん・本人", "mother": f"{name}の母", "father": f"{name}の父"}
    assert [side for side in quiet if names[side] in shown] == []
    seat.sends(f"/console/records/{in_call}/unlink")
