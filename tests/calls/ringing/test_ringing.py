"""Who is rung, in which order, and what becomes of a ring that nobody answers."""

from __future__ import annotations

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import AwayReason, Work
from tests.desk import Desk


def test_a_counsellor_who_lets_it_ring_goes_to_the_back_and_the_next_one_is_rung(desk: Desk) -> None:
    first = desk.counsellor("tanto01", phone="+819000000001")
    desk.line.advance(1)
    second = desk.counsellor("tanto02", phone="+819000000002")
    desk.line.dial()
    desk.line.advance(5)
    assert first.rings
    desk.line.advance(25)
    assert not first.rings
    assert second.rings
    assert first.work is Work.AVAILABLE


def test_two_missed_rings_in_a_row_put_the_counsellor_away(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(70)
    assert len(counsellor.handset.calls) == 2
    assert (counsellor.work, counsellor.presence.reason) == (Work.AWAY, AwayReason.MISSED)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_an_answering_machine_never_gets_the_caller(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.line.advance(30)
    assert desk.call(phone.sid).claimed_at is None
    assert counsellor.handset.calls[0].status == "completed"


def test_pressing_2_leaves_the_caller_to_others(desk: Desk) -> None:
    counsellor = desk.counsellor()
    other = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    counsellor.handset.presses("2")
    desk.line.advance(3)
    assert other.rings
    assert not counsellor.rings


def test_the_longest_idle_counsellor_is_rung_first(desk: Desk) -> None:
    early = desk.counsellor("tanto01", phone="+819000000001")
    desk.line.advance(30)
    late = desk.counsellor("tanto02", phone="+819000000002")
    desk.line.dial()
    desk.line.advance(5)
    assert early.rings
    assert not late.rings


def test_a_counsellor_who_never_comes_back_is_not_waited_for(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(70)
    assert desk.call(phone.sid).state is CallState.WAITING
    desk.line.pulse = 10
    desk.line.advance(4 * 60)
    assert phone.state == "completed"
    assert any("相談員が電話に出られません" in text for text in phone.heard)
