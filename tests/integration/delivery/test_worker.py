"""Errands for the world outside: done once, tried again when they may be, never doubled when they must not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState, OfferState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.telephony import LineBusy, LineShut, LineUnknown
from callcenter.jobs import relay, worker
from callcenter.jobs.loop import keep_running
from callcenter.models.calls.calls import Presence
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import outbox
from tests.desk import Desk
from tests.integration.consoles import opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


def rings(desk: Desk) -> int:
    """How often the telephone company was asked to ring somebody."""
    return sum(path.endswith("/Calls") for path in desk.line.paths())


def test_two_workers_do_an_errand_once(desk: Desk) -> None:
    with desk.work() as session:
        outbox.put(session, "ring", now=desk.clock.now(), offer="nobody")
    with desk.work() as session:
        message_id = outbox.due(session, now=desk.clock.now())[0].message_id
        assert outbox.lease(session, message_id, now=desk.clock.now()) is not None
    with desk.work() as session:
        assert outbox.lease(session, message_id, now=desk.clock.now()) is None
        assert outbox.due(session, now=desk.clock.now()) == []


def test_an_errand_of_a_worker_that_died_is_taken_by_the_next(desk: Desk) -> None:
    now = desk.clock.now()
    with desk.work() as session:
        outbox.put(session, "ring", now=now, offer="nobody")
    with desk.work() as session:
        message_id = outbox.due(session, now=now)[0].message_id
        first = outbox.lease(session, message_id, now=now)
        assert first is not None
    later = now + outbox.LEASE
    with desk.work() as session:
        assert [errand.message_id for errand in outbox.due(session, now=later)] == [message_id]
        second = outbox.lease(session, message_id, now=later)
        assert second is not None
        assert not outbox.finish(session, first, "done", now=later)
        assert outbox.finish(session, second, "done", now=later)


def test_a_counsellor_is_never_rung_twice_because_an_answer_was_lost(desk: Desk) -> None:
    desk.counsellor()
    desk.line.faults.next_rest = ["rest_timeout"]
    desk.line.dial()
    desk.line.advance(12)
    assert rings(desk) == 1
    assert desk.offers()[0].leg_sid is not None  # learnt from the leg's own news


def test_a_counsellor_whose_ring_got_lost_may_still_take_the_call(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.faults.next_rest = ["rest_timeout"]
    phone = desk.line.dial()
    desk.line.advance(6)
    counsellor.takes_the_call()
    desk.line.advance(5)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_too_many_requests_are_tried_again(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.faults.next_rest = ["rest_429", "rest_429"]
    desk.line.dial()
    desk.line.advance(10)
    assert counsellor.rings
    assert len(desk.offers()) == 1


def test_a_browser_that_is_not_there_is_put_away_and_the_caller_goes_on_waiting(desk: Desk) -> None:
    counsellor = desk.counsellor(phone=None)
    desk.line.unregistered.add(counsellor.address.removeprefix("client:"))
    phone = desk.line.dial()
    desk.line.advance(8)
    assert (counsellor.work, counsellor.presence.registered) == (Work.AVAILABLE, False)
    with desk.work() as session:  # a frozen page still says that it can be rung
        session.get_one(Presence, counsellor.staff_id).registered = True
    counsellor.stays()
    desk.line.advance(8)
    assert (counsellor.work, counsellor.presence.reason) == (Work.AWAY, AwayReason.UNREACHABLE)
    assert desk.call(phone.sid).state is CallState.WAITING


def test_a_browser_without_heartbeat_is_not_rung(desk: Desk) -> None:
    counsellor = desk.counsellor(phone=None)
    desk.line.advance(30)
    desk.line.dial()
    desk.line.advance(6)
    assert not counsellor.handset.calls
    counsellor.stays()
    desk.line.advance(2)
    assert counsellor.rings


def test_an_errand_that_cannot_be_done_is_given_up_after_a_while(desk: Desk) -> None:
    now = desk.clock.now()
    with desk.work() as session:
        outbox.put(session, "hang_up", now=now - outbox.ON_THE_LINE.altogether, offer=_missed_offer_without_leg(desk))
    for _ in range(relay.TRIES):  # one that lay while no worker lived is tried as often as any other
        with desk.work() as session:
            errand = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "hang_up")).one()
            assert errand.done_at is None
            errand.due_at = now
        with desk.app.app_context():
            relay.drain()
    with desk.work() as session:
        errand = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "hang_up")).one()
        assert (errand.result, errand.done_at is not None) == ("gave_up", True)


def test_an_errand_that_stumbles_neither_stops_the_others_nor_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_facts: object) -> str:
        raise KeyError("a mistake of ours")

    monkeypatch.setitem(relay.ALL, "say_bye", stumble)
    with desk.work() as session:
        outbox.put(session, "say_bye", now=desk.clock.now(), offer="nobody")
        outbox.put(session, "hang_up", now=desk.clock.now(), offer="nobody")
    with desk.app.app_context():
        assert relay.drain() == 2
    with desk.work() as session:
        errands = {row.topic: row.done_at for row in session.scalars(select(OutboxMessage))}
    assert errands["say_bye"] is None
    assert errands["hang_up"] is not None


def test_the_worker_goes_on_after_a_look_that_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, looks = threading.Event(), list[float]()

    def look() -> None:
        looks.append(time.monotonic())
        if len(looks) > 1:
            stop.set()
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(worker, "ring_and_run_errands", look)
    ticker = threading.Thread(target=keep_running, args=(desk.app, worker.lanes(stop)["line"], stop))
    ticker.start()
    ticker.join(timeout=10)
    assert len(looks) == 2


class Answering(TwilioHttpClient):
    """The telephone company, or a server on the way to it, that answers everything alike."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__()
        self.status, self.text = status, text

    def request(self, *_args: object, **_more: object) -> Response:
        return Response(self.status, self.text)


