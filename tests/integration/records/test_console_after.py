"""What comes after a call on the screens: stopping, resting, logging out, and care for who had a hard one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.models.records import Consultation
from callcenter.ui.access import IDLE
from tests.desk import ORIGIN
from tests.integration.consoles import Console, Seat, opened
from tests.line import Phone


@pytest.fixture
def desk(database_url: str) -> Iterator[Console]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def finishes(seat: Seat, **sent: str) -> dict[str, str]:
    """Let the person finish the record at hand in two keys."""
    record_id = seat.current_record
    answer = seat.sends(f"/console/records/{record_id}/finish", {"quick": "silent"} | sent)
    assert answer.status_code in {200, 204}, answer.text
    return answer.get_json() if answer.status_code == 200 else {}


def keeps_still(seat: Seat) -> None:
    """Let the person touch nothing for longer than anybody idle stays signed in."""
    with seat.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] = time.time() - IDLE.total_seconds() + 1


def idles_on(seat: Seat) -> None:
    with seat.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] -= 2


def test_what_was_chosen_in_the_call_comes_after_the_record(seat: Seat, caller: Phone) -> None:
    assert seat.sends("/console/after", after="away:meeting").status_code == 204
    assert "このあとは、離れます(会議)。" in seat.opens().words
    caller.hangs_up()
    finishes(seat)
    assert (seat.presence.work, seat.presence.reason) == (Work.AWAY, AwayReason.MEETING)


def test_stopping_after_this_call_is_taken_back_with_one_press(seat: Seat, caller: Phone) -> None:
    seat.sends("/console/after", after="offline")
    assert "このあとは、退席します。" in seat.opens().words
    seat.sends("/console/after", after="available")
    caller.hangs_up()
    finishes(seat)
    assert seat.presence.work is Work.AVAILABLE


def test_a_record_finished_by_a_slip_is_open_again_as_it_was_with_the_plan_for_afterwards(
    seat: Seat, caller: Phone
) -> None:
    seat.sends("/console/after", after="away:meeting")
    caller.hangs_up()
    record_id = seat.current_record
    finishes(seat)
    assert seat.presence.work is Work.AWAY
    assert seat.sends(f"/console/records/{record_id}/reopen").get_json() == {"goto": f"/console/records/{record_id}"}
    assert (seat.presence.work, seat.presence.away_after) == (Work.WRAP_UP, AwayReason.MEETING)
    assert seat.current_record == record_id
    finishes(seat)
    assert (seat.presence.work, seat.presence.reason) == (Work.AWAY, AwayReason.MEETING)


def test_a_finish_taken_back_while_the_next_call_rings_leaves_the_ring_alone(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    caller.hangs_up()
    record_id = seat.current_record
    finishes(seat)
    desk.line.dial()
    desk.line.advance(6)
    assert seat.presence.work is Work.OFFERED
    assert seat.sends(f"/console/records/{record_id}/reopen").status_code == 200
    assert seat.presence.work is Work.OFFERED
    assert "書きかけの記録" in seat.opens().words


def test_taking_it_back_too_late_brings_nobody_to_the_line(seat: Seat) -> None:
    seat.sends("/console/after", after="available")
    assert seat.presence.work is Work.OFFLINE


@pytest.mark.parametrize("after", ["", "away", "away:missed", "on_call"])
def test_a_plan_that_nobody_can_make_is_refused_kindly(seat: Seat, caller: Phone, after: str) -> None:
    assert seat.sends("/console/after", after=after).status_code == 409


def test_logging_out_in_mid_call_keeps_the_page_and_waits_for_the_record(seat: Seat, caller: Phone) -> None:
    assert "記録を閉じたとき" in seat.sends("/staff/logout").get_json()["words"]
    assert "退席して、ログアウトします" in seat.opens().words
    assert caller.state == "in-progress"
    caller.hangs_up()
    assert finishes(seat) == {"goto": "/staff/login"}
    assert (seat.presence.work, seat.may_enter) == (Work.OFFLINE, False)


def test_logging_out_takes_the_counsellor_off_the_line_at_once(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    seat.sends("/staff/logout", script=False)
    assert (seat.presence.work, seat.presence.lease) == (Work.OFFLINE, None)
    desk.line.dial()
    desk.line.advance(6)
    assert desk.offers() == []


def test_who_talks_at_a_telephone_is_not_signed_out_for_keeping_still(desk: Console) -> None:
    seat = desk.seat(phone="+819012345678")
    seat.sends("/console/presence", work="available")
    seat.is_rung_by(desk.line.dial())
    desk.line.handsets["+819012345678"].answers()
    desk.line.handsets["+819012345678"].presses("1")
    desk.line.advance(1)
    keeps_still(seat)
    seat.get("/console/fragment/line")
    idles_on(seat)
    assert seat.may_enter


def test_who_waits_to_be_rung_is_not_signed_out_for_keeping_still(seat: Seat) -> None:
    lease = seat.takes_the_line()
    keeps_still(seat)
    seat.sends("/console/beat", lease=lease, registered="1")
    idles_on(seat)
    assert seat.may_enter


@pytest.mark.parametrize("before, stays", [(30, True), (300, False)])
def test_a_session_lasts_beyond_its_limit_only_for_a_talk_that_began_within_it(
    desk: Console, seat: Seat, caller: Phone, before: int, stays: bool
) -> None:
    """The caller was taken two minutes ago; so many seconds ago the session ran out."""
    desk.line.advance(120)
    with seat.client.session_transaction(base_url=ORIGIN) as cookie:
        cookie["active_at"] = time.time() - IDLE.total_seconds() - before
    assert seat.may_enter is stays


def test_who_is_away_and_keeps_still_is_signed_out(seat: Seat) -> None:
    lease = seat.takes_the_line()
    seat.sends("/console/presence", work="away", reason="break")
    keeps_still(seat)
    seat.sends("/console/beat", lease=lease, registered="1")
    idles_on(seat)
    assert not seat.may_enter


def test_a_supervisor_sees_a_hard_call_at_once_and_answers_it(desk: Console, seat: Seat, caller: Phone) -> None:
    supervisor, colleague = desk.seat("tokatsu", role=Role.SUPERVISOR), desk.seat("tanto11")
    assert seat.sends("/console/hard-call").status_code == 204
    assert "担当07さんの電話が、つらかったようです" in supervisor.get("/console/fragment/line").text
    assert "つらかったようです" not in colleague.get("/console/fragment/line").text
    page = supervisor.opens("/console/care")
    assert "担当07さんに、まだ声をかけていません" in page.words
    note = page.response.text.split("/console/care/")[1].split("/seen")[0]
    assert colleague.sends(f"/console/care/{note}/seen").status_code == 403
    assert supervisor.sends(f"/console/care/{note}/seen").status_code == 204
    assert "つらかったようです" not in supervisor.get("/console/fragment/line").text


def test_a_hard_call_counts_once_and_not_at_all_when_taken_back(desk: Console, seat: Seat, caller: Phone) -> None:
    supervisor = desk.seat("tokatsu", role=Role.SUPERVISOR)
    for _ in range(2):
        seat.sends("/console/hard-call")
    assert '<td class="num">1</td>' in supervisor.opens("/console/care").response.text
    seat.sends("/console/hard-call", undo="1")
    assert "知らせは、まだありません。" in supervisor.opens("/console/care").words
    caller.hangs_up()
    finishes(seat)
    assert seat.presence.work is Work.AVAILABLE


def test_only_supervisors_see_who_had_hard_calls(seat: Seat, caller: Phone) -> None:
    assert seat.get("/console/care").status_code == 403


def test_saying_so_after_the_record_points_to_somebody_to_talk_with(seat: Seat) -> None:
    answer = seat.sends("/console/hard-call")
    assert (answer.status_code, "声をかけて" in answer.get_json()["error"]) == (409, True)


def test_past_the_limit_the_screen_says_so_gently_and_goes_on_waiting(desk: Console, seat: Seat, caller: Phone) -> None:
    caller.hangs_up()
    desk.line.advance(1)
    assert "10分をすぎました" not in seat.opens().words
    desk.line.pulse = 30
    desk.line.advance(11 * 60)
    assert "10分をすぎました。ゆっくりで大丈夫です。" in seat.opens().words
    assert seat.presence.work is Work.WRAP_UP


def test_who_was_put_away_reads_why_and_how_to_come_back(desk: Console, seat: Seat) -> None:
    seat.takes_the_line()
    desk.line.dial()
    for _ in range(60):
        seat.stays()
        desk.line.advance(1)
    assert seat.presence.reason is AwayReason.MISSED
    words = seat.opens().words
    assert "2回続けて呼び出しに出られなかったため" in words
    assert seat.sends("/console/presence", work="available").status_code == 204
    assert (seat.presence.work, seat.presence.misses) == (Work.AVAILABLE, 0)


def test_a_supervisor_sets_a_colleague_away_who_ends_the_call_first(desk: Console, seat: Seat, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    page = chief.opens(f"/reports/people/{seat.staff_id}")
    assert "いまの電話と記録が終わってから変わります。" in page.words
    chief.sends(f"/reports/people/{seat.staff_id}/state", to="away:break", script=False)
    assert (seat.presence.work, caller.state) == (Work.ON_CALL, "in-progress")
    caller.hangs_up()
    finishes(seat)
    assert (seat.presence.work, seat.presence.reason) == (Work.AWAY, AwayReason.BREAK)


def test_a_supervisor_takes_a_colleague_off_and_the_caller_stays(desk: Console, seat: Seat, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert chief.sends(f"/reports/people/{seat.staff_id}/off", script=False).status_code == 303
    desk.line.advance(8)
    assert (seat.presence.work, caller.state) == (Work.OFFLINE, "in-progress")
    assert any("もう一度おつなぎします" in text for text in caller.heard)
    words = seat.opens().words
    assert "書きかけの記録" in words
    assert "tokatsuさんが、この状態に変えました。" in words
    seat.sends("/console/presence", work="available")
    assert "この状態に変えました" not in seat.opens().words


@pytest.mark.parametrize("to", ["", "available", "away:missed", "on_call"])
def test_what_a_supervisor_cannot_choose_for_others_is_refused(desk: Console, seat: Seat, to: str) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert chief.sends(f"/reports/people/{seat.staff_id}/state", to=to).status_code == 409


def test_only_supervisors_act_on_a_colleagues_line(desk: Console, seat: Seat) -> None:
    other = desk.seat("tanto11")
    statuses = [
        other.get(f"/reports/people/{seat.staff_id}").status_code,
        other.sends(f"/reports/people/{seat.staff_id}/state", to="offline").status_code,
        other.sends(f"/reports/people/{seat.staff_id}/off").status_code,
    ]
    assert statuses == [403, 403, 403]


def test_nobody_who_takes_no_calls_has_a_line_to_change(desk: Console) -> None:
    chief, kanri = desk.seat("tokatsu", role=Role.SUPERVISOR), desk.seat("kanri", role=Role.ADMINISTRATOR)
    assert [chief.get(f"/reports/people/{who}").status_code for who in (kanri.staff_id, "nobody")] == [404, 404]


def test_the_board_shows_a_hard_call_and_leads_to_the_colleague(desk: Console, seat: Seat, caller: Phone) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    seat.sends("/console/hard-call")
    page = chief.opens("/reports/board")
    assert "担当07さんの電話が、つらかったようです" in page.words
    assert f"/reports/people/{seat.staff_id}" in page.links


def test_the_record_of_the_call_at_hand_is_open_even_if_the_clock_was_put_back(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    caller.hangs_up()
    finishes(seat)
    first = desk.calls()[0].id
    desk.line.at(desk.clock.now() - timedelta(minutes=30))
    seat.is_rung_by(desk.line.dial())
    record_id = seat.answers()
    with desk.work() as session:
        assert session.get_one(Consultation, record_id).call_id not in {None, first}
