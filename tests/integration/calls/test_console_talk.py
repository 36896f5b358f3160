"""The call bar during a talk: hold, mute, hand over and help, as the page and its scripts use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from callcenter.domain.announcements.wording import Change
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Offer
from callcenter.services.announcements import changed_phrases
from tests.calls.talking.talks import hears, on_music
from tests.integration.consoles import Console, Seat
from tests.line import Phone


@pytest.fixture
def colleague(desk: Console, caller: Phone) -> Seat:
    """Somebody else who is free; *caller* is there first, or they would be rung."""
    other = desk.seat("tanto08", role=Role.SUPERVISOR)
    other.takes_the_line()
    return other


def press(seat: Seat, what: str, **fields: str) -> int:
    """Press a button of the leg in hand, and let the line follow."""
    answer = seat.sends(f"/console/legs/{seat.presence.offer_id}/{what}", fields)
    seat.desk.line.advance(1)
    return answer.status_code


def asked(seat: Seat, colleague: Seat) -> None:
    """Ask the colleague, and let them answer."""
    assert press(seat, "consult", colleague=colleague.staff_id) == 204
    seat.desk.line.handsets[f"client:{colleague.presence.identity}"].answers()
    seat.desk.line.advance(2)


def test_hold_is_shown_to_be_wished_until_the_room_confirms_it(desk: Console, seat: Seat, caller: Phone) -> None:
    desk.working = False
    assert press(seat, "hold", held="1") == 204
    assert "保留にしています" in seat.opens().words
    desk.working = True
    desk.line.advance(2)
    page = seat.opens()
    assert "保留中" in page.words
    assert "相手の方には音楽が流れています" in page.words
    press(seat, "hold", held="0")
    assert "保留を解く" not in seat.opens().words
    assert not on_music(desk, caller)


def test_only_a_telephone_is_muted_in_the_room(desk: Console) -> None:
    seat = desk.seat(phone="+819012345678")
    seat.takes_the_line()
    phone = desk.line.dial()
    handset = desk.line.handsets["+819012345678"]
    seat.is_rung_by(phone)
    handset.answers()
    handset.presses("1")
    desk.line.advance(2)
    assert press(seat, "mute", muted="1") == 204
    assert "ミュート中" in seat.opens().words
    assert not hears(phone, handset)
    press(seat, "mute", muted="0")
    assert hears(phone, handset)


def test_the_panel_lists_who_is_free_and_teaches_when_nobody_is(desk: Console, seat: Seat, colleague: Seat) -> None:
    assert "担当08さん 統括" in seat.opens().words
    colleague.sends("/console/presence", work="away", reason="break")
    assert "いま、手のあいている人がいません" in seat.opens().words


def test_both_see_what_goes_on_while_one_asks_the_other(seat: Seat, caller: Phone, colleague: Seat) -> None:
    assert press(seat, "consult", colleague=colleague.staff_id) == 204
    assert "担当08さんを呼び出しています" in seat.opens().words
    assert "担当07さんから 引きつぎの打ち合わせ" in colleague.opens().words
    seat.desk.line.handsets[f"client:{colleague.presence.identity}"].answers()
    seat.desk.line.advance(2)
    assert "担当08さんと話しています" in seat.opens().words
    assert "担当07さんが引きつぐまで" in colleague.opens().words
    assert "担当07さんと話しています。 引きつがれると、ここに相談記録が開きます。" in colleague.opens().words


def test_the_record_and_what_was_written_go_with_the_caller(seat: Seat, caller: Phone, colleague: Seat) -> None:
    record = seat.current_record
    seat.saves(record, 1, story="図書館のこと")
    asked(seat, colleague)
    assert press(seat, "hand-over") == 204
    assert (seat.presence.work, seat.current_record) == (Work.WRAP_UP, "")
    assert "電話を引きつぎました" in seat.opens().words
    assert colleague.current_record == record
    assert "図書館のこと" in colleague.opens().response.text
    assert seat.saves(record, 2, story="あとから").status_code == 409


def test_a_second_press_of_hand_over_does_nothing(seat: Seat, caller: Phone, colleague: Seat) -> None:
    asked(seat, colleague)
    leg = seat.presence.offer_id
    for _ in range(2):
        assert seat.sends(f"/console/legs/{leg}/hand-over").status_code == 204
    seat.desk.line.advance(2)
    assert seat.desk.call(caller.sid).state is CallState.TALKING
    assert colleague.presence.work is Work.ON_CALL


def test_a_colleague_who_declines_is_named_in_words(seat: Seat, caller: Phone, colleague: Seat) -> None:
    press(seat, "consult", colleague=colleague.staff_id)
    assert colleague.sends(f"/console/offers/{colleague.presence.offer_id}/decline").status_code == 204
    seat.desk.line.advance(1)
    assert "担当08さんは、いま引きつげません。相手の方との電話に戻っています" in seat.opens().words
    seat.desk.line.advance(100)
    assert "いま引きつげません" not in seat.opens().words


def test_a_colleague_may_leave_again_and_cannot_end_the_callers_call(
    seat: Seat, caller: Phone, colleague: Seat
) -> None:
    asked(seat, colleague)
    call_id = seat.desk.call(caller.sid).id
    colleague.sends(f"/console/calls/{call_id}/end")
    seat.desk.line.advance(2)
    assert seat.desk.call(caller.sid).state is CallState.TALKING
    assert press(colleague, "leave") == 204
    seat.desk.line.advance(2)
    assert colleague.presence.work is Work.AVAILABLE
    assert not on_music(seat.desk, caller)


def test_nobody_presses_for_somebody_else(seat: Seat, caller: Phone, colleague: Seat) -> None:
    leg = seat.presence.offer_id
    for what in ("hold", "mute", "consult", "hand-over", "return", "leave", "say"):
        answer = colleague.sends(f"/console/legs/{leg}/{what}", {"held": "1", "muted": "1", "code": "F01"})
        assert answer.status_code == 409, what
    assert not on_music(seat.desk, caller)


@pytest.mark.parametrize("sent", [{"code": "A01"}, {"code": "F03"}, {"code": "G03"}, {}])
def test_what_may_not_be_said_is_refused_kindly(seat: Seat, caller: Phone, sent: dict[str, str]) -> None:
    answer = seat.sends(f"/console/legs/{seat.presence.offer_id}/say", sent)
    assert answer.status_code == 409
    assert answer.get_json()["error"].endswith("。")


def test_the_help_panel_shows_the_words_and_when_each_may_be_said(seat: Seat, caller: Phone) -> None:
    buttons = dict(re.findall(r'data-code="(\w+)"[^>]*?( disabled)?>', seat.opens().response.text))
    assert buttons == {"F01": "", "F02": "", "F03": " disabled", "G01": "", "G02": "", "G03": " disabled"}
    assert press(seat, "say", code="G02") == 204
    page = seat.opens()
    assert "1回" in page.words
    assert dict(re.findall(r'data-code="(\w+)"[^>]*?( disabled)?>', page.response.text))["G03"] == ""
    assert press(seat, "say", code="G03") == 204
    seat.desk.line.advance(20)
    assert seat.desk.call(caller.sid).state is CallState.ENDED


def test_the_help_panel_shows_the_words_as_the_operator_changed_them(desk: Console, seat: Seat, caller: Phone) -> None:
    with desk.work() as session:
        changed_phrases.change(session, "F01", Change("ゆっくりで、大丈夫です。"), by=None, now=desk.clock.now())
        changed_phrases.refresh_if_changed(session, 1)
    assert "ゆっくりで、大丈夫です。" in seat.opens().words
    assert press(seat, "say", code="F01") == 204
    desk.line.advance(5)
    assert caller.heard[-1] == "ゆっくりで、大丈夫です。"


def test_the_telephone_company_s_own_limits_are_told_in_good_time_to_counsellor_and_supervisors(
    desk: Console, seat: Seat, caller: Phone
) -> None:
    chief = desk.seat("tokatsu", role=Role.SUPERVISOR)
    assert not any("ごろに" in seen.opens().words for seen in (seat, chief))
    leg_id = seat.presence.offer_id
    with desk.work() as session:
        leg = session.get_one(Offer, leg_id)
        assert leg.answered_at is not None
        leg.answered_at -= timedelta(hours=2, minutes=45)
    assert "14:15ごろに、あなたの側が切れ" in seat.opens().words
    for page in ("/console/", "/reports/board"):
        assert "担当07さんの通話が、14:15ごろに" in chief.opens(page).words
    with desk.work() as session:
        desk.call_in(session, caller.sid).arrived_at -= timedelta(hours=3, minutes=50)
    assert "14:10ごろに、この電話が切れます" in seat.opens().words
    assert desk.call(caller.sid).state is CallState.TALKING


def test_the_soft_limit_is_called_to_mind_and_cuts_nothing(desk: Console, seat: Seat, caller: Phone) -> None:
    assert "目安の40分" not in seat.opens().words
    with desk.work() as session:
        call = desk.call_in(session, caller.sid)
        assert call.talked_at is not None
        call.talked_at -= timedelta(minutes=35)
    page = seat.opens()
    assert "目安の40分が近くなりました。電話は切れません" in page.words
    assert "今日の時間は、あと5分ほどです" in page.words
    assert desk.call(caller.sid).state is CallState.TALKING


def test_an_announcement_is_shown_while_it_plays_and_when_it_is_over(desk: Console, seat: Seat, caller: Phone) -> None:
    assert press(seat, "say", code="F01") == 204
    assert "「話さなくても大丈夫と伝える」を流しています…" in seat.opens().words
    desk.line.advance(20)
    assert "「話さなくても大丈夫と伝える」を流し終わりました。" in seat.opens().words
    desk.line.advance(20)
    assert "を流し" not in seat.opens().words


def test_an_announcement_whose_end_is_not_told_is_not_shown_for_ever(desk: Console, seat: Seat, caller: Phone) -> None:
    desk.working = False
    press(seat, "say", code="F01")
    desk.line.advance(40)
    assert "を流しています…" in seat.opens().words
    desk.line.advance(30)
    assert "を流し" not in seat.opens().words
