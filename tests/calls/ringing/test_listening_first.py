"""A counsellor at a telephone hears what is offered before pressing 1: nobody who picked up is hung up or put away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from tests.calls.webhooks import form, post
from tests.desk import Counsellor, Desk

LEG = "CA" + "7" * 32


def hears_it_out(counsellor: Counsellor) -> None:
    """Let it ring, pick up, and press nothing until the line lets go."""
    passes_until(counsellor.desk, lambda: counsellor.rings)
    counsellor.handset.answers()
    leg = counsellor.handset.leg
    passes_until(counsellor.desk, lambda: leg.over)
    assert leg.status == "completed"


def passes_until(desk: Desk, true: Callable[[], bool]) -> None:
    for _ in range(40):
        if true():
            return
        desk.line.advance(1)
    raise AssertionError("it did not come about within forty seconds")


@pytest.mark.parametrize("rung_for", [1, 10, 14.5])
@pytest.mark.parametrize("listened_for", [5, 12, 17])
def test_a_counsellor_who_picked_up_is_not_hung_up_while_they_listen(
    desk: Desk, rung_for: float, listened_for: float
) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5 + rung_for)
    counsellor.handset.answers()
    desk.line.advance(listened_for)
    assert counsellor.handset.state == "in-progress"
    counsellor.handset.presses("1")
    desk.line.advance(8)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert (counsellor.presence.misses, counsellor.presence.keyless) == (0, 0)


def test_a_second_time_without_a_key_puts_nobody_away_who_picked_up(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    hears_it_out(counsellor)
    hears_it_out(counsellor)
    assert counsellor.work is not Work.AWAY
    assert [offer.state for offer in desk.offers()][:2] == [OfferState.MISSED] * 2
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(8)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert counsellor.presence.keyless == 0


def test_a_ring_that_was_picked_up_parts_two_that_were_not(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(26)
    assert counsellor.presence.misses == 1
    hears_it_out(counsellor)
    assert (counsellor.work is Work.AWAY, counsellor.presence.misses) == (False, 0)


def test_a_machine_that_picks_up_three_times_in_a_row_is_rung_no_more(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    for _ in range(3):
        hears_it_out(counsellor)
    assert (counsellor.work, counsellor.presence.reason) == (Work.AWAY, AwayReason.MISSED)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_whoever_puts_the_receiver_down_has_declined_and_missed_nothing(desk: Desk) -> None:
    counsellor, other = desk.counsellor(), desk.counsellor("tanto03", phone="+819000000003")
    desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.line.advance(4)
    counsellor.handset.hangs_up()
    assert desk.offers()[0].state is OfferState.DECLINED
    assert (counsellor.work, counsellor.presence.misses) == (Work.AVAILABLE, 0)
    desk.line.advance(3)
    assert other.rings
    assert not counsellor.rings


def test_the_wait_for_the_key_is_counted_from_the_answer_and_ends(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(4)
    desk.line.faults.lost = 1
    offer = desk.offers()[0]
    desk.line.advance(16)
    post(desk, f"/ivr/offer/{offer.id}/answer", form(LEG))  # its question is never answered, and nothing more is heard
    desk.line.advance(42)
    assert desk.offers()[0].state is OfferState.SCREENING
    desk.line.advance(7)
    assert desk.offers()[0].state is OfferState.MISSED
    assert (counsellor.presence.misses, counsellor.presence.keyless) == (0, 1)


def test_at_closing_time_a_counsellor_who_listens_may_still_take_the_last_caller(desk: Desk) -> None:
    policy = desk.settings.policy
    assert policy.last_ring >= timedelta(seconds=policy.ring_telephone + 5) + policy.ring_slack + policy.key_within