def line_that_answers(status: int, text: str) -> TwilioLine:
    client = Answering(status, text)
    return TwilioLine("AC" + "0" * 32, "user", "secret", "https://line.test", "+815000000000", http_client=client)


def test_an_answer_that_is_no_json_leaves_the_fate_of_the_ring_open() -> None:
    line = line_that_answers(200, "<html>please sign in</html>")
    with pytest.raises(LineUnknown):
        line.ring("+819000000002", answer_url="https://desk.test/a", status_url="https://desk.test/s", timeout=15)


def test_nobody_is_in_a_room_that_is_no_longer_there() -> None:
    assert not line_that_answers(404, '{"code": 20404, "message": "not found"}').in_room("CF1", "CA1")


@pytest.mark.parametrize("status, meaning", [(429, LineBusy), (500, LineUnknown), (401, LineShut)])
def test_a_look_into_a_room_that_fails_says_what_may_be_done(status: int, meaning: type[Exception]) -> None:
    with pytest.raises(meaning):
        line_that_answers(status, '{"code": 20000, "message": "no"}').in_room("CF1", "CA1")


def _missed_offer_without_leg(desk: Desk) -> str:
    desk.counsellor()
    desk.working = False
    desk.line.dial()
    desk.line.advance(4)
    from callcenter.services.calls import dispatching

    with desk.work() as session:
        (offer,) = dispatching.dispatch(session, now=desk.clock.now(), policy=desk.settings.policy)
        offer.state = OfferState.MISSED
        return offer.id


def test_every_topic_somebody_writes_has_a_handler(desk: Desk) -> None:
    desk.counsellor().desk.line.dial()
    desk.line.advance(5)
    desk.line.handsets["+819000000002"].answers()
    desk.line.handsets["+819000000002"].presses("1")
    desk.line.advance(10)
    desk.line.handsets["+819000000002"].hangs_up()
    desk.line.advance(10)
    with desk.work() as session:
        topics = set(session.scalars(select(OutboxMessage.topic)))
    assert {"ring", "bring_caller", "rescue_caller"} <= topics <= set(relay.ALL)
