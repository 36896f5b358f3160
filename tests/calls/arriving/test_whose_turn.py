"""Whose turn it is: the longest idle first, and what does and does not cost a counsellor their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from callcenter.domain.calls.lifecycle import CallerKey, CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.models.staff.accounts import Staff
from callcenter.services.duty import presence
from callcenter.services.staff import accounts
from callcenter.services.talks import ringing
from callcenter.services.trail.audit import OPERATOR
from tests.desk import Counsellor, Desk


@pytest.fixture
def three(desk: Desk) -> list[Counsellor]:
    """Three counsellors who came one after another."""
    came = []
    for number in (1, 2, 3):
        came.append(desk.counsellor(f"tanto0{number}", phone=f"+81900000000{number}"))
        desk.line.advance(1)
    return came


def turns(desk: Desk, people: list[Counsellor]) -> list[int]:
    """Who was rung so far, in order, by their place in *people*."""
    places = {one.staff_id: place for place, one in enumerate(people)}
    return [places[offer.staff_id] for offer in desk.offers()]


def declines(counsellor: Counsellor) -> None:
    offer_id = counsellor.presence.offer_id
    assert offer_id is not None
    with counsellor.desk.work() as session:
        offer = ringing.find(session, offer_id)
        assert offer is not None
        ringing.close_offer(session, offer, OfferState.DECLINED, now=counsellor.desk.clock.now())
    counsellor.desk.line.settle()


def test_when_everybody_lets_it_ring_each_has_two_turns_the_last_two_at_once_and_then_it_is_over(
    desk: Desk, three: list[Counsellor]
) -> None:
    phone = desk.line.dial()
    desk.line.advance(5 * 60)
    assert turns(desk, three) == [0, 1, 2, 0, 1, 2]
    assert [(one.work, one.presence.reason) for one in three] == [(Work.AWAY, AwayReason.MISSED)] * 3
    began = [offer.rung_at for offer in desk.offers()]
    assert all(later - earlier >= timedelta(seconds=15) for earlier, later in pairwise(began[:5]))
    assert began[5] == began[4]
    assert phone.heard  # told that nobody can answer, not left with music


def test_a_burst_of_callers_rings_as_fast_as_the_line_takes_calls_and_everybody_has_their_full_ring(
    desk: Desk, three: list[Counsellor]
) -> None:
    line = desk.line.engine.outbound.x
    line.settings = replace(line.settings, calls_per_second=1)  # what Twilio gives an ordinary account
    for _ in three:
        desk.line.dial()
    desk.line.advance(12)
    legs = [one.handset.calls[0] for one in three]
    assert sorted(leg.queue_time for leg in legs) == [0, 1000, 2000]
    assert all(one.rings for one in three)
    desk.line.advance(25)
    assert all(one.handset.calls[0].status == "no-answer" for one in three)


def test_a_counsellor_alone_who_declines_is_not_rung_again_at_once(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    declines(counsellor)
    desk.line.advance(10)
    assert (len(desk.offers()), counsellor.work) == (1, Work.AVAILABLE)
    desk.line.advance(8)
    assert (counsellor.rings, desk.call(phone.sid).state) == (True, CallState.WAITING)


def test_a_caller_who_was_declined_keeps_nobody_else_waiting(desk: Desk) -> None:
    only = desk.counsellor()
    first, second = desk.line.dial(), desk.line.dial()
    desk.line.advance(5)
    declines(only)
    desk.line.advance(1)
    assert only.rings
    assert [offer.call_id for offer in desk.offers()] == [desk.call(first.sid).id, desk.call(second.sid).id]


def test_declining_asks_for_no_reason_and_costs_the_turn(desk: Desk, three: list[Counsellor]) -> None:
    desk.line.dial()
    desk.line.advance(5)
    declines(three[0])
    desk.line.dial()
    desk.line.advance(5)
    assert turns(desk, three) == [0, 1, 2]
    assert three[0].work is Work.AVAILABLE


def test_a_caller_who_hangs_up_costs_nobody_the_turn(desk: Desk, three: list[Counsellor]) -> None:
    before = three[0].presence.idle_since
    phone = desk.line.dial()
    desk.line.advance(5)
    phone.hangs_up()
    desk.line.advance(1)
    assert three[0].presence.idle_since == before
    desk.line.dial()
    desk.line.advance(5)
    assert turns(desk, three) == [0, 0]


def test_a_missed_ring_sends_the_counsellor_to_the_back(desk: Desk, three: list[Counsellor]) -> None:
    phone = desk.line.dial()
    desk.line.advance(25)
    three[1].takes_the_call()
    phone.hangs_up()
    desk.line.dial()
    desk.line.advance(5)
    desk.line.dial()
    desk.line.advance(5)
    assert turns(desk, three) == [0, 1, 2, 0]


def test_whoever_comes_back_from_a_record_a_break_or_home_stands_behind_those_who_waited(
    desk: Desk, three: list[Counsellor]
) -> None:
    talker, rester, _ = three
    with desk.work() as session:
        staff = session.get_one(Staff, rester.staff_id)
        presence.become_unavailable(session, staff, Work.AWAY, now=desk.clock.now(), reason=AwayReason.BREAK)
    phone = desk.line.dial()
    desk.line.advance(5)
    talker.takes_the_call()
    phone.hangs_up()
    newcomer = desk.counsellor("tanto04", phone="+819000000004")
    desk.line.advance(1)
    rester.is_ready_again()
    desk.line.advance(1)
    talker.is_ready_again()
    for _ in range(4):
        desk.line.dial()
        desk.line.advance(4)
    assert turns(desk, [*three, newcomer]) == [0, 2, 3, 1, 0]


def test_a_late_winner_of_a_lost_claim_keeps_the_turn(desk: Desk, three: list[Counsellor]) -> None:
    before = three[0].presence.idle_since
    phone = desk.line.dial()
    desk.line.advance(5)
    three[0].handset.answers()  # and while the counsellor listens what to press, the caller gives up
    desk.working = False
    phone.hangs_up()
    three[0].handset.presses("1")
    desk.working = True
    desk.line.advance(2)
    assert (three[0].work, three[0].presence.idle_since) == (Work.AVAILABLE, before)


def prefers(counsellor: Counsellor, key: CallerKey | None) -> None:
    with counsellor.desk.work() as session:
        staff = session.get_one(Staff, counsellor.staff_id)
        accounts.set_preference(session, staff, key, by=OPERATOR, now=counsellor.desk.clock.now())


def test_a_counsellor_who_prefers_families_is_rung_last_for_others_and_costs_nobody_a_wait(desk: Desk) -> None:
    families, anybody = desk.counsellor("tanto01", phone="+819000000001"), desk.counsellor("tanto02")
    prefers(families, CallerKey.FAMILY)
    first, second = desk.line.dial(), desk.line.dial()
    for phone in (first, second):
        phone.presses("1")
    desk.line.advance(6)
    assert turns(desk, [families, anybody]) == [1]
    assert desk.call(second.sid).state is CallState.WAITING
    desk.line.advance(desk.settings.policy.prefer_for.total_seconds())
    assert turns(desk, [families, anybody]) == [1, 0]


def test_a_caller_whose_key_fits_is_rung_for_in_the_usual_order(desk: Desk) -> None:
    families, anybody = desk.counsellor("tanto01", phone="+819000000001"), desk.counsellor("tanto02")
    prefers(families, CallerKey.FAMILY)
    desk.line.dial().presses("2")
    desk.line.advance(5)
    assert turns(desk, [families, anybody]) == [0]
    prefers(anybody, CallerKey.SELF)
    prefers(anybody, None)
    desk.line.dial().presses("2")
    desk.line.advance(5)
    assert turns(desk, [families, anybody]) == [0, 1]
