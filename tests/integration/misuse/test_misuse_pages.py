"""A hard call on the screens: what a counsellor sees and writes, and what a supervisor decides."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from callcenter.domain.calendar.times import local_date
from callcenter.domain.misuse.flags import FlagKind
from callcenter.domain.staff.roles import Role
from callcenter.models.misuse import Incident, NumberFlag
from callcenter.models.trail.audit import AuditEntry
from tests.integration.consoles import Console, Seat

NUMBER = "+819012345675"
WORDS = "ばかやろう、と3回言われた。"


@pytest.fixture
def chief(desk: Console) -> Seat:
    return desk.seat("tokatsu", role=Role.SUPERVISOR)


def in_call(desk: Console, seat: Seat, from_: str = NUMBER) -> str:
    seat.takes_the_line()
    seat.is_rung_by(desk.line.dial(from_))
    return seat.answers()


def notes(seat: Seat, record: str, *, script: bool = True, **fields: str) -> tuple[int, str]:
    sent = {"misuse_kind": "abuse", "misuse_words": WORDS} | fields
    answer = seat.sends(f"/console/records/{record}/incident", sent, script=script)
    return answer.status_code, answer.text


def kept(desk: Console) -> tuple[list[Incident], list[NumberFlag]]:
    with desk.work() as session:
        return list(session.scalars(select(Incident))), list(session.scalars(select(NumberFlag)))


def marked(desk: Console, seat: Seat) -> None:
    """Let the number bear a mark, and everybody be free again."""
    record = in_call(desk, seat)
    assert notes(seat, record, misuse_flag="on")[0] == 200
    for leg in list(desk.line.engine.legs.values()):
        if leg.inbound and not leg.over:
            desk.line.engine.hang_up(leg.sid)
    desk.line.advance(5)
    seat.sends("/console/presence", work="available")


def test_an_incident_keeps_time_kind_words_and_counsellor_and_the_words_are_sealed(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat)
    status, drawn = notes(seat, record)
    assert (status, "暴言・侮辱 を書きとめました" in drawn) == (200, True)
    with desk.work() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.kind.value, incident.counsellor_id, incident.words) == ("abuse", seat.staff_id, WORDS)
        assert incident.at == desk.clock.now()
        assert WORDS.encode() not in (incident.words_sealed or b"")
    assert WORDS not in drawn


def test_the_number_is_flagged_only_if_that_was_asked_for(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat)
    notes(seat, record)
    assert kept(desk)[1] == []
    assert "印をつけました" in notes(seat, record, misuse_flag="on", misuse_days="7")[1]
    (flag,) = kept(desk)[1]
    assert (flag.until - desk.clock.now().date()).days == 7


def test_pressing_twice_writes_once(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat)
    key = seat.opens().value("misuse_key")
    for _ in range(2):
        notes(seat, record, misuse_key=key, misuse_flag="on")
    incidents, (flag,) = kept(desk)
    assert (len(incidents), flag.times) == (1, 1)


def test_a_withheld_number_is_told_kindly_and_can_still_be_written_about(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat, "anonymous")
    page = seat.opens()
    assert "番号が通知されていない電話には、印をつけられません" in page.words
    assert 'name="misuse_flag"' not in page.response.text
    assert notes(seat, record, misuse_flag="on")[0] == 409  # a form that was meddled with
    assert kept(desk) == ([], [])  # both or neither
    assert notes(seat, record)[0] == 200


def test_without_a_kind_nothing_is_written_and_what_was_typed_stays(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat)
    assert notes(seat, record, misuse_kind="")[0] == 409
    status, drawn = notes(seat, record, misuse_kind="", misuse_flag="on", script=False)
    assert status == 422
    assert WORDS in drawn
    assert "どんなことがあったかを、1つ選んでください" in drawn
    assert re.search(r'name="misuse_flag" value="on" checked', drawn)
    assert kept(desk) == ([], [])


def test_without_scripts_the_form_works_too(desk: Console, seat: Seat) -> None:
    record = in_call(desk, seat)
    assert notes(seat, record, misuse_flag="on", script=False)[0] == 303
    assert "印をつけました" in seat.opens(f"/console/records/{record}").words


def test_a_flagged_caller_is_shown_as_a_mark_without_a_story_to_others(desk: Console, seat: Seat) -> None:
    marked(desk, seat)
    seat.sends("/console/presence", work="away", reason="break")
    other = desk.seat("tanto08")
    other.takes_the_line()
    other.is_rung_by(desk.line.dial(NUMBER))
    ringing = other.get("/console/fragment/line").text
    assert "注意の印" in ringing
    assert "見送って大丈夫です" in ringing
    other.answers()
    talking = other.opens().response.text
    assert "注意の印" in talking
    bar = talking[talking.index('id="callbar"') : talking.index("</section>", talking.index('id="callbar"'))]
    for told in (ringing, bar):
        assert "暴言" not in told
        assert NUMBER[-4:] not in told


def test_who_made_the_flag_and_a_supervisor_are_told_why(desk: Console, seat: Seat, chief: Seat) -> None:
    marked(desk, seat)
    seat.is_rung_by(desk.line.dial(NUMBER))
    assert "暴言・侮辱" in seat.get("/console/fragment/line").text
    seat.sends(f"/console/offers/{seat.presence.offer_id}/decline")
    seat.sends("/console/presence", work="away", reason="break")
    chief.takes_the_line()
    chief.is_rung_by(desk.line.dial(NUMBER))
    assert "暴言・侮辱" in chief.get("/console/fragment/line").text


def test_a_telephone_counsellor_hears_of_the_mark_before_pressing_1(desk: Console, seat: Seat) -> None:
    marked(desk, seat)
    seat.sends("/console/presence", work="away", reason="break")
    counsellor = desk.counsellor()
    desk.line.dial(NUMBER)
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.line.advance(12)
    assert any("注意の印" in said for said in counsellor.handset.heard)


def test_a_supervisor_turns_a_number_away_and_takes_it_back(desk: Console, seat: Seat, chief: Seat) -> None:
    assert "印のある番号はありません" in chief.opens("/reports/flags").words
    marked(desk, seat)
    page = chief.opens("/reports/flags")
    assert "暴言・侮辱" in page.words
    assert NUMBER[-4:] not in page.response.text
    (flag,) = kept(desk)[1]
    assert chief.sends(f"/reports/flags/{flag.id}/block", reason="abuse", days="7", script=False).status_code == 303
    assert "お断り中" in chief.opens("/reports/flags").words
    refused = desk.line.dial(NUMBER)
    assert "この電話は、おつなぎできません" in refused.heard[0]
    block = next(row for row in kept(desk)[1] if row.kind == "block")
    chief.sends(f"/reports/flags/{block.id}/lift", script=False)
    page = chief.opens("/reports/flags")
    assert "お断りを解きました" in page.words
    assert "お断り中" not in page.words
    assert "この電話は、おつなぎできません" not in desk.line.dial(NUMBER).heard


def test_what_makes_no_sense_is_refused_in_a_sentence(desk: Console, seat: Seat, chief: Seat) -> None:
    marked(desk, seat)
    (flag,) = kept(desk)[1]
    for fields in ({"reason": "abuse", "days": "31"}, {"reason": "", "days": "7"}):
        answer = chief.sends(f"/reports/flags/{flag.id}/block", fields, script=False)
        assert answer.status_code == 409
    assert chief.sends("/reports/flags/nothing/lift", script=False).status_code == 409
    assert len(kept(desk)[1]) == 1


def test_only_supervisors_see_the_list_and_open_the_words(desk: Console, seat: Seat, chief: Seat) -> None:
    notes(seat, in_call(desk, seat))
    (incident,) = kept(desk)[0]
    for path in ("/reports/flags", f"/reports/incidents/{incident.id}"):
        assert seat.get(path).status_code == 403
    assert WORDS not in chief.opens("/reports/flags").response.text
    assert WORDS in chief.opens(f"/reports/incidents/{incident.id}").words
    with desk.work() as session:
        read = session.scalars(select(AuditEntry).where(AuditEntry.action == "incident.read")).one()
    assert (read.actor_id, read.subject_id) == (chief.staff_id, incident.id)


def test_an_objection_to_a_block_is_noted_with_what_was_decided(desk: Console, seat: Seat, chief: Seat) -> None:
    marked(desk, seat)
    flagged = kept(desk)[1][0]
    chief.sends(f"/reports/flags/{flagged.id}/block", reason="abuse", days="7")
    block = next(one for one in kept(desk)[1] if one.kind is FlagKind.BLOCK)
    path = f"/reports/flags/{block.id}/appeal"
    assert seat.sends(path, decision="lifted").status_code == 403
    assert "1つ選んでください" in chief.sends(path, decision="").get_json()["error"]
    chief.sends(path, decision="kept")
    assert "「そのまま続ける」としました" in chief.opens("/reports/flags").words
    chief.sends(path, decision="until_today")
    assert next(one for one in kept(desk)[1] if one.id == block.id).until == local_date(desk.clock.now())
    chief.sends(path, decision="lifted")
    assert next(one for one in kept(desk)[1] if one.id == block.id).number_hash is None
    with desk.work() as session:
        trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "block.appeal")).all()
    assert [entry.facts["decision"] for entry in trail] == ["kept", "until_today", "lifted"]


def test_words_that_are_too_long_stay_where_they_were_typed(desk: Console, seat: Seat) -> None:
    record, words = in_call(desk, seat), "長" * 4001
    status, drawn = notes(seat, record, misuse_words=words, script=False)
    assert (status, words in drawn, 'value="abuse" checked' in drawn) == (422, True, True)
    assert "4000文字まで" in drawn
    assert kept(desk) == ([], [])
