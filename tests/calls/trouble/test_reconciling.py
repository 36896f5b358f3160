"""After anything was lost, our rows say again what the telephone company knows to be true."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, EndReason, OfferState, Source
from callcenter.domain.duty.presence import Work
from callcenter.jobs import reconcile, worker
from callcenter.jobs.loop import keep_running
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Offer, Presence
from ivr.simulator.clock import JST
from ivr.simulator.line.queues import is_waiting
from tests.desk import Counsellor, Desk
from tests.line import Phone
from tests.outages import without_database


def compare(desk: Desk) -> str:
    """Let the worker compare, some minutes later, with its telephone news lost for good."""
    desk.line.pulse = 10
    desk.line.advance(130)
    desk.line.pulse = 1
    with desk.app.app_context():
        how = reconcile.reconcile()
    desk.line.settle()
    return how


def written_down(desk: Desk) -> list[tuple[Source, CallOutcome | None, EndReason | None]]:
    return [(call.source, call.outcome, call.why) for call in desk.calls()]


def test_a_call_that_came_and_went_without_a_database_is_written_down_once(desk: Desk) -> None:
    with without_database(desk):
        phone = desk.line.dial("+81312345678")
        desk.line.advance(20)
        phone.hangs_up()
    assert desk.calls() == []
    assert [compare(desk) for _ in range(3)] == ["done"] * 3
    (call,) = desk.calls()
    assert (call.source, call.outcome, call.why) == (Source.RECONCILED, CallOutcome.FAILED, EndReason.TROUBLE)
    assert call.caller_sid == phone.sid
    assert call.ended_at is not None
    assert 19 <= (call.ended_at - call.arrived_at).total_seconds() <= 21
    assert call.caller_number is not None
    assert b"312345678" not in call.caller_number


def test_a_call_at_night_is_written_down_as_one_at_the_closed_door(desk: Desk) -> None:
    desk.line.at(datetime(2026, 11, 25, 20, tzinfo=JST))
    with without_database(desk):
        desk.line.dial()
        desk.line.advance(90)
    compare(desk)
    assert written_down(desk) == [(Source.RECONCILED, CallOutcome.CLOSED_BEFORE, None)]


def test_a_number_past_its_days_is_not_kept(desk: Desk) -> None:
    with without_database(desk):
        phone = desk.line.dial("+81312345678")
        phone.hangs_up()
    with desk.work() as session:
        from callcenter.services.delivery import chores, line_silence

        leased = chores.take(session, line_silence.COMPARISON, now=desk.clock.now(), every=timedelta(0))
        assert leased is not None
        chores.finish(session, leased)
    desk.line.at(desk.clock.now() + timedelta(days=40))
    with desk.app.app_context():
        from callcenter.services.talks import reconciliation

        (leg,) = desk.telephony.callers_of("+81120529528", since=desk.clock.now() - timedelta(days=50))
        with desk.work() as session:
            reconciliation.record_caller_leg_end(session, leg, now=desk.clock.now(), policy=desk.settings.policy)
    assert [call.caller_number for call in desk.calls()] == [None]


def test_what_is_under_way_is_left_to_its_own_webhooks(desk: Desk) -> None:
    with without_database(desk):
        phone = desk.line.dial()
        desk.line.advance(5)
    desk.working = False
    with desk.app.app_context():
        reconcile.reconcile()
    assert desk.calls() == []
    phone.hangs_up()
    with desk.app.app_context():
        reconcile.reconcile(every=timedelta(0))
    assert desk.calls() == []


def test_a_call_whose_last_status_never_came_is_ended_when_it_ended(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    desk.line.faults.lost = 1
    with without_database(desk):
        phone.hangs_up()
    desk.working = False
    ended = desk.clock.now()
    assert desk.call(phone.sid).state is CallState.WAITING
    compare(desk)
    call = desk.call(phone.sid)
    assert (call.state, call.source) == (CallState.ENDED, Source.LINE)
    assert call.ended_at is not None
    assert abs(call.ended_at - ended) < timedelta(seconds=2)


def test_a_talk_whose_counsellor_vanished_unheard_is_not_left_in_silence(desk: Desk) -> None:
    counsellor, phone = _talk(desk)
    desk.line.faults.lost = 1
    counsellor.handset.hangs_up()
    desk.line.faults.lost = 0
    assert desk.call(phone.sid).state is CallState.TALKING
    compare(desk)
    desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert counsellor.work is Work.WRAP_UP
    assert any("切れました" in text for text in phone.heard)


def test_a_ring_that_ended_unheard_frees_its_counsellor(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    desk.line.faults.lost = 1
    counsellor.handset.declines()
    compare(desk)
    assert desk.offers()[0].state is OfferState.MISSED
    assert counsellor.work is Work.AVAILABLE


def test_a_leg_that_nobody_wants_any_more_is_hung_up(desk: Desk) -> None:
    counsellor, _ = _talk(desk)
    desk.working = False
    with desk.work() as session:
        offer = session.scalars(select(Offer)).one()
        offer.state, offer.left_at = OfferState.LEFT, desk.clock.now()
    compare(desk)
    desk.working = True
    desk.line.advance(1)
    assert counsellor.handset.state == "completed"


def test_a_leg_that_no_offer_knows_is_hung_up_if_it_rings_at_ours(desk: Desk) -> None:
    counsellor = desk.counsellor()
    urls = {"answer_url": "https://desk.test/ivr/offer/x/answer", "status_url": "https://desk.test/ivr/offer/x/status"}
    desk.line.faults.lost = 1
    for to in (counsellor.address, "+819099999999"):
        desk.telephony.ring(to, timeout=600, **urls)
    compare(desk)
    assert counsellor.handset.state == "canceled"
    assert desk.line.handsets["+819099999999"].rings


def test_a_caller_whom_we_believe_to_wait_is_fetched_out_of_an_empty_room(desk: Desk) -> None:
    counsellor, phone = _talk(desk)
    desk.working = False
    desk.line.faults.lost = 1
    counsellor.handset.hangs_up()
    with desk.work() as session:
        call = desk.call_in(session, phone.sid)
        call.state, call.offer_id = CallState.WAITING, None
    desk.line.advance(130)
    (room_sid,) = desk.telephony.rooms()
    assert desk.telephony.in_room(room_sid, phone.sid)
    assert not desk.telephony.in_room(room_sid, counsellor.handset.sid)
    with desk.app.app_context():
        reconcile.reconcile()
    desk.line.faults.lost = 0
    desk.line.advance(2)
    assert is_waiting(phone.leg)


@pytest.mark.parametrize("claimed, then", [(False, Work.AVAILABLE), (True, Work.WRAP_UP)])
def test_a_counsellor_bound_to_what_is_over_is_freed(desk: Desk, claimed: bool, then: Work) -> None:
    counsellor, phone = _talk(desk)
    phone.hangs_up()
    counsellor.is_ready_again()
    with desk.work() as session:
        row = session.get_one(Presence, counsellor.staff_id)
        row.work, row.since = Work.ON_CALL, desk.clock.now()
        row.offer_id = session.scalars(select(Offer.id)).one() if claimed else new_id()
    compare(desk)
    assert counsellor.work is then


def test_two_workers_at_once_compare_once(desk: Desk) -> None:
    with desk.app.app_context():
        assert [reconcile.reconcile(), reconcile.reconcile()] == ["done", "not_wanted"]
        assert reconcile.reconcile(every=reconcile.AT_START) == "not_wanted"
    desk.line.advance(25)
    with desk.app.app_context():
        assert reconcile.reconcile(every=reconcile.AT_START) == "done"


def test_a_telephone_company_that_does_not_tell_stops_nothing_and_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_database(desk):
        desk.line.dial().hangs_up()
    desk.line.advance(130)
    for fault in ("rest_429", "rest_503", "rest_lost", "rest_401", "rest_404"):
        desk.line.faults.next_rest = [fault]
        with desk.app.app_context():
            assert reconcile.reconcile(every=timedelta(0)) != "done"
    assert compare(desk) == "done"
    assert len(desk.calls()) == 1


def test_a_database_that_is_away_while_comparing_stops_no_worker(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, looks = threading.Event(), list[int]()
    compares = reconcile.reconcile

    def look(*, every: timedelta) -> str:
        looks.append(len(looks))
        if len(looks) == 3:
            stop.set()
        if len(looks) == 2:
            raise KeyError("a mistake of ours")
        return compares(every=every)

    monkeypatch.setattr(reconcile, "reconcile", look)
    monkeypatch.setattr(worker, "RECONCILE", 0.01)
    with without_database(desk):
        keep_running(desk.app, worker.lanes(stop)["reconciler"], stop)
    assert len(looks) == 3
    assert "the telephone company's list waits: the database does not answer" in caplog.text
    assert "failed and is tried again: KeyError" in caplog.text


def test_everybody_who_is_well_is_left_alone(desk: Desk) -> None:
    counsellor, phone = _talk(desk)
    waiting = desk.line.dial()
    before = desk.events()
    desk.line.advance(70)
    settled = desk.events()
    with desk.app.app_context():
        assert reconcile.reconcile(every=timedelta(0)) == "done"
    assert desk.events() == settled
    assert before == settled[: len(before)]
    assert (phone.state, waiting.state, counsellor.work) == ("in-progress", "in-progress", Work.ON_CALL)


def _talk(desk: Desk) -> tuple[Counsellor, Phone]:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    return counsellor, phone
