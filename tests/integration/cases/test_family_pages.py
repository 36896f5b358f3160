"""Beside a record: the card, who they know here, linking later, making one and parting again."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import func, select

from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Call
from callcenter.models.cases.cases import Case, Person
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.cases import cases, consents, continuity, linking
from callcenter.services.records import consultations
from tests.integration.cases.families import MOTHER, SON, everything, person, talk
from tests.integration.consoles import Console, Seat

# ---- the card


def test_the_card_tells_at_a_glance_how_to_go_on(desk: Console, seat: Seat, in_call: str) -> None:
    son = person(desk, "ミナト")
    talk(desk, seat, son, SON, days=7)
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=son)
    seat.sends(f"{at}/address", how_to_address="ゆっくり話す")
    seat.sends(f"{at}/wishes", wish="silence")
    card = seat.sends(f"{at}/promises", promise="絵の話を聞く", due_on="2026-12-01", owner=seat.staff_id).text
    for words in ("ゆっくり話す", "無言でもよい", "絵の話を聞く", "12月1日(火)", f"{SON}次", "今日で2回目", "0/5"):
        assert words in card, words
    assert not re.search(r"[0-9]+回(かけ|の電話|目の電話)", card)


def test_visits_are_counted_as_far_as_this_side_may_know(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, beside=son)
    for visited, days in ((son, 9), (son, 20), (mother, 30)):
        moment = desk.clock.now() - timedelta(days=days)
        with desk.work() as session:
            staff = session.get_one(Staff, seat.staff_id)
            visit = consultations.open_draft(
                session, call_id=None, channel=Channel.VISIT, counsellor_id=staff.id, hint=None, now=moment
            )
            consultations.save_draft(session, visit.id, 1, {"next_step": "また"}, by=staff, now=moment)
            linking.confirm_person(session, visit.id, visited, by=staff, now=moment)
            consultations.finish(session, visit.id, by=staff, now=moment)
            consents.give(session, visited, Channel.PHONE, by=staff, now=moment)
    card = seat.sends(f"{at}/person", person=son).text
    assert ("2/5" in card, card.count("visit-step--used")) == (True, 2)


def test_a_promise_needs_words_and_a_day_that_can_be_read(desk: Console, seat: Seat, in_call: str) -> None:
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=person(desk, "ミナト"))
    for fields in ({"promise": ""}, {"promise": "絵", "due_on": "あした"}):
        assert seat.sends(f"{at}/promises", fields).status_code == 409
    assert seat.sends(f"{at}/wishes", wish="money").status_code == 409


def test_what_was_noted_can_be_taken_back(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    seat.sends(f"{at}/person", person=son)
    wished = seat.sends(f"{at}/wishes", wish="silence").text
    ended = re.search(r'name="end" value="([0-9a-f]{32})"', wished)
    assert ended is not None
    assert "無言でもよい</span>" not in seat.sends(f"{at}/wishes", end=ended[1]).text
    promised = seat.sends(f"{at}/promises", promise="絵の話").text
    settled = re.search(r'name="settle" value="([0-9a-f]{32})"', promised)
    assert settled is not None
    assert "絵の話" not in seat.sends(f"{at}/promises", settle=settled[1], end="kept").text


def test_a_number_finds_a_candidate_and_opens_nothing(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    talk(desk, seat, son, SON)
    seat.sends(f"{at}/person", person=son)
    card = seat.sends(f"{at}/caller-code", act="give").text
    given = re.search(r'<span class="num">(\d{4})</span> <span class="hint">呼び番号', card)
    assert given is not None
    seat.sends(f"{at}/unlink")
    wide = given[1].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    found = seat.sends(f"{at}/search", nickname_heard=wide).text
    assert ("ミナトさん・本人" in found, "呼び番号が同じ" in found, SON in found) == (True, True, False)
    seat.sends(f"{at}/person", person=son)
    seat.sends(f"{at}/caller-code", act="withdraw")
    seat.sends(f"{at}/unlink")
    assert "ミナトさん" not in seat.sends(f"{at}/search", nickname_heard=given[1]).text


def test_a_number_keyed_in_while_waiting_names_a_candidate_at_once(desk: Console, seat: Seat, in_call: str) -> None:
    son = person(desk, "ミナト")
    talk(desk, seat, son, SON)
    with desk.work() as session:
        staff, record = session.get_one(Staff, seat.staff_id), session.get_one(Consultation, in_call)
        code = continuity.give_code(session, cases.get_person(session, son), by=staff, now=desk.clock.now())
        session.get_one(Call, record.call_id).caller_code = code.digits
    page = seat.get("/console/").text
    assert ("呼び番号が押されました" in page, "ミナトさん・本人" in page, SON in page) == (True, True, False)
    assert SON in seat.sends(f"/console/records/{in_call}/person", person=son).text


# ---- whom they know here


def test_a_call_that_broke_off_is_the_first_candidate_and_leads_back_to_its_counsellor(desk: Console) -> None:
    first, second = desk.seat("tanto01"), desk.seat("tanto02")
    son = person(desk, "ミナト")
    first.takes_the_line()
    phone = desk.line.dial()
    first.is_rung_by(phone)
    record = first.answers()
    first.sends(f"/console/records/{record}/person", person=son)
    phone.hangs_up()
    desk.line.advance(2)
    second.takes_the_line()
    second.is_rung_by(desk.line.dial())
    again = second.answers()
    page = second.get("/console/").text
    assert "に終わった電話・担当01" in page
    assert "直前に切れた電話" in second.sends(f"/console/records/{again}/search", nickname_heard="みなと").text
    card = second.sends(f"/console/records/{again}/person", person=son).text
    assert ("直前の担当 担当01" in card, "記録の時間" in card, "さんに引きつぐ" in card) == (True, True, False)
    assert "担当02さんがお話ししています" in first.get("/console/fragment/line").text
    first.stays()
    first.sends("/console/presence", work="available")
    first.stays()
    live = second.get("/console/fragment/line").text
    assert "担当01さんに引きつぐ" in live and 'aria-keyshortcuts="Alt+Y"' in live


def test_a_call_that_broke_off_before_any_name_is_chosen_and_its_talk_is_shown(desk: Console) -> None:
    first, second = desk.seat("tanto01"), desk.seat("tanto02")
    first.takes_the_line()
    phone = desk.line.dial()
    first.is_rung_by(phone)
    record = first.answers()
    first.saves(record, 1, story=SON)
    phone.hangs_up()
    desk.line.advance(2)
    second.takes_the_line()
    second.is_rung_by(desk.line.dial())
    again = second.answers()
    page = second.get("/console/").text
    assert (f'name="earlier" value="{record}"' in page, SON in page) == (True, False)
    way = f"/console/records/{again}/same-caller"
    assert second.sends(way, earlier=again).status_code == 409
    card = second.sends(way, earlier=record).text
    assert ("の電話の方" in card, "の電話の方さん" in card, SON in card) == (True, False, True)
    assert desk.record(record)["person_id"] == desk.record(again)["person_id"]
    assert SON in second.sends(way, earlier=record).text
    with desk.work() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


# ---- linking later, merging


def test_a_silent_first_call_is_linked_from_a_later_one_and_back(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    silent = talk(desk, desk.seat("tanto11"), None, "無言のときの文", days=30)
    page = seat.get("/console/unlinked").text
    assert ("担当11" in page, "無言のときの文" in page) == (True, False)
    seat.sends(f"{at}/person", person=son)
    listed = seat.sends(f"{at}/unlinked").text
    assert (silent in listed, "無言のときの文" in listed) == (True, False)
    card = seat.sends(f"{at}/attach", consultation=silent).text
    assert "無言のときの文" in card
    assert desk.record(silent)["person_id"] == son
    seat.sends(f"{at}/attach", consultation=silent, act="undo")
    assert desk.record(silent)["person_id"] is None


def test_not_sure_yet_keeps_the_name_of_who_it_may_be(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    talk(desk, seat, son, SON)
    seat.sends(f"{at}/person", person=son)
    answer = seat.sends(f"{at}/not-sure", maybe=son).text
    assert ("まだわからない" in answer, "ミナトさんかもしれません" in answer, SON in answer) == (True, True, False)
    with desk.work() as session:
        assert session.get_one(Consultation, in_call).maybe_person_id == son


def test_who_wishes_to_stay_anonymous_is_nobodys_to_find(desk: Console, seat: Seat, in_call: str) -> None:
    at = f"/console/records/{in_call}"
    assert "匿名のままにする" in seat.sends(f"{at}/search", nickname_heard="みなと").text
    assert in_call in desk.seat("tokatsu", role=Role.SUPERVISOR).get("/console/unlinked").text
    assert "匿名のままとしています" in seat.sends(f"{at}/not-sure", doubt="anonymous").text
    assert in_call not in desk.seat("tokatsu2", role=Role.SUPERVISOR).get("/console/unlinked").text
    assert seat.sends(f"{at}/not-sure", doubt="linked").status_code == 409


def test_two_entries_are_made_one_and_parted_again(desk: Console, seat: Seat, in_call: str) -> None:
    at, son, again = f"/console/records/{in_call}", person(desk, "ミナト"), person(desk, "みなと")
    earlier = talk(desk, seat, again, SON)
    seat.sends(f"{at}/person", person=son)
    merged = seat.sends(f"{at}/merge", other=again, kind="people").text
    assert (SON in merged, "元の2つに戻す" in merged) == (True, True)
    chosen = re.search(r'name="merge" value="([0-9a-f]{32})"', merged)
    assert chosen is not None
    parted = seat.sends(f"{at}/unmerge", merge=chosen[1]).text
    assert (SON in parted, "元の2つに戻す" in parted) == (False, False)
    assert desk.record(earlier)["person_id"] == again


def test_what_earlier_records_say_is_beside_the_first_talk_and_on_paper(
    desk: Console, seat: Seat, in_call: str
) -> None:
    at, first = f"/console/records/{in_call}", person(desk, "ミナト", before="前の窓口で、二年話していた。")
    with desk.work() as session:
        session.get_one(Person, first).contact_before_on = date(2025, 2, 3)
    again = person(desk, "みなと", before="去年は手紙だった。")
    card = seat.sends(f"{at}/person", person=first).text
    assert ("前の窓口で、二年話していた。" in card, "去年は手紙だった。" in card) == (True, False)
    assert ("2025年2月3日(月)" in card, "ここでは今日がはじめて" in card) == (True, True)
    assert "去年は手紙だった。" in seat.sends(f"{at}/merge", other=again, kind="people").text
    with desk.work() as session:
        case_id = session.get_one(Consultation, in_call).case_id
    for page in (f"/console/cases/{case_id}", f"/console/cases/{case_id}/print"):
        assert "前の窓口で、二年話していた。" in seat.get(page).text


def test_two_cases_of_one_family_are_joined_behind_the_wall_and_parted_again(
    desk: Console, seat: Seat, in_call: str
) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    mother = person(desk, "ミナトの母", Relation.MOTHER, before=MOTHER)
    hers = talk(desk, seat, mother, SON)
    seat.sends(f"{at}/person", person=son)
    joined = seat.sends(f"{at}/merge", other=mother, kind="cases").text
    shown = joined + everything(seat, in_call)
    assert (SON in joined, MOTHER in shown, "ミナトの母" in joined, "元の2つに戻す" in joined) == (False,) * 3 + (True,)
    seat.sends(f"{at}/unlink")
    assert MOTHER not in seat.sends(f"{at}/person", person=mother).text  # the son was on the line
    assert MOTHER in seat.sends(f"{at}/wall", reason="つなぎまちがい").text  # sealed with the key of the joined case
    seat.sends(f"{at}/unlink")
    joined = seat.sends(f"{at}/person", person=son).text
    with desk.work() as session:
        kept = session.get_one(Consultation, in_call).case_id
        assert session.get_one(Consultation, hers).case_id == kept
    chosen = re.search(r'name="merge" value="([0-9a-f]{32})"', joined)
    assert chosen is not None
    seat.sends(f"{at}/unmerge", merge=chosen[1])
    with desk.work() as session:
        assert session.get_one(Consultation, hers).case_id != kept


def test_records_of_another_channel_are_joined_after_asking(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    with desk.work() as session:
        staff, now = session.get_one(Staff, seat.staff_id), desk.clock.now()
        letter = consultations.open_draft(
            session, call_id=None, channel=Channel.MAIL, counsellor_id=staff.id, hint=None, now=now
        )
        consultations.save_draft(session, letter.id, 1, {"story": SON, "next_step": "また"}, by=staff, now=now)
        linking.confirm_person(session, letter.id, son, by=staff, now=now)
        consultations.finish(session, letter.id, by=staff, now=now)
    asked = seat.sends(f"{at}/person", person=son).text
    assert ("同意をうかがってください" in asked, SON in asked) == (True, False)
    assert desk.record(in_call)["person_id"] is None
    joined = seat.sends(f"{at}/person", person=son, consent="1").text
    assert (SON in joined, "同意を取り消す" in joined) == (True, True)


def test_a_mother_who_calls_for_the_first_time_joins_her_sons_case(desk: Console, seat: Seat, in_call: str) -> None:
    at, son = f"/console/records/{in_call}", person(desk, "ミナト")
    talk(desk, seat, son, SON)
    offered = seat.sends(f"{at}/search", nickname_heard="みなと").text
    assert "ミナトさん・本人のご家族・まわりの方として" in offered
    sent = {"nickname_heard": "ミナトの母", "new_relation": "mother", "family_of": son}
    card = seat.sends(f"{at}/new-case", sent).text
    assert ("ミナトの母" in card, SON in card) == (True, False)
    with desk.work() as session:
        record = session.get_one(Consultation, in_call)
        assert record.case_id == cases.get_person(session, son).case_id


def test_a_supervisor_finds_the_words_of_unlinked_records_only_in_the_records(desk: Console, seat: Seat) -> None:
    talk(desk, seat, None, SON, days=3)
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    page = chief.opens("/console/unlinked")
    assert ("記録を開いて、つなぐ" in page.words, SON in page.words) == (True, False)
    assert chief.get("/console/unlinked?show=everything").status_code == 409


def test_without_scripts_what_cannot_be_noted_comes_back_with_what_was_typed(
    desk: Console, seat: Seat, in_call: str
) -> None:
    at = f"/console/records/{in_call}"
    seat.sends(f"{at}/person", person=person(desk, "ミナト"))
    answer = seat.sends(f"{at}/promises", script=False, promise="絵の話を聞く", due_on="あした")
    assert answer.status_code == 422
    assert all(kept in answer.text for kept in ('value="絵の話を聞く"', 'value="あした"', 'id="due_on-wrong"'))
    answer = seat.sends(f"{at}/wall", script=False, reason="長" * 201)
    assert (answer.status_code, 'id="reason-wrong"' in answer.text) == (422, True)
