"""The ways round the wall of a family: each ends before it, and nothing that somebody types is lost on either side."""

from __future__ import annotations

from datetime import timedelta

from callcenter.domain.cases.wall import Part
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, linking, merging, wall
from callcenter.services.records import consultations
from tests.integration.cases.families import MOTHER, SON, person, talk
from tests.integration.consoles import Console, Seat
from tests.line import Phone


def son_and_mother(desk: Console) -> tuple[str, str]:
    son = person(desk, "ミナト")
    return son, person(desk, "ミナトの母", Relation.MOTHER, beside=son)


def draft_with(desk: Console, seat: Seat, person_id: str) -> str:
    """A talk of yesterday that is still to be written up."""
    with desk.work() as session:
        staff, then = session.get_one(Staff, seat.staff_id), desk.clock.now() - timedelta(days=1)
        draft = consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=then
        )
        consultations.save_draft(session, draft.id, 1, {"story": MOTHER, "response": "聞いた"}, by=staff, now=then)
        linking.confirm_person(session, draft.id, person_id, by=staff, now=then)
        return draft.id


# ---- who was named


def test_after_unlinking_the_family_of_who_was_named_stays_shut(desk: Console, seat: Seat, in_call: str) -> None:
    son, mother = son_and_mother(desk)
    hers, draft = talk(desk, seat, mother, MOTHER), draft_with(desk, seat, mother)
    with desk.work() as session:
        case = session.get_one(Consultation, hers).case_id
    seat.sends(f"/console/records/{in_call}/person", person=son)
    seat.sends(f"/console/records/{in_call}/unlink")
    for path in (f"/console/records/{hers}", f"/console/records/{hers}/read", f"/console/records/{draft}"):
        answer = seat.get(path)
        assert (answer.status_code, MOTHER in answer.text, "ご家族の記録" in answer.text) == (409, False, True), path
    assert MOTHER not in seat.get(f"/console/cases/{case}?person={mother}").text
    for page in ("/console/cases?state=all", "/console/fragment/line"):
        assert "ミナトの母" not in seat.get(page).text
    assert "ミナトの母" not in seat.sends("/console/cases/find", nickname="みなと", script=False).text


