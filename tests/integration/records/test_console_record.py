"""The console and the record: saving while typing, finding the person again, finishing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.cases.wall import Speaker
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.domain.staff.roles import Role
from callcenter.models.cases.cases import Person
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.cases import cases, consents, linking, wall
from callcenter.services.cases.cases import NewCase, NewPerson
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.integration.consoles import Console, Seat, opened

STORY = "先週、図書館まで行けた。"


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


@pytest.fixture
def draft(desk: Console, seat: Seat) -> str:
    """A record of no call, begun by this counsellor."""
    with desk.work() as session:
        return consultations.open_draft(
            session, call_id=None, channel=Channel.PHONE, counsellor_id=seat.staff_id, hint=None, now=desk.clock.now()
        ).id


def known(desk: Console, seat: Seat, nickname: str, relation: Relation = Relation.SELF, told: str = STORY) -> str:
    """Somebody who called before; returns the person."""
    now = desk.clock.now()
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        person = cases.open_case(session, NewCase(NewPerson(nickname, relation=relation)), by=OPERATOR, now=now)
        record = consultations.open_draft(
            session, call_id=None, channel=Channel.MAIL, counsellor_id=staff.id, hint=None, now=now
        )
        consultations.save_draft(session, record.id, 1, {"story": told, "next_step": "続き"}, by=staff, now=now)
        linking.confirm_person(session, record.id, person.id, by=staff, now=now)
        consultations.finish(session, record.id, by=staff, now=now)
        consents.give(session, person.id, Channel.PHONE, by=staff, now=now)
        return person.id


def actions(desk: Console, record_id: str) -> list[str]:
    with desk.work() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject_id == record_id).order_by(AuditEntry.seq)
        return list(session.scalars(query))


# ---- saving


def test_a_save_tells_the_time_that_the_server_wrote(desk: Console, seat: Seat, draft: str) -> None:
    answer = seat.saves(draft, 1, story=STORY).get_json()
    assert (answer["saved_at"], answer["kept"]) == (f"{desk.clock.now():%H:%M:%S}", ["story"])
    assert desk.record(draft)["story"] == STORY


def test_a_newer_text_of_somebody_else_is_kept_and_shown(desk: Console, seat: Seat, draft: str) -> None:
    desk.seat("tokatsu", role=Role.SUPERVISOR).saves(draft, 1, story="統括の文")
    answer = seat.saves(draft, 1, story=STORY, next_step="また話す").get_json()
    assert (answer["conflicts"], answer["kept"]) == ({"story": "統括の文"}, ["next_step"])
    assert (desk.record(draft)["story"], desk.record(draft)["next_step"]) == ("統括の文", "また話す")


def test_a_field_that_was_not_seen_since_is_not_taken_as_seen(desk: Console, seat: Seat, draft: str) -> None:
    """Saving one field raises the version, but says nothing about what the page knows of the others."""
    desk.seat("tokatsu", role=Role.SUPERVISOR).saves(draft, 1, story="統括の文")
    version = seat.saves(draft, 1, next_step="また話す").get_json()["version"]
    sent = {"fields": {"story": STORY, "next_step": "また明日"}, "seen": {"story": 1, "next_step": version}}
    assert seat.saves_raw(draft, sent).get_json()["conflicts"] == {"story": "統括の文"}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {},
        {"fields": {}},
        {"fields": {"story": "a"}},
        {"fields": {"story": "a"}, "seen": {}},
        {"fields": {"story": "a"}, "seen": {"story": "1"}},
        {"fields": {"story": 1}, "seen": {"story": 1}},
        {"fields": {"nothing": "a"}, "seen": {"nothing": 1}},
        {"fields": {"risk": "x"}, "seen": {"risk": 1}},
    ],
)
def test_what_no_script_of_ours_sends_is_refused_and_changes_nothing(
    desk: Console, seat: Seat, draft: str, sent: object
) -> None:
    assert seat.saves_raw(draft, sent).status_code == 409
    assert desk.record(draft)["version"] == 1


def test_without_scripts_the_whole_form_is_saved(desk: Console, seat: Seat, draft: str) -> None:
    fields = {"whole": "1", "version": "1", "story": STORY, "relation": "mother", "topics": "work"}
    answer = seat.sends(f"/console/records/{draft}/save", fields, script=False)
    assert answer.location.endswith(f"/console/records/{draft}")
    assert (desk.record(draft)["story"], desk.record(draft)["relation"]) == (STORY, "mother")


def test_another_counsellor_neither_reads_nor_writes_my_record(desk: Console, seat: Seat, draft: str) -> None:
    seat.saves(draft, 1, story=STORY)
    other = desk.seat("tanto11")
    assert other.saves(draft, 2, story="x").status_code == 409
    page = other.get(f"/console/records/{draft}")
    assert (page.status_code, STORY in page.text) == (409, False)


def test_a_supervisor_opens_any_record_and_the_trail_knows(desk: Console, seat: Seat, draft: str) -> None:
    seat.saves(draft, 1, story=STORY)
    page = desk.seat("tokatsu", role=Role.SUPERVISOR).opens(f"/console/records/{draft}")
    assert STORY in page.words
    assert actions(desk, draft)[-1] == "consultation.read"


# ---- who this is


@pytest.mark.parametrize("heard", ["みなと", "ﾐﾅﾄ", "みなとさん"])
def test_the_name_is_found_however_it_is_written(desk: Console, seat: Seat, draft: str, heard: str) -> None:
    known(desk, seat, "ミナト")
    answer = seat.sends(f"/console/records/{draft}/search", nickname_heard=heard)
    assert "ミナトさん・本人" in answer.text


def test_candidates_are_names_and_reasons_only(desk: Console, seat: Seat, draft: str) -> None:
    known(desk, seat, "ミナト")
    answer = seat.sends(f"/console/records/{draft}/search", nickname_heard="みなと").text
    assert ("読みが同じ" in answer, STORY in answer, "11月" in answer) == (True, False, False)


def test_names_less_like_the_one_that_was_heard_are_one_press_away(desk: Console, seat: Seat, draft: str) -> None:
    for first in "あかさたなはまやらわいうきし":
        known(desk, seat, f"{first}き")
    nine = seat.sends(f"/console/records/{draft}/search", nickname_heard="ゆき").text
    assert (nine.count('name="person"'), "ほかの呼び名も見る" in nine) == (9, True)
    all_of_them = seat.sends(f"/console/records/{draft}/search", nickname_heard="ゆき", more="1").text
    assert (all_of_them.count('name="person"'), "ほかの呼び名も見る" in all_of_them) == (14, False)
    assert ("Alt+9" in all_of_them, "Alt+10" in all_of_them) == (True, False)
    page = seat.sends(f"/console/records/{draft}/search", script=False, nickname_heard="ゆき", more="1").text
    assert page.count('name="person"') == 14


def test_how_many_more_bear_a_name_a_slip_away_is_said_beside_it(desk: Console, seat: Seat, draft: str) -> None:
    for name in ("ゆみ", "ユミ", "優美(ゆみ)", "ゆか"):
        known(desk, seat, name)
    found = seat.sends(f"/console/records/{draft}/search", nickname_heard="ゆき").text
    said = re.findall(r"<b>(ゆか|ゆみ|ユミ)さん.*?</li>", found, re.DOTALL)
    assert len(said) == 3
    assert (
        found.count('同じ読みがほかに<span class="num">2</span>人') == 3
    )  # also of the one whose reading is in brackets


def test_confirming_opens_what_the_person_told_before(desk: Console, seat: Seat, draft: str) -> None:
    person = known(desk, seat, "ミナト")
    answer = seat.sends(f"/console/records/{draft}/person", person=person).text
    assert all(words in answer for words in (STORY, "メール", "続き"))
    assert desk.record(draft)["person_id"] == person


def test_every_opening_of_an_earlier_record_is_in_the_trail(desk: Console, seat: Seat, draft: str) -> None:
    person = known(desk, seat, "ミナト")
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        speaker = Speaker(session.get_one(Person, person).case_id, person)
        earlier = wall.history(session, speaker, by=staff, now=desk.clock.now())[0][0].id
    before = len(actions(desk, earlier))
    seat.sends(f"/console/records/{draft}/person", person=person)
    assert actions(desk, earlier)[before:] == ["consultation.read"]


def test_what_the_mother_said_is_not_beside_the_sons_call(desk: Console, seat: Seat, draft: str) -> None:
    known(desk, seat, "ミナト", Relation.MOTHER, told="母の話")
    son = known(desk, seat, "ミナト")
    assert "母の話" not in seat.sends(f"/console/records/{draft}/person", person=son).text


def test_a_new_caller_gets_a_case_under_the_name_they_gave(desk: Console, seat: Seat, draft: str) -> None:
    answer = seat.sends(f"/console/records/{draft}/new-case", nickname_heard="ハル", new_relation="father")
    assert "ハルさん・父" in answer.text
    assert desk.record(draft)["person_id"] is not None


def test_a_case_needs_a_name(seat: Seat, draft: str) -> None:
    answer = seat.sends(f"/console/records/{draft}/new-case", nickname_heard=" ", new_relation="unknown")
    assert (answer.status_code, "呼び名" in answer.get_json()["error"]) == (409, True)


def test_not_sure_yet_takes_the_link_away_and_nothing_else(desk: Console, seat: Seat, draft: str) -> None:
    seat.saves(draft, 1, story=STORY)
    seat.sends(f"/console/records/{draft}/person", person=known(desk, seat, "ミナト"))
    seat.sends(f"/console/records/{draft}/unlink")
    assert (desk.record(draft)["person_id"], desk.record(draft)["story"]) == (None, STORY)


def test_the_name_stands_in_no_address(desk: Console, seat: Seat, draft: str) -> None:
    known(desk, seat, "ミナト")
    page = seat.sends(f"/console/records/{draft}/search", script=False, nickname_heard="みなと").text
    assert not re.findall(r'(?:href|action|data-url)="[^"]*(?:みなと|ミナト|%E3)', page)


# ---- finishing


def test_the_next_time_is_the_one_text_that_is_asked_for(seat: Seat, draft: str) -> None:
    answer = seat.sends(f"/console/records/{draft}/finish")
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.get_json()["problems"]] == ["next_step"]


def test_without_scripts_what_is_missing_stands_at_the_head_and_at_the_field(seat: Seat, draft: str) -> None:
    answer = seat.sends(f"/console/records/{draft}/finish", script=False, whole="1", version="1", story=STORY)
    assert answer.status_code == 422
    assert all(part in answer.text for part in ('href="#next_step"', 'id="next_step-wrong"', STORY))


@pytest.mark.parametrize("outcome", ["silent", "misdial", "cut_off"])
def test_some_outcomes_say_it_all(desk: Console, seat: Seat, draft: str, outcome: str) -> None:
    assert seat.sends(f"/console/records/{draft}/finish", quick=outcome).status_code == 204
    assert (desk.record(draft)["state"], desk.record(draft)["outcomes"]) == ("finished", [outcome])


@pytest.mark.parametrize("outcome", ["listened", "nonsense"])
def test_other_outcomes_do_not_finish_without_words(desk: Console, seat: Seat, draft: str, outcome: str) -> None:
    assert seat.sends(f"/console/records/{draft}/finish", quick=outcome).status_code == 409
    assert desk.record(draft)["state"] == "draft"


def test_a_record_is_not_finished_while_the_caller_speaks(desk: Console, seat: Seat, in_call: str) -> None:
    seat.saves(in_call, 1, next_step="未定")
    answer = seat.sends(f"/console/records/{in_call}/finish")
    assert (answer.status_code, "まだ通話中です" in answer.get_json()["error"]) == (409, True)
    assert desk.record(in_call)["state"] == "draft"


@pytest.mark.parametrize(
    "after, then",
    [
        ("available", (Work.AVAILABLE, None)),
        ("away:care", (Work.AWAY, AwayReason.CARE)),
        ("offline", (Work.OFFLINE, None)),
    ],
)
def test_finishing_ends_the_wrap_up_as_was_chosen(
    desk: Console, seat: Seat, in_call: str, after: str, then: tuple[Work, AwayReason | None]
) -> None:
    desk.line.engine.hang_up(desk.calls()[0].caller_sid)
    desk.line.advance(2)
    assert seat.presence.work is Work.WRAP_UP
    seat.saves(in_call, 1, next_step="未定")
    assert seat.sends(f"/console/records/{in_call}/finish", after=after).status_code == 204
    assert (seat.presence.work, seat.presence.reason) == then


def test_a_record_left_for_later_stays_among_the_unfinished(desk: Console, seat: Seat, in_call: str) -> None:
    desk.line.engine.hang_up(desk.calls()[0].caller_sid)
    desk.line.advance(2)
    seat.saves(in_call, 1, nickname_heard="ハル")
    seat.sends("/console/presence", work="available")
    page = seat.opens()
    assert (seat.current_record, f"/console/records/{in_call}" in page.links) == ("", True)
    assert "ハルさん" in page.words


def test_finishing_an_old_record_leaves_the_state_alone(desk: Console, seat: Seat, draft: str) -> None:
    seat.sends("/console/presence", work="away", reason="mail")
    seat.saves(draft, 1, next_step="未定")
    assert seat.sends(f"/console/records/{draft}/finish").status_code == 204
    assert seat.presence.work is Work.AWAY


def test_long_histories_are_opened_twenty_at_a_time(desk: Console, seat: Seat, draft: str) -> None:
    person = known(desk, seat, "ミナト", told="1番目")
    with desk.work() as session:
        staff = session.get_one(Staff, seat.staff_id)
        for number in range(2, 26):
            now = desk.clock.now() + timedelta(minutes=number)
            record = consultations.open_draft(
                session, call_id=None, channel=Channel.PHONE, counsellor_id=staff.id, hint=None, now=now
            )
            consultations.save_draft(session, record.id, 1, {"story": f"{number}番目"}, by=staff, now=now)
            linking.confirm_person(session, record.id, person, by=staff, now=now)
    newest = seat.sends(f"/console/records/{draft}/person", person=person).text
    older = seat.sends(f"/console/records/{draft}/earlier", _hidden(newest)).text
    assert ("25番目" in newest, "5番目" in newest.replace("25番目", "").replace("15番目", "")) == (True, False)
    assert ("5番目" in older, ">1番目<" in older, "もっと前を見る" in older) == (True, True, False)


def _hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that asks for older ones."""
    return dict(re.findall(r'name="(before|depth)" value="([^"]+)"', page))
