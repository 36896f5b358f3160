"""A claimed caller is fetched out of the queue and comes by itself: whichever is first, the two meet once and stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.adapters.twilio.line import TwilioLine
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import Work
from callcenter.jobs import relay
from callcenter.models.calls.calls import CallEvent
from tests.calls.talking.talks import hears
from tests.desk import Counsellor, Desk
from tests.line import Line, Phone

NOTHING_COMES_AFTER = 25.0
"""Seconds; no wait document lasts so long."""

Timing = tuple[int, int, int]
"""Webhooks that arrive before the errand looks, between its look and its request, and before it hears of the answer."""


def timings(steps: int) -> list[Timing]:
    """Return every way in which at most *steps* webhooks fall before and after what the errand does.

    Before the answer is heard either none or all of the rest come: what the errand reads next depends on their sum.
    """
    pairs = [(before, between) for before in range(steps + 1) for between in range(steps + 1 - before)]
    return [(one, two, rest) for one, two in pairs for rest in sorted({0, steps - one - two})]


def carries_one_webhook(line: Line) -> None:
    """Let the line do what is due, and time pass, until it has carried one more webhook or nothing comes any more."""
    engine, carried = line.engine, line.engine.journal.webhooks
    until = engine.elapsed + NOTHING_COMES_AFTER
    while engine.journal.webhooks == carried:
        while engine.run_due():
            pass
        if engine.outgoing:
            engine.deliver(engine.outgoing.popleft())
            continue
        due = engine.next_due()
        if due is None or due > until:
            return
        line.clock.step(max(0.0, due - engine.elapsed))


@dataclass
class Race:
    """A desk whose errand of fetching the caller is overtaken as often as a timing says."""

    desk: Desk
    counsellor: Counsellor

    def runs(self, timing: Timing, *, news_last: bool) -> tuple[Phone, list[str]]:
        """Return the caller and what the call's log says, once all has come to its end."""
        line, counsellor = self.desk.line, self.counsellor
        phone = line.dial()
        while not counsellor.rings:
            line.advance(1)
        self.desk.working = False
        counsellor.handset.answers()
        line.engine.press(counsellor.handset.sid, "1")
        while self.desk.call(phone.sid).state is CallState.WAITING:
            carries_one_webhook(line)
        if news_last:
            line.holds_news()
        before, between, after = timing
        self.arrive(before)
        with overtaken(lambda: self.arrive(between), lambda: self.arrive(after)), self.desk.app.app_context():
            relay.drain()
        line.engine.settle()
        if news_last:
            line.sends_news(reversed(range(len(line.engine.news_tray or []))))
        self.desk.working = True
        for _ in range(10):
            line.advance(3)
            if self.desk.call(phone.sid).state is CallState.TALKING:
                break
        line.advance(4)  # whatever tears them apart would have come by now
        return phone, self.log_of(phone)

    def arrive(self, webhooks: int) -> None:
        for _ in range(webhooks):
            carries_one_webhook(self.desk.line)

    def log_of(self, phone: Phone) -> list[str]:
        with self.desk.work() as session:
            call = self.desk.call_in(session, phone.sid)
            mine = select(CallEvent.kind).where(CallEvent.call_id == call.id).order_by(CallEvent.seq)
            return list(session.scalars(mine))

    def is_over(self, phone: Phone) -> None:
        phone.hangs_up()
        self.desk.line.advance(5)
        self.counsellor.is_ready_again()
        self.desk.line.advance(1)
        assert self.counsellor.work is Work.AVAILABLE


@contextmanager
def overtaken(before: Callable[[], None], after: Callable[[], None]) -> Iterator[None]:
    """Let webhooks arrive *before* the request to the queue is carried out, and *after* it, before its answer."""
    asks = TwilioLine.take_from_queue

    def slowly(*given: Any) -> None:
        before()
        try:
            asks(*given)
        finally:
            after()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TwilioLine, "take_from_queue", slowly)
        yield


@pytest.mark.parametrize("reversed_news, steps", [(False, 6), (True, 4)], ids=["as it happens", "late and reversed"])
def test_however_a_caller_is_fetched_and_comes_by_itself_the_two_meet_once_and_stay_together(
    desk: Desk, reversed_news: bool, steps: int
) -> None:
    race, torn = Race(desk, desk.counsellor()), []
    desk.line.faults.leave_after_join = reversed_news
    for timing in timings(steps):
        phone, log = race.runs(timing, news_last=reversed_news)
        met = (log.count("caller_joined"), log.count("staff_joined"))
        left = [kind for kind in log if kind in {"staff_left", "caller_left", "requeued", "released", "ended"}]
        together = desk.call(phone.sid).state is CallState.TALKING and hears(phone, race.counsellor.handset)
        if met != (1, 1) or left or not together:
            torn.append((timing, log))
            assert phone.state == "in-progress"
        race.is_over(phone)
    assert torn == []


def test_a_caller_who_went_in_by_itself_is_left_alone_by_a_late_errand(desk: Desk) -> None:
    race = Race(desk, desk.counsellor())
    phone, log = race.runs((0, 7, 0), news_last=False)
    assert desk.call(phone.sid).state is CallState.TALKING
    assert "caller_left" not in log


def test_a_caller_who_hung_up_unheard_is_found_gone_when_the_queue_does_not_know_them(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.line.faults.lost = 1
    counsellor.handset.answers()
    desk.working = False
    counsellor.handset.presses("1")
    desk.line.engine._post = _no_news_of_leaving(desk)
    phone.hangs_up()
    desk.working = True
    desk.line.advance(2)
    assert desk.call(phone.sid).state is CallState.ENDED


def _no_news_of_leaving(desk: Desk) -> Callable[..., Any]:
    """Return a wire on which the queue's word that somebody left is lost."""
    posts = desk.line.engine._post

    def post(method: str, url: str, *more: Any) -> Any:
        if "/voice/leave" in url:
            raise ConnectionError
        return posts(method, url, *more)

    return post
