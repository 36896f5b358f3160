"""Two processes that do the same thing in the same moment: one of them wins, and nobody is rung twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.exc import IntegrityError, OperationalError

from callcenter.context import context, unit_of_work
from callcenter.domain.calls import LIVE_OFFERS, CallState, OfferState
from callcenter.services import calls, dispatching, routing
from tests.calls.webhooks import INCOMING, form, post
from tests.desk import Desk

PROCESSES = 4


def together(desk: Desk, act: Callable[[], object]) -> list[object]:
    """Let several threads, each with its own connection, begin *act* in the same moment."""
    start = Barrier(PROCESSES)

    def one(_number: int) -> object:
        with desk.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    return act()
            except (IntegrityError, OperationalError) as lost:
                return type(lost).__name__

    with ThreadPoolExecutor(PROCESSES) as threads:
        return list(threads.map(one, range(PROCESSES)))


def dispatch() -> int:
    from callcenter.models.base import db

    return len(dispatching.dispatch(db.session(), now=context().ports.clock.now(), policy=context().settings.policy))


def test_dispatchers_at_once_ring_each_counsellor_and_each_caller_only_once(desk: Desk) -> None:
    desk.working = False
    for number in range(3):
        desk.counsellor(f"tanto{number}", phone=f"+81900000001{number}")
    for _ in range(4):
        desk.line.dial()
    desk.line.advance(5)
    together(desk, dispatch)
    live = [offer for offer in desk.offers() if offer.state in LIVE_OFFERS]
    assert len(live) == 3
    assert max(Counter(offer.staff_id for offer in live).values()) == 1
    assert max(Counter(offer.call_id for offer in live).values()) == 1


def test_of_claims_at_once_exactly_one_wins(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    offer_id = desk.offers()[0].id

    def claim() -> bool:
        from callcenter.models.base import db

        offer, call = routing.find_with_call(db.session(), offer_id)
        assert offer is not None
        assert call is not None
        return routing.claim(db.session(), offer, call, now=context().ports.clock.now())

    won = together(desk, claim)
    assert won.count(True) == 1
    assert desk.calls()[0].state is CallState.CLAIMED
    assert desk.offers()[0].state is OfferState.CLAIMED
    assert desk.events().count("claimed") == 1
    assert counsellor.presence.offer_id == offer_id


def test_the_same_first_webhook_at_once_is_one_call_with_one_answer(desk: Desk) -> None:
    with ThreadPoolExecutor(PROCESSES) as threads:
        answers = list(threads.map(lambda _: post(desk, INCOMING, form(), I_Twilio_Idempotency_Token="t"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len(desk.calls()) == 1


def test_the_same_call_under_different_tokens_at_once_is_one_call(desk: Desk) -> None:
    def send(number: int) -> int:
        return post(desk, INCOMING, form(), I_Twilio_Idempotency_Token=f"t{number}").status_code

    with ThreadPoolExecutor(PROCESSES) as threads:
        assert set(threads.map(send, range(6))) == {200}
    assert len(desk.calls()) == 1


def test_a_caller_who_is_gone_is_never_claimed(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.handset.answers()
    desk.working = False
    phone.hangs_up()
    counsellor.handset.presses("1")
    desk.line.advance(10)
    assert any("切れました" in text for text in counsellor.handset.heard)
    assert counsellor.handset.state == "completed"
    with desk.work() as session:
        call = calls.find(session, phone.sid)
        assert call is not None
        assert call.claimed_at is None