def test_whoever_is_named_after_another_of_the_family_has_their_talks_opened_with_a_reason(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son, mother = son_and_mother(desk)
    talk(desk, seat, mother, MOTHER, prefecture="13")
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    seat.sends(f"{at}/unlink")
    card = seat.sends(f"{at}/person", person=mother).text
    assert (MOTHER in card, "今回がはじめて" in card, "理由を残すと開きます" in card) == (False, False, True)
    with desk.work() as session:
        assert session.get_one(Consultation, in_call).prefecture == "unknown"
    assert MOTHER in seat.sends(f"{at}/wall", reason="息子さんを選んだのは、まちがいでした").text
    with desk.work() as session:
        assert session.get_one(Consultation, in_call).prefecture == "13"


def test_somebody_new_in_the_family_or_in_a_case_of_their_own_learns_no_more_than_the_son(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son, mother = son_and_mother(desk)
    hers, at = talk(desk, seat, mother, MOTHER), f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    for sent in ({"family_of": mother}, {}):
        new = {"nickname_heard": "アオイ", "new_relation": "sibling"} | sent
        assert MOTHER not in seat.sends(f"{at}/new-case", new).text
        assert seat.get(f"/console/records/{hers}/read").status_code == 409


def test_once_the_record_is_finished_each_record_opens_again(desk: Console, seat: Seat, caller: Phone) -> None:
    son, mother = son_and_mother(desk)
    hers, at = talk(desk, seat, mother, MOTHER), f"/console/records/{seat.current_record}"
    seat.sends(f"{at}/person", person=son)
    caller.hangs_up()
    desk.line.advance(2)
    assert seat.get(f"/console/records/{hers}/read").status_code == 409  # it is still written up
    assert seat.sends(f"{at}/finish", quick="silent").status_code == 204
    assert MOTHER in seat.get(f"/console/records/{hers}/read").text


# ---- merging, sharing, attaching


def test_the_mother_is_made_one_with_nobody_even_if_she_lets_something_be_told(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son, mother = son_and_mother(desk)
    hers, other = talk(desk, seat, mother, MOTHER), person(desk, "アオイ")
    with desk.work() as session:
        wall.share(session, hers, [Part.CONTACT], by=session.get_one(Staff, seat.staff_id), now=desk.clock.now())
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    assert seat.sends(f"{at}/merge", other=mother, kind="people").status_code == 409
    seat.sends(f"{at}/person", person=other)
    assert seat.sends(f"{at}/merge", other=mother, kind="people").status_code == 409
    assert desk.record(hers)["person_id"] == mother


def test_a_family_that_was_made_one_before_the_call_is_not_parted_during_it(
    desk: Console, seat: Seat, in_call: str
) -> None:
    mother, son = person(desk, "ミナトの母", Relation.MOTHER), person(desk, "ミナト")
    hers = talk(desk, seat, mother, MOTHER)
    talk(desk, seat, son, SON)
    with desk.work() as session:
        staff, now = session.get_one(Staff, seat.staff_id), desk.clock.now() - timedelta(hours=1)
        kept, absorbed = (cases.get_person(session, one).case_id for one in (mother, son))
        merge = merging.merge_cases(session, kept, absorbed, by=staff, now=now).id
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    assert seat.sends(f"{at}/unmerge", merge=merge).status_code == 409
    assert seat.get(f"/console/records/{hers}/read").status_code == 409
    seat.sends(f"{at}/wall", reason="同じご家族ではありませんでした")
    assert seat.sends(f"{at}/unmerge", merge=merge).status_code == 200


def test_nothing_of_hers_is_shared_or_unlinked_while_the_son_is_on_the_line(
    desk: Console, seat: Seat, in_call: str
) -> None:
    son, mother = son_and_mother(desk)
    hers, at = talk(desk, seat, mother, MOTHER), f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    assert seat.sends(f"{at}/share", consultation=hers, part="story").status_code == 409
    assert seat.sends(f"{at}/attach", consultation=hers, act="undo").status_code == 409
    assert desk.record(hers)["person_id"] == mother


# ---- what is typed


def test_what_is_typed_in_her_record_is_kept_while_the_son_is_on_the_line_and_nothing_comes_back(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    son, mother = son_and_mother(desk)
    draft, at = draft_with(desk, seat, mother), f"/console/records/{seat.current_record}"
    seat.sends(f"{at}/person", person=son)
    version = desk.record(draft)["version"]
    saved = seat.saves(draft, version, next_step="火曜にまた").get_json()
    assert (saved["kept"], saved["conflicts"], saved["held"]) == (["next_step"], {}, None)
    held = seat.saves(draft, 0, story="わたしの文", next_step="火曜にまた").get_json()
    assert (held["kept"], held["conflicts"], MOTHER in str(held)) == (["next_step"], {}, False)
    assert "この電話の記録を閉じてから" in held["held"]
    assert (desk.record(draft)["story"], desk.record(draft)["next_step"]) == (MOTHER, "火曜にまた")
    caller.hangs_up()
    desk.line.advance(2)
    seat.sends(f"{at}/finish", quick="silent")
    assert seat.saves(draft, 0, story="わたしの文").get_json()["conflicts"] == {"story": MOTHER}


def test_a_browser_without_scripts_saves_behind_the_wall_too(desk: Console, seat: Seat, in_call: str) -> None:
    son, mother = son_and_mother(desk)
    draft = draft_with(desk, seat, mother)
    seat.sends(f"/console/records/{in_call}/person", person=son)
    sent = {"version": str(desk.record(draft)["version"]), "next_step": "火曜にまた"}
    assert seat.sends(f"/console/records/{draft}/save", sent, script=False).status_code == 303
    again = {"version": str(desk.record(draft)["version"]), "next_step": "水曜にまた"}
    assert seat.sends(f"/console/records/{draft}/finish", again).status_code == 409
    assert (desk.record(draft)["next_step"], desk.record(draft)["state"]) == ("水曜にまた", "draft")


def test_a_supervisor_who_takes_the_call_stands_before_the_same_wall(desk: Console) -> None:
    chief, counsellor = desk.seat("tokatsu", role=Role.SUPERVISOR), desk.seat("tanto11")
    son, mother = son_and_mother(desk)
    hers = talk(desk, counsellor, mother, MOTHER)
    chief.takes_the_line()
    chief.is_rung_by(desk.line.dial())
    at = f"/console/records/{chief.answers()}"
    assert MOTHER in chief.get(f"/console/records/{hers}/read").text
    chief.sends(f"{at}/person", person=son)
    chief.sends(f"{at}/unlink")
    assert chief.get(f"/console/records/{hers}/read").status_code == 409
    assert MOTHER not in chief.sends(f"{at}/earlier", before=desk.clock.now().isoformat()).text
