"""Two processes that do the same thing in the same moment: one of them wins, and nobody is rung twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.exc import IntegrityError, OperationalError

from callcenter.context import context, unit_of_work
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallState, OfferState
from callcenter.domain.duty.presence import Work
from callcenter.domain.talks.talk import NotNow
from callcenter.models.base import db
from callcenter.services.calls import calls, dispatching
from callcenter.services.talks import consult, handover, ringing
from tests.calls.talking.talks import consulting, talking
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
        offer, call = ringing.find_with_call(db.session(), offer_id)
        assert offer is not None
        assert call is not None
        return ringing.claim(db.session(), offer, call, now=context().ports.clock.now())

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


def test_of_hand_overs_at_once_exactly_one_counts(desk: Desk) -> None:
    caller, one, other = consulting(desk)
    desk.working = False
    leg_id = one.who.presence.offer_id
    assert leg_id is not None

    def hand_over() -> str:
        offer, call = ringing.find_with_call(db.session(), leg_id)
        assert offer is not None
        assert call is not None
        handover.complete(db.session(), call, offer, now=context().ports.clock.now())
        return "handed over"

    assert together(desk, hand_over) == ["handed over"] * PROCESSES
    assert desk.events().count("handed_over") == 1
    assert desk.call(caller.sid).offer_id == other.who.presence.offer_id


def test_a_colleague_comes_and_is_sent_away_at_once_and_the_caller_is_with_somebody(desk: Desk) -> None:
    caller, talker = talking(desk)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    talker.consults(colleague)
    desk.line.advance(2)
    desk.working = False
    asked_id, leg_id = colleague.presence.offer_id, talker.who.presence.offer_id
    assert asked_id is not None
    assert leg_id is not None
    acts = iter([True, False] * PROCESSES)

    def claim_or_cancel() -> object:
        claims, now = next(acts), context().ports.clock.now()
        offer, call = ringing.find_with_call(db.session(), asked_id if claims else leg_id)
        assert offer is not None
        assert call is not None
        if claims:
            return consult.claim(db.session(), offer, call, now=now)
        consult.cancel(db.session(), call, offer, now=now)
        return None

    together(desk, claim_or_cancel)
    call = desk.call(caller.sid)
    assert (call.consult_id, call.held_at, call.offer_id) == (None, None, leg_id)
    assert colleague.work is Work.AVAILABLE
    assert desk.events().count("consult_over") == 1


def test_two_who_ask_the_same_colleague_at_once_ring_them_once(desk: Desk) -> None:
    legs = []
    for number in range(2):
        talker = desk.counsellor(f"tanto{number}", phone=f"+81900000001{number}")
        desk.line.dial()
        desk.line.advance(5)
        talker.takes_the_call()
        desk.line.advance(2)
        legs.append(talker.presence.offer_id)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    desk.working = False
    askers = iter(legs * PROCESSES)

    def ask() -> str:
        offer, call = ringing.find_with_call(db.session(), next(askers) or "")
        assert offer is not None
        assert call is not None
        here, now = context(), context().ports.clock.now()
        try:
            policy = here.settings.policy
            consult.start_consult(
                db.session(), call, offer, colleague.staff_id, announced=False, now=now, policy=policy
            )
        except (consult.NotFree, NotNow):
            return "refused"
        return "rung"

    assert together(desk, ask).count("rung") == 1
    assert [offer.staff_id for offer in desk.offers() if offer.purpose == "consult"] == [colleague.staff_id]
