"""The worker is dead or hangs, and callers get through all the same: the web processes do its rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.domain.calls.lifecycle import CallOutcome, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.ports import Ports
from callcenter.jobs import relay
from callcenter.jobs.line.substitute import Duty
from callcenter.models.calls.calls import Presence
from callcenter.services.calls import dispatching
from callcenter.services.delivery import heartbeats, outbox
from callcenter.services.delivery.heartbeats import ERRANDS, LINE
from tests.calls.talking.talks import hears
from tests.desk import Counsellor, Desk
from tests.line import Phone

AGAIN_WITHIN = 20
"""Seconds in which a waiting caller asks what comes next, at the latest."""


class Woken:
    """Stands in the place of the threads of a web process: what was asked for is done at the next tick."""

    def __init__(self) -> None:
        self.asked = False

    def wake(self) -> None:
        self.asked = True


class UnmannedDesk(Desk):
    """A desk whose worker does nothing, and whose web process does the rounds once a webhook has woken it."""

    def __init__(self, database_url: str) -> None:
        self.substitute, self.duty, self._woken_at = Woken(), Duty(relay.run), float("-inf")
        super().__init__(database_url)
        self.working = False

    def _ports(self) -> Ports:
        return replace(super()._ports(), substitute=self.substitute)

    def _tick(self) -> None:
        if self.substitute.asked:
            self.substitute.asked, self._woken_at = False, self.line.engine.elapsed
        if self.line.engine.elapsed - self._woken_at <= AGAIN_WITHIN or self.duty.has_more:
            with self.app.app_context():
                self.duty.look()

    def worker_was_heard(self, *lanes: str, ago: float = 0) -> None:
        """Store heartbeats that a worker left behind."""
        at = self.clock.now() - timedelta(seconds=ago)
        with self.work() as session:
            heartbeats.record(session, "worker", dict.fromkeys(lanes, at))


@pytest.fixture
def desk(database_url: str) -> Iterator[UnmannedDesk]:
    desk = UnmannedDesk(database_url)
    yield desk
    desk.close()


def talking(desk: UnmannedDesk) -> tuple[Phone, Counsellor]:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert hears(phone, counsellor.handset)
    return phone, counsellor


def test_a_caller_gets_through_without_any_worker(desk: UnmannedDesk) -> None:
    phone, counsellor = talking(desk)
    phone.hangs_up()
    desk.line.advance(5)
    assert desk.outcome(phone.sid) == (CallState.ENDED, CallOutcome.COMPLETED)
    assert counsellor.work is Work.WRAP_UP


def test_a_counsellor_can_end_the_call_without_any_worker(desk: UnmannedDesk) -> None:
    phone, counsellor = talking(desk)
    desk.line.advance(120)  # nothing comes in, and nobody is awake
    counsellor.ends_the_call()
    desk.line.advance(2)
    assert phone.state == "completed"
    assert counsellor.work is Work.WRAP_UP


def test_a_telephone_stops_ringing_when_the_caller_has_gone_without_any_worker(desk: UnmannedDesk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings
    phone.hangs_up()
    desk.line.advance(2)
    assert not counsellor.rings
    assert counsellor.work is Work.AVAILABLE


def test_a_caller_whose_counsellor_was_lost_is_fetched_back_without_any_worker(desk: UnmannedDesk) -> None:
    phone, counsellor = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    counsellor.handset.hangs_up()
    desk.line.advance(20)
    assert colleague.rings
    colleague.takes_the_call()
    desk.line.advance(5)
    assert hears(phone, colleague.handset)


def test_a_browser_that_is_back_in_time_is_rung_first_without_any_worker(desk: UnmannedDesk) -> None:
    counsellor, phone = desk.counsellor(phone=None), desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(3)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    counsellor.handset.hangs_up()
    desk.line.advance(10)
    assert not colleague.handset.calls
    with desk.work() as session:
        row = session.get_one(Presence, counsellor.staff_id)
        row.registered, row.heartbeat_at = True, desk.clock.now()
    desk.line.advance(3)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(8)
    assert hears(phone, counsellor.handset)


def test_who_is_not_answered_is_offered_to_somebody_else_without_any_worker(desk: UnmannedDesk) -> None:
    first, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(5)
    second = desk.counsellor("tanto03", phone="+819000000003")
    assert first.rings
    desk.line.advance(40)
    assert second.handset.calls
    assert OfferState.MISSED in {offer.state for offer in desk.offers()}
    assert phone.state == "in-progress"


def test_somebody_who_becomes_free_is_rung_without_any_worker(desk: UnmannedDesk) -> None:
    desk.counsellor()
    first = desk.line.dial()
    desk.line.advance(5)
    desk.line.handsets["+819000000002"].answers()
    desk.line.handsets["+819000000002"].presses("1")
    second = desk.line.dial()
    desk.line.advance(60)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.advance(AGAIN_WITHIN + 1)
    assert colleague.rings
    assert (first.state, second.state) == ("in-progress", "in-progress")


def test_a_worker_that_was_just_heard_is_left_to_its_work(desk: UnmannedDesk) -> None:
    counsellor = desk.counsellor()
    desk.worker_was_heard(LINE, ERRANDS)
    desk.line.dial()
    desk.line.advance(heartbeats.FRESH_FOR.total_seconds() - 1)
    assert counsellor.handset.calls == []


@pytest.mark.parametrize("still_heard", [(), (LINE,), (ERRANDS,)])
def test_a_worker_that_hangs_in_one_of_its_lanes_is_stood_in_for(
    desk: UnmannedDesk, still_heard: tuple[str, ...]
) -> None:
    counsellor = desk.counsellor()
    desk.worker_was_heard(LINE, ERRANDS, ago=heartbeats.FRESH_FOR.total_seconds() + 1)
    with desk.work() as session:
        heartbeats.record(session, "another", dict.fromkeys(still_heard, desk.clock.now() + timedelta(seconds=10)))
    desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings


def test_a_worker_that_dies_while_somebody_waits_is_missed_before_the_greeting_is_over(desk: UnmannedDesk) -> None:
    counsellor = desk.counsellor()
    desk.worker_was_heard(LINE, ERRANDS)
    phone = desk.line.dial()
    desk.line.advance(heartbeats.FRESH_FOR.total_seconds() + 3)
    assert counsellor.rings
    assert len(phone.heard) <= 2


def test_a_ring_over_which_the_worker_was_stopped_is_taken_up(desk: UnmannedDesk) -> None:
    counsellor, phone = desk.counsellor(), desk.line.dial()
    desk.line.advance(2)
    now = desk.clock.now() + timedelta(seconds=1)
    with desk.work() as session:
        assert len(dispatching.dispatch(session, now=now, policy=desk.settings.policy)) == 1
    with desk.work() as session:
        (errand,) = outbox.due(session, now=now)
        assert outbox.lease(session, errand.message_id, now=now) is not None
    desk.line.advance(outbox.LEASE.total_seconds() - 1)
    assert counsellor.handset.calls == []  # whoever holds it may be about to ring
    desk.line.advance(4)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert hears(phone, counsellor.handset)


def test_a_clock_that_was_put_back_leaves_no_heartbeat_in_the_future(desk: UnmannedDesk) -> None:
    desk.worker_was_heard(LINE, ERRANDS, ago=-3600)
    with desk.work() as session:
        assert not heartbeats.state(session, now=desk.clock.now()).well
