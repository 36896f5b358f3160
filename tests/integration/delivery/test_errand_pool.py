"""Errands are run a few at a time: one that hangs at the telephone company holds up nothing but its own leg."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from callcenter.jobs import relay
from callcenter.jobs.line import rounds
from callcenter.jobs.line.errand_pool import ErrandPool
from callcenter.models.calls.calls import Offer
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.services.delivery import outbox
from tests.desk import Desk
from tests.integration.consoles import opened

Facts = dict[str, Any]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """What the database decides here is tried on both."""
    yield from opened(database_url)


class HangingCompany:
    """Handlers in the place of Twilio: they note what is asked for, and some requests are not answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.answered = list[str](), list[str]()
        self.hangs = set[str]()
        self.answers = threading.Event()
        for topic in relay.ALL:
            monkeypatch.setitem(relay.ALL, topic, partial(self._carry, topic))

    def _carry(self, topic: str, facts: Facts) -> str:
        what = f"{topic} {facts.get('offer') or facts.get('call')}"
        self.asked.append(what)
        if what in self.hangs:
            assert self.answers.wait(20)
        self.answered.append(what)
        return "done"


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingCompany]:
    company = HangingCompany(monkeypatch)
    yield company
    company.answers.set()


@pytest.fixture
def pool(desk: Desk, company: HangingCompany) -> Iterator[ErrandPool]:
    pool = ErrandPool(desk.app)
    yield pool
    company.answers.set()
    pool.stop(20)


def until(told: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not told() and time.monotonic() < deadline:
        time.sleep(0.02)
    return told()


def write(desk: Desk, topic: str, **facts: Any) -> None:
    with desk.work() as session:
        outbox.put(session, topic, now=desk.clock.now(), **facts)


def look(desk: Desk, pool: ErrandPool) -> None:
    with desk.app.app_context():
        rounds.ring_and_run_errands(pool.put)


def undone(desk: Desk) -> int:
    with desk.work() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.done_at.is_(None))) or 0


def test_a_request_that_is_not_answered_holds_up_no_other_errand(
    desk: Desk, company: HangingCompany, pool: ErrandPool
) -> None:
    company.hangs = {"ring first", "ring second"}
    for offer in ("first", "second", "third"):
        write(desk, "ring", offer=offer)
    write(desk, "hang_up", offer="fourth")
    look(desk, pool)
    assert until(lambda: len(company.answered) == 2)
    assert set(company.answered) == {"ring third", "hang_up fourth"}


def test_a_request_that_is_not_answered_delays_the_choice_of_whom_to_ring_for_nobody(
    desk: Desk, company: HangingCompany, pool: ErrandPool
) -> None:
    company.hangs = {"say_bye stuck"}
    write(desk, "say_bye", offer="stuck")
    look(desk, pool)
    assert until(lambda: company.asked == ["say_bye stuck"])
    desk.counsellor()
    desk.working = False
    desk.line.dial()
    desk.line.advance(4)
    look(desk, pool)
    offers = desk.offers()
    assert len(offers) == 1
    assert until(lambda: f"ring {offers[0].id}" in company.answered)


def test_the_errands_of_one_leg_are_run_in_their_order(desk: Desk, company: HangingCompany, pool: ErrandPool) -> None:
    company.hangs = {"ring one"}
    write(desk, "ring", offer="one")
    look(desk, pool)
    assert until(lambda: company.asked == ["ring one"])
    write(desk, "hang_up", offer="one")
    write(desk, "ring", offer="two")
    look(desk, pool)
    look(desk, pool)
    assert until(lambda: "ring two" in company.answered)
    assert "hang_up one" not in company.asked
    company.answers.set()
    assert until(lambda: undone(desk) == 0)
    assert company.asked == ["ring one", "ring two", "hang_up one"]


def test_errands_about_a_caller_keep_their_order_whichever_offer_they_name(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    (offer,) = desk.offers()
    desk.working = False
    with desk.work() as session:
        call_id = desk.call_in(session, phone.sid).id
        another = Offer(
            id="another",
            call_id=call_id,
            staff_id=offer.staff_id,
            rung_at=offer.rung_at,
            round=1,
            contact=offer.contact,
        )
        another.state, another.purpose, another.left_at = offer.state.MISSED, offer.purpose, offer.rung_at
        session.add(another)
    for topic, facts in (
        ("bring_caller", {"offer": offer.id}),
        ("set_hold", {"call": call_id}),
        ("rescue_caller", {"offer": "another"}),
        ("hang_up", {"offer": "another"}),
        ("ask_after_call", {"call": "a stranger's"}),
    ):
        write(desk, topic, **facts)
    with desk.work() as session:
        legs = [errand.leg for errand in relay.due(session, now=desk.clock.now())]
    assert relay.ABOUT_THE_CALLER - set(relay.ALL) == set()
    assert legs == [f"caller {call_id}"] * 3 + ["offer another", "caller a stranger's"]


def test_two_pools_run_an_errand_once(desk: Desk, company: HangingCompany, pool: ErrandPool) -> None:
    second = ErrandPool(desk.app)
    for number in range(30):
        write(desk, "ring", offer=f"offer {number}")
    with desk.work() as session:
        due = relay.due(session, now=desk.clock.now())
    pool.put(due)
    second.put(due)
    assert until(lambda: undone(desk) == 0)
    second.stop(10)
    assert sorted(company.asked) == sorted(f"ring offer {number}" for number in range(30))


def test_a_pool_says_when_none_of_its_threads_has_come_to_an_end(desk: Desk, company: HangingCompany) -> None:
    pool = ErrandPool(desk.app, threads=2)
    company.hangs = {"ring a", "ring b"}
    write(desk, "ring", offer="a")
    look(desk, pool)
    assert until(lambda: company.asked == ["ring a"])
    assert pool.moves(0)
    write(desk, "ring", offer="b")
    look(desk, pool)
    assert until(lambda: len(company.asked) == 2)
    assert not pool.moves(0)
    company.answers.set()
    assert until(lambda: pool.moves(0))
    pool.stop(10)


def test_a_pool_that_stops_ends_what_it_began_and_leaves_the_rest_to_the_next(
    desk: Desk, company: HangingCompany
) -> None:
    pool = ErrandPool(desk.app, threads=1)
    company.hangs = {"ring a"}
    write(desk, "ring", offer="a")
    write(desk, "ring", offer="b")
    look(desk, pool)
    assert until(lambda: company.asked == ["ring a"])
    threading.Timer(0.2, company.answers.set).start()
    pool.stop(10)
    assert company.answered == ["ring a"]
    assert undone(desk) == 1
